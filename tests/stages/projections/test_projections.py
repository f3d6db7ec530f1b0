"""Projections: what a shard holds is the meshes seen from each side; enhanced depth; bad settings."""

import numpy as np
import pytest
from tests.recordings_4d import settings_4d

from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.fourdme.reader import read_fourdme
from merflow.errors import ConfigError
from merflow.meshes.orthographic import project
from merflow.meshes.views import View
from merflow.stages.meshes.reading import read_meshes
from merflow.stages.meshes.settings import MeshSettings
from merflow.stages.meshes.stage import make_meshes
from merflow.stages.projections.pictures import enhanced_depth
from merflow.stages.projections.quality import QUALITY, hole_shares
from merflow.stages.projections.settings import ProjectionSettings
from merflow.stages.projections.stage import make_projections

SETTINGS = ProjectionSettings(size_px=64)


def written(path, kind, variant, fill):
    with ShardWriter(
        path, kind=kind, variant=variant, dataset="d", subject="S01", params={}, code="", inputs={}
    ) as writer:
        fill(writer)
    return path


@pytest.fixture(scope="module")
def clips(recordings_4d):
    return read_fourdme("d", settings_4d(recordings_4d)).clips


@pytest.fixture(scope="module")
def meshes(recordings_4d, clips, tmp_path_factory):
    path = tmp_path_factory.mktemp("projections") / "meshes.h5"
    return written(
        path, "meshes", "frontal", lambda shard: make_meshes(clips, MeshSettings(), root=recordings_4d, shard=shard)
    )


@pytest.fixture(scope="module")
def projections(meshes):
    def fill(shard):
        with open_shard(meshes, kind="meshes") as file:
            make_projections(file, SETTINGS, shard=shard)

    return written(meshes.with_name("projections.h5"), "projections", "views64", fill)


def test_a_picture_of_each_frame_and_view_is_the_mesh_seen_from_there(meshes, projections, clips):
    with open_shard(meshes, kind="meshes") as source, open_shard(projections, kind="projections") as shard:
        for clip in clips:
            frames = read_meshes(source, clip.id).frames
            depth, attrs = shard.read(clip.id, "depth"), shard.attrs(clip.id)
            assert depth.shape == (3 * len(frames), 64, 64)
            assert [*attrs["yaws"]] == [-45, 0, 45]
            assert int(attrs["apex"]) == clip.apex - clip.onset
            for frame, view in ((0, 0), (1, 1), (len(frames) - 1, 2)):
                there = View(attrs["yaws"][view], 64, float(attrs["mm_per_px"]), SETTINGS.middle_mm)
                z = project(frames[frame].vertices, frames[frame].triangles, there).z
                np.testing.assert_allclose(depth[3 * frame + view], z, atol=2**-7 + 1e-6)


def test_what_is_missing_is_missing_in_all_domains(projections, clips):
    with open_shard(projections, kind="projections") as shard:
        for clip in clips:
            seen = np.isfinite(shard.read(clip.id, "depth"))
            np.testing.assert_array_equal(shard.read(clip.id, "enhanced") > 0, seen)
            assert not shard.read(clip.id, "texture")[~seen].any()
            np.testing.assert_allclose(shard.read(clip.id, "covered"), seen.mean(axis=(1, 2)), atol=1e-6)
            assert 0.25 < seen.mean() < 0.6


def test_holes_of_a_face_are_told_and_its_outline_is_none(projections, clips):
    """The second clip's meshes have holes of 2 to 6 mm, those of the first one lack spikes and the gap of the lips."""
    with open_shard(projections, kind="projections") as shard:
        whole, holed = (QUALITY.measure(shard, clip, {})["view_holes"] for clip in clips)
    (limit,) = (column.high for column in QUALITY.columns if column.name == "view_holes")
    assert 0 < whole < limit < holed
    ring = np.zeros((2, 9, 9), dtype=bool)
    ring[:, 1:8, 1:8] = True
    ring[0, 3:5, 3] = False
    ring[1, 1:4, 4] = False  # open to the outside
    np.testing.assert_allclose(hole_shares(ring), [2 / 49, 0])


def test_left_and_right_are_views_of_the_two_sides(projections, clips):
    """The face is about symmetric: a side mirrored is more like the other side than that one is like itself."""
    with open_shard(projections, kind="projections") as shard:
        left, front, right = shard.read(clips[0].id, "depth")[:3]

    def apart(first, second):
        return np.nanmedian(np.abs(first - second))

    assert apart(left, right[:, ::-1]) < 0.3 * apart(left, right)
    assert apart(front, front[:, ::-1]) < 3
    assert abs(np.nanargmax(front) % 64 - 31.5) < 3  # the tip of the nose


def test_enhanced_depth_rises_with_depth_and_tells_small_steps():
    """In one tile the equalisation is one rising curve; a step of .05 mm is still one."""
    depth = np.linspace(-30, 30, 64 * 64).reshape(64, 64).astype(np.float32)
    depth[:3] = np.nan
    one_tile = ProjectionSettings(size_px=64, tiles=1)
    levels = enhanced_depth(depth, one_tile)
    assert not levels[:3].any()
    assert (np.diff(levels[3:].ravel().astype(int)) >= 0).all()
    step = enhanced_depth(np.where(depth > 0, np.float32(0.05), np.float32(0.0)), one_tile)
    assert len(np.unique(step)) == 2


def test_a_face_outside_the_views_is_left_out_with_the_settings_that_show_it(meshes, tmp_path):
    def fill(shard):
        with open_shard(meshes, kind="meshes") as file:
            make_projections(file, ProjectionSettings(middle_mm=(900.0, 0.0, 0.0)), shard=shard)

    with open_shard(written(tmp_path / "p.h5", "projections", "views64", fill), kind="projections") as shard:
        assert not shard.clips
        assert "expected the face in each view, found none of frame 1 at a yaw of -45" in shard.exclusions[0]["reason"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"yaws": ()},
        {"yaws": (0.0, 0.0)},
        {"yaws": (0.0, -45.0, 45.0)},
        {"yaws": (91.0,)},
        {"size_px": 8},
        {"depth_mm": (5.0, 5.0)},
        {"tiles": 0},
    ],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ConfigError, match=f"projections.{next(iter(wrong))}: expected"):
        ProjectionSettings(**wrong)
