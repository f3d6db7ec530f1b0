"""The stages from shard to shard: depth flow, clouds and regions of a clip, and what each leaves out."""

import numpy as np
import pytest

from merflow.artefacts import KINDS, ShardWriter, open_shard
from merflow.errors import BadClipError
from merflow.stages.clouds.point_cloud import CloudSettings, build_cloud
from merflow.stages.clouds.stage import build_clouds
from merflow.stages.depth_flow.depth_change import DepthFlowSettings
from merflow.stages.depth_flow.stage import compute_depth_flow
from merflow.stages.regions.face_regions import region_members, region_polygons
from merflow.stages.regions.region_points import RegionSettings
from merflow.stages.regions.stage import sample_regions

CAMERA = CloudSettings(focal_px=320)
"""Sees the eyes of the face drawn by hand, 39 px apart at 0.51 m, 63 mm apart."""
GOOD, FLAT, BLIND, LATE = "s1_a_1", "s1_b_1", "s1_c_1", "s1_d_1"


def writer(path, kind):
    return ShardWriter(
        path, kind=kind, variant="v", dataset="demo", subject="s1", params={}, code="x", inputs={}, compression="none"
    )


def add_faces(shard, name, clip, landmarks, depth, roles=("onset", "apex")):
    arrays = {
        "aligned_color": np.zeros((2, 128, 128, 3), np.uint8),
        "landmarks": np.stack([landmarks, landmarks + np.array([3, -2])]),
        "aligned_from_image": clip["aligned_from_image"],
    }
    if depth is not None:
        arrays["native_depth"] = depth
    known = {
        "frames": [1, 5],
        "roles": list(roles),
        "native_origin": list(clip["native_origin"]),
        "native_size": [120, 140],
        "image_size": list(clip["image_size"]),
        "notes": "",
    }
    shard.add(name, arrays, {attr: known.get(attr, 1) for attr in KINDS["faces"].attrs})


@pytest.fixture
def paths(tmp_path, clip, landmarks):
    depth = np.stack([clip["apex_depth"], clip["apex_depth"] + 1]).astype(np.float32)
    with writer(tmp_path / "faces.h5", "faces") as shard:
        add_faces(shard, GOOD, clip, landmarks, depth)
        add_faces(shard, FLAT, clip, landmarks, None)
        add_faces(shard, BLIND, clip, landmarks, np.full_like(depth, np.nan))
        add_faces(shard, LATE, clip, landmarks, depth, roles=("onset", "offset"))
        add_faces(shard, "s1_e_1", clip, landmarks, depth)  # the flow stage has excluded it
    with writer(tmp_path / "flow.h5", "flow") as shard:
        for name in (GOOD, FLAT, BLIND, LATE):
            arrays = {"flow": clip["flow"], "expression_flow": clip["expression_flow"], "head_motion": np.zeros((2, 3))}
            shard.add(name, arrays)
    return {kind: tmp_path / f"{kind}.h5" for kind in ("faces", "flow", "depth_flow", "clouds", "regions")}


def run_depth_flow(paths, **options):
    with (
        open_shard(paths["faces"], kind="faces") as faces,
        open_shard(paths["flow"], kind="flow") as flow,
        writer(paths["depth_flow"], "depth_flow") as shard,
    ):
        compute_depth_flow(faces, flow, DepthFlowSettings(), shard=shard, **options)


def run_clouds(paths, settings=CAMERA, **options):
    with (
        open_shard(paths["faces"], kind="faces") as faces,
        open_shard(paths["flow"], kind="flow") as flow,
        open_shard(paths["depth_flow"], kind="depth_flow") as depth_flow,
        writer(paths["clouds"], "clouds") as shard,
    ):
        build_clouds(faces, flow, depth_flow, settings, shard=shard, **options)


def run_regions(paths, **options):
    with (
        open_shard(paths["faces"], kind="faces") as faces,
        open_shard(paths["clouds"], kind="clouds") as clouds,
        writer(paths["regions"], "regions") as shard,
    ):
        sample_regions(faces, clouds, RegionSettings(points=128), shard=shard, **options)


def test_a_good_clip_passes_and_bad_ones_are_rows_of_the_stage_that_found_them(paths, clip, landmarks):
    run_depth_flow(paths)
    run_clouds(paths)
    run_regions(paths)
    with open_shard(paths["depth_flow"], kind="depth_flow") as shard:
        assert shard.clips == [GOOD]
        assert [row["clip"] for row in shard.exclusions] == [FLAT, BLIND, LATE]
        assert {row["stage"] for row in shard.exclusions} == {"depth_flow"}
        assert "has none" in shard.exclusions[0]["reason"]
        assert "'apex'" in shard.exclusions[2]["reason"]
        dz = shard.read(GOOD, "dz")
    with open_shard(paths["clouds"], kind="clouds") as shard:
        assert shard.clips == [GOOD]
        assert [(row["clip"], row["stage"]) for row in shard.exclusions] == [
            (clip, "depth_flow") for clip in (FLAT, BLIND, LATE)
        ]
        assert shard.attrs(GOOD)["camera"] == [320, 320, 500.0, 350.0]
        stored = {name: np.round(clip[name] * 512) / 512 for name in ("flow", "expression_flow")}  # their step
        again = build_cloud(**(clip | stored | {"apex_depth": clip["apex_depth"] + 1, "dz": dz}), settings=CAMERA)
        np.testing.assert_allclose(shard.read(GOOD, "xyz"), again.xyz, rtol=0, atol=2**-16)  # half a step
        np.testing.assert_array_equal(shard.read(GOOD, "pixel"), again.pixel)
        motion, pixel = shard.read(GOOD, "motion"), shard.read(GOOD, "pixel")
    with open_shard(paths["regions"], kind="regions") as shard:
        assert shard.clips == [GOOD]
        assert [(row["clip"], row["stage"]) for row in shard.exclusions] == [
            (clip, "depth_flow") for clip in (FLAT, BLIND, LATE)
        ]
        index = shard.read(GOOD, "index")
        np.testing.assert_array_equal(shard.read(GOOD, "points")[..., 3:], motion[index])
        # Regions are those of the apex landmarks, which lie (3, -2) px from the onset's.
        members = region_members(pixel, region_polygons(landmarks + np.array([3, -2])))
        assert shard.read(GOOD, "count").tolist() == [len(rows) for rows in members]
        assert all(np.isin(index[region], rows).all() for region, rows in enumerate(members))


def test_an_empty_region_is_an_exclusion_of_regions(paths, landmarks):
    run_depth_flow(paths)
    with writer(paths["clouds"], "clouds") as shard:
        lone = np.ones((5, 3), np.float32)
        shard.add(GOOD, {"xyz": lone, "motion": lone, "pixel": np.full((5, 2), 350)}, {"camera": [1, 1, 2, 3]})
    run_regions(paths)
    with open_shard(paths["regions"], kind="regions") as shard:
        assert shard.clips == []
        assert [(row["clip"], row["stage"]) for row in shard.exclusions] == [(GOOD, "regions")]
        assert shard.exclusions[0]["source"].endswith("clouds.h5")
    with pytest.raises(BadClipError, match="left brow"):
        run_regions(paths, on_bad_clip="fail")


def test_a_clip_without_motion_is_an_exclusion_of_clouds(paths, clip):
    with writer(paths["depth_flow"], "depth_flow") as shard:
        nothing = np.full((140, 120), np.nan, np.float32)
        shard.add(GOOD, {"dz": nothing, "dz_raw": nothing}, {"nasal_shift_mm": 0.0})
    run_clouds(paths)
    with open_shard(paths["clouds"], kind="clouds") as shard:
        assert [(row["clip"], row["stage"]) for row in shard.exclusions] == [(GOOD, "clouds")]
    with pytest.raises(BadClipError, match="u, v and dz"):
        run_clouds(paths, on_bad_clip="fail")


def test_a_face_that_no_person_has_is_excluded_with_the_focal_length_that_fits(paths):
    run_depth_flow(paths)
    run_clouds(paths, CloudSettings(focal_px=640))  # of the full picture, the frames being half as large
    with open_shard(paths["clouds"], kind="clouds") as shard:
        (row,) = [row for row in shard.exclusions if row["stage"] == "clouds"]
    assert row["clip"] == GOOD
    for part in ("found 31 mm", "clouds.focal_px 640", "focal length of about 31", "pictures 0.49 times the size"):
        assert part in row["reason"]
    with pytest.raises(BadClipError, match=r"clouds\.eye_distance_mm"):
        run_clouds(paths, CloudSettings(focal_px=640), on_bad_clip="fail")


def test_fail_stops_at_the_first_bad_clip_and_leaves_no_file(paths):
    with pytest.raises(BadClipError, match="the clip has none"):
        run_depth_flow(paths, on_bad_clip="fail")
    assert not paths["depth_flow"].exists()
