"""The eight regions of one clip."""

from dataclasses import replace

import numpy as np
import pytest

from merflow.errors import BadClipError, ConfigError
from merflow.stages.clouds.point_cloud import Cloud, build_cloud
from merflow.stages.regions.face_regions import points_in_polygon, region_polygons
from merflow.stages.regions.network_input import network_input
from merflow.stages.regions.region_points import RegionSettings, region_points


@pytest.fixture
def cloud(clip):
    rng = np.random.default_rng(0)
    built = build_cloud(**clip)
    return replace(built, motion=rng.normal(size=built.motion.shape).astype(np.float32))


def sample(cloud, landmarks, clip, **settings):
    return region_points(
        cloud,
        apex_landmarks=landmarks,
        aligned_from_image=clip["aligned_from_image"],
        clip="s1_a_9",
        settings=RegionSettings(**({"points": 64} | settings)),
    )


def test_every_column_tells_of_the_same_point(cloud, landmarks, clip):
    found = sample(cloud, landmarks, clip)
    assert found.points.shape == (8, 64, 6)
    np.testing.assert_array_equal(found.points[..., :3], cloud.xyz[found.index])
    np.testing.assert_array_equal(found.points[..., 3:], cloud.motion[found.index])
    expected = cloud.pixel[found.index] * 0.8 + clip["aligned_from_image"][:, 2]
    np.testing.assert_allclose(found.aligned_xy, expected, atol=1e-3)


def test_points_lie_in_their_region_and_are_counted(cloud, landmarks, clip):
    found = sample(cloud, landmarks, clip)
    for region, polygon in enumerate(region_polygons(landmarks)):
        assert points_in_polygon(cloud.pixel[found.index[region]], polygon).all()
        assert found.count[region] == points_in_polygon(cloud.pixel, polygon).sum()


def test_points_descend_by_the_length_of_the_motion(cloud, landmarks, clip):
    found = sample(cloud, landmarks, clip)
    assert (np.diff(np.linalg.norm(found.points[..., 3:], axis=-1)) <= 1e-6).all()
    ranked = sample(cloud, landmarks, clip, rank_on="normalised")
    assert (np.diff(np.linalg.norm(ranked.normalised, axis=-1)) <= 1e-6).all()


def test_the_extremes_of_all_regions_together_become_one(cloud, landmarks, clip):
    most = int(sample(cloud, landmarks, clip).count.max())
    found = sample(cloud, landmarks, clip, points=most)
    assert found.normalised.max() == 1
    assert found.normalised.min() == -1
    assert np.count_nonzero(found.normalised == 1) < 10
    np.testing.assert_array_equal(np.sign(found.normalised), np.sign(found.points[..., 3:]))


def test_motion_outside_the_regions_counts_only_over_the_cloud(cloud, landmarks, clip):
    before = {over: sample(cloud, landmarks, clip, over=over).normalised for over in ("regions", "cloud")}
    nose = np.flatnonzero((np.abs(cloud.pixel - np.rint(landmarks[30]).astype(int)) <= 1).all(axis=1))
    cloud.motion[nose] = 90
    np.testing.assert_array_equal(sample(cloud, landmarks, clip, over="regions").normalised, before["regions"])
    assert sample(cloud, landmarks, clip, over="cloud").normalised.max() < 0.1 * before["cloud"].max()


@pytest.mark.parametrize("rank_on", ["raw", "normalised"])
@pytest.mark.parametrize("over", ["regions", "cloud"])
@pytest.mark.parametrize("selection", ["sort", "center", "random"])
def test_a_change_of_dz_changes_nothing_where_the_flow_alone_decides(cloud, landmarks, clip, rank_on, over, selection):
    """Neither the choice and order of the points, nor the scale of u and v, nor so what a network sees of the flow."""
    settings = {"rank_on": rank_on, "over": over, "selection": selection}
    other = replace(cloud, motion=cloud.motion * np.float32([1, 1, -40]))
    before, after = (sample(one, landmarks, clip, motion="flow", **settings) for one in (cloud, other))
    np.testing.assert_array_equal(after.index, before.index)
    np.testing.assert_array_equal(after.divisor, before.divisor)
    np.testing.assert_array_equal(
        network_input(after.points, after.normalised, after.aligned_xy, motion="flow"),
        network_input(before.points, before.normalised, before.aligned_xy, motion="flow"),
    )
    whole = [sample(one, landmarks, clip, **settings) for one in (cloud, other)]
    assert np.abs(whole[0].normalised[..., :2] - whole[1].normalised[..., :2]).max() > 0.1


def test_points_descend_by_the_length_of_the_flow_and_its_extremes_become_one(cloud, landmarks, clip):
    found = sample(cloud, landmarks, clip, motion="flow", points=int(sample(cloud, landmarks, clip).count.max()))
    length = np.linalg.norm(found.points[..., 3:5], axis=-1)
    for region, count in enumerate(found.count.tolist()):
        assert (np.diff(length[region, :count]) <= 1e-6).all()
    flow = found.normalised[..., :2]
    assert (flow.max(), flow.min()) == (1, -1)


def test_a_percentile_clips(cloud, landmarks, clip):
    found = sample(cloud, landmarks, clip, normalise="p99")
    assert np.count_nonzero(found.normalised == 1) > 10


def test_a_region_without_points_is_a_bad_clip(cloud, landmarks, clip):
    keep = ~points_in_polygon(cloud.pixel, region_polygons(landmarks)[6])
    rest = Cloud(xyz=cloud.xyz[keep], motion=cloud.motion[keep], pixel=cloud.pixel[keep])
    with pytest.raises(BadClipError, match="but left brow hold none"):
        sample(rest, landmarks, clip)


@pytest.mark.parametrize(
    "change",
    [{"points": 0}, {"selection": "best"}, {"rank_on": "x"}, {"motion": "dz"}, {"normalise": "p9"}, {"over": "face"},
     {"brow_height": 0}, {"seed": -1}],
)  # fmt: skip
def test_settings_out_of_range_are_refused(change):
    with pytest.raises(ConfigError, match=rf"regions\.{next(iter(change))}"):
        RegionSettings(**change)
