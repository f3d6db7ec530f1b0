"""A mirrored example is the example of a mirrored recording: clouds, landmarks and regions mirrored, then scaled."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from merflow.artefacts import ShardWriter, open_shard
from merflow.errors import ConfigError
from merflow.stages.clouds.point_cloud import Cloud, CloudSettings, build_cloud
from merflow.stages.examples import features_of
from merflow.stages.regions.face_regions import MIRRORED_REGIONS, region_polygons
from merflow.stages.regions.mirroring import mirrored_points, unmirrored_setting
from merflow.stages.regions.region_points import RegionSettings, region_points

WIDTH, SIZE, NAME = 1000, 128, "s1_a_9"


def mirrored_landmarks(landmarks, face):
    """Mirror a face of 68 landmarks in the frame; the schematic symmetric face tells which landmark becomes which."""
    middle = landmarks[27, 0]
    _, order = cKDTree(landmarks).query(landmarks * [-1, 1] + [2 * middle, 0])
    return (face * [-1, 1] + [WIDTH - 1, 0])[order]


def mirrored_transform(transform):
    """Return full-frame to aligned px of the mirrored frame: mirror the frame back, map, mirror the aligned face."""
    frame = np.array([[-1, 0, WIDTH - 1], [0, 1, 0], [0, 0, 1]])
    aligned = np.array([[-1, 0, SIZE - 1], [0, 1, 0]])
    return aligned @ np.vstack([np.asarray(transform) @ frame, [0, 0, 1]])


def mirrored_clip(clip):
    """Mirror everything that a cloud is built of."""
    turned = np.array([-1, 1], np.float32)[:, None, None]
    x0, y0 = clip["native_origin"]
    return clip | {
        "apex_depth": clip["apex_depth"][:, ::-1],
        "dz": clip["dz"][:, ::-1],
        "flow": clip["flow"][..., ::-1] * turned,
        "expression_flow": clip["expression_flow"][..., ::-1] * turned,
        "aligned_from_image": mirrored_transform(clip["aligned_from_image"]),
        "native_origin": (WIDTH - x0 - clip["apex_depth"].shape[1], y0),
        "settings": CloudSettings(cx_px=WIDTH / 2 - 1),
    }


def mirrored_cloud(cloud):
    """Mirror a cloud; its points come in the order of the mirrored frame."""
    pixel = cloud.pixel * [-1, 1] + [WIDTH - 1, 0]
    order = np.lexsort((pixel[:, 0], pixel[:, 1]))
    turn = np.array([-1, 1, 1], np.float32)
    return Cloud(cloud.xyz[order] * turn, cloud.motion[order] * turn, pixel[order].astype(np.int16))


@pytest.fixture
def recorded(clip):
    """Give the clip a motion that is another at every point, and stronger to the right than to the left."""
    rng = np.random.default_rng(0)
    motion = rng.normal(size=clip["expression_flow"].shape).astype(np.float32) + np.float32([[[0.8]], [[0.2]]])
    dz = rng.normal(0.1, 0.4, clip["dz"].shape).astype(np.float32)
    return clip | {"expression_flow": motion, "dz": dz, "settings": CloudSettings()}


@pytest.fixture
def face(landmarks):
    """Return landmarks off by a detector's error: no edge of a region passes through a pixel's centre."""
    return landmarks + np.random.default_rng(1).normal(0, 0.7, landmarks.shape)


def shard_of(path, cloud, face, transform, settings):
    names = {"variant": "v", "dataset": "d", "subject": "s1", "code": "", "inputs": {}}
    with ShardWriter(path, kind="regions", params=asdict(settings), **names) as shard:
        found = region_points(cloud, apex_landmarks=face, aligned_from_image=transform, clip=NAME, settings=settings)
        shard.add(NAME, asdict(found), {"aligned_size": SIZE})
    return path


def test_a_cloud_of_mirrored_recordings_is_the_mirrored_cloud(recorded):
    expected, found = mirrored_cloud(build_cloud(**recorded)), build_cloud(**mirrored_clip(recorded))
    np.testing.assert_array_equal(found.pixel, expected.pixel)
    np.testing.assert_allclose(found.xyz, expected.xyz, atol=1e-6)
    np.testing.assert_allclose(found.motion, expected.motion, atol=1e-4)


@pytest.mark.parametrize(
    "options",
    [{}, {"normalise": "p99"}, {"over": "cloud"}, {"selection": "center"}, {"motion": "flow"},
     {"selection": "center", "rank_on": "normalised"}],
)  # fmt: skip
@pytest.mark.parametrize(("points", "motion"), [(0, "all"), (16, "all"), (16, "flow")])
def test_a_mirrored_example_is_the_example_of_mirrored_artefacts(
    recorded, landmarks, face, tmp_path, options, points, motion
):
    settings = RegionSettings(points=64, symmetric=True, **options)
    cloud = build_cloud(**recorded)
    transform = recorded["aligned_from_image"]
    ours = shard_of(tmp_path / "a.h5", cloud, face, transform, settings)
    turned = mirrored_landmarks(landmarks, face)
    theirs = shard_of(tmp_path / "b.h5", mirrored_cloud(cloud), turned, mirrored_transform(transform), settings)
    with open_shard(ours, kind="regions") as one, open_shard(theirs, kind="regions") as other:
        copies = features_of("regions", points=points, motion=motion, mirror=True).read_copies(one, NAME)
        expected = features_of("regions", points=points, motion=motion).read(other, NAME)
        as_it_was = features_of("regions", points=points, motion=motion).read(one, NAME)
    turn = np.float32([-1, 1, 1, -1, 1, 1][: 5 if motion == "flow" else 6])
    assert copies.shape == (1, 8, points or 64, len(turn))
    np.testing.assert_allclose(copies[0], expected, atol=1e-5)
    flipped = as_it_was[list(MIRRORED_REGIONS)] * turn  # what mirrors scaled motion
    assert np.abs(flipped - expected)[..., 3:].max() > 0.05


def test_mirrored_twice_is_the_identity():
    rng = np.random.default_rng(0)
    points, xy = rng.normal(size=(8, 5, 6)).astype(np.float32), rng.uniform(0, 127, (8, 5, 2)).astype(np.float32)
    again = mirrored_points(*mirrored_points(points, xy, aligned_size=SIZE), aligned_size=SIZE)
    np.testing.assert_array_equal(again[0], points)
    np.testing.assert_allclose(again[1], xy, atol=1e-5)


def test_by_hand():
    """A left cheek that moves right and away becomes a right cheek that moves left and away."""
    points, xy = np.zeros((8, 1, 6)), np.full((8, 1, 2), 63.5)
    points[0, 0], xy[0, 0] = (-1, 2, 3, 0.5, 0.25, 0.125), (20, 70)
    found, place = mirrored_points(points, xy, aligned_size=SIZE)
    np.testing.assert_array_equal(found[1, 0], [1, 2, 3, -0.5, 0.25, 0.125])
    np.testing.assert_array_equal(place[1, 0], [107, 70])
    assert not found[[0, *range(2, 8)]].any()


def test_divisors_by_hand(recorded, face):
    """Left 3, right 1, down .5, up 2, away .25: 1 and 3 as recorded, 3 and 2 in the mirror."""
    cloud = build_cloud(**recorded)
    motion = np.zeros_like(cloud.motion)
    motion[::2], motion[1::2] = (-3, 0.5, 0.25), (1, -2, 0)
    found = region_points(
        replace(cloud, motion=motion), apex_landmarks=face, aligned_from_image=recorded["aligned_from_image"],
        clip=NAME, settings=RegionSettings(points=16, symmetric=True),
    )  # fmt: skip
    np.testing.assert_array_equal(found.divisor, [[1, 3], [3, 2]])


def test_symmetric_regions_of_a_mirrored_face_are_the_mirrored_regions(landmarks, face):
    ours = region_polygons(face, symmetric=True)
    theirs = region_polygons(mirrored_landmarks(landmarks, face), symmetric=True)
    for region, polygon in enumerate(theirs):
        expected = ours[MIRRORED_REGIONS[region]] * [-1, 1] + [WIDTH - 1, 0]
        assert {tuple(point) for point in polygon.round(6)} == {tuple(point) for point in expected.round(6)}


@pytest.mark.parametrize(
    ("settings", "unfit"),
    [
        ({}, ("symmetric", True)),
        ({"symmetric": True}, None),
        ({"symmetric": True, "rank_on": "normalised"}, ("rank_on", "raw")),
        ({"symmetric": True, "rank_on": "normalised", "selection": "random"}, None),
    ],
)
def test_settings_that_cannot_be_mirrored(settings, unfit):
    assert unmirrored_setting(asdict(RegionSettings(**settings))) == unfit


def test_regions_that_cannot_be_mirrored_are_refused_when_they_are_read(recorded, face, tmp_path):
    path = shard_of(
        tmp_path / "a.h5", build_cloud(**recorded), face, recorded["aligned_from_image"], RegionSettings(points=16)
    )
    with open_shard(path, kind="regions") as shard, pytest.raises(ConfigError, match="mirror: true: expected regions"):
        features_of("regions", mirror=True).read_copies(shard, NAME)


@pytest.mark.parametrize("choice", [{"mirror": True, "coordinates": "metres"}])
def test_metres_cannot_be_mirrored(choice):
    with pytest.raises(ConfigError, match="no middle of the face"):
        features_of("regions", **choice)
