"""Clouds: each apex point with the motion of the onset point it was."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from merflow.errors import BadClipError, ConfigError
from merflow.stages.clouds.point_cloud import CloudSettings, build_cloud, near_centroid, onset_position, to_aligned

ALL = CloudSettings(max_distance_ratio=100)


def test_a_point_carries_the_motion_of_where_it_came_from(clip):
    cloud = build_cloud(**clip, settings=ALL)
    # Onset columns up to aligned x = 55 move 4 px, those beyond 3 px; dz changes sign at the onset's column 60.
    column = cloud.pixel[:, 0] - clip["native_origin"][0]
    left, right = column < 58, column > 66
    np.testing.assert_allclose(cloud.motion[left], np.tile([0.8, 0, 0.5], (left.sum(), 1)), atol=2e-3)
    np.testing.assert_allclose(cloud.motion[right], np.tile([0, 0, -0.25], (right.sum(), 1)), atol=2e-3)
    # Read at the apex pixel itself, the change of sign would be at 60; it has moved on with the face, to 64.
    assert (cloud.motion[(column > 60) & (column < 63), 2] > 0).all()


def test_points_are_those_of_the_apex_at_their_pixels(clip):
    cloud = build_cloud(**clip, settings=ALL)
    column, row = (cloud.pixel - np.array(clip["native_origin"])).T
    np.testing.assert_allclose(cloud.xyz[:, 2], clip["apex_depth"][row, column] / 1000, rtol=1e-6)
    expected_x = (cloud.pixel[:, 0] - 500) * cloud.xyz[:, 2] / 1324.65  # the principal point is W/2
    np.testing.assert_allclose(cloud.xyz[:, 0], expected_x, atol=1e-6)
    assert len(np.unique(cloud.pixel, axis=0)) == len(cloud.pixel)


def test_points_without_depth_or_motion_are_left_out(clip):
    full = build_cloud(**clip, settings=ALL)
    clip["apex_depth"][40:50, 40:50] = np.nan
    clip["dz"][100:110, 80:90] = np.nan
    cloud = build_cloud(**clip, settings=ALL)
    assert np.isfinite(cloud.motion).all()
    assert len(full.xyz) - len(cloud.xyz) == pytest.approx(200, abs=25)


def test_onset_position_solves_p_plus_flow_equals_q():
    y, x = np.mgrid[:80, :90].astype(np.float32)
    patch = np.exp(-((x - 40) ** 2 + (y - 45) ** 2) / 200)
    flow = np.stack([2 + 3 * patch, -1 + 2 * patch])
    rng = np.random.default_rng(0)
    onset = rng.uniform(10, 60, (300, 2))
    apex = onset + np.stack([map_coordinates(channel, onset.T[::-1], order=1) for channel in flow], axis=1)
    assert np.abs(onset_position(apex, flow, steps=4) - onset).max() < 0.02
    assert np.abs(onset_position(apex, flow, steps=12) - onset).max() < 1e-4
    assert np.abs(onset_position(apex, flow, steps=1) - onset).max() > 0.2


def test_a_search_that_leaves_the_grid_finds_nothing():
    flow = np.full((2, 20, 20), 3.0)
    found = onset_position(np.array([[1.0, 10.0], [10.0, 10.0]]), flow)
    assert np.isnan(found[0]).all()
    np.testing.assert_allclose(found[1], [7, 7])


def test_far_points_are_dropped_by_the_mean_distance():
    ring = np.stack([np.cos(np.arange(8)), np.sin(np.arange(8)), np.zeros(8)], axis=1)
    points = np.concatenate([np.tile(ring, (20, 1)), [[0, 0, 40.0]]])
    np.testing.assert_array_equal(near_centroid(points, 1.5), [True] * 160 + [False])


def test_background_is_not_in_the_cloud(clip):
    clip["apex_depth"][:10] = 3000
    assert build_cloud(**clip).xyz[:, 2].max() < 0.6


def test_aligned_positions_follow_the_transform(clip):
    np.testing.assert_allclose(
        to_aligned(np.array([[300, 200], [310, 200]]), clip["aligned_from_image"]), [[8, 5], [16, 5]]
    )


def test_the_principal_point_can_be_set(clip):
    shifted = build_cloud(**clip, settings=replace(ALL, cx_px=499.5, cy_px=349.5))
    plain = build_cloud(**clip, settings=ALL)
    half_pixel = 0.5 * plain.xyz[:, 2] / 1324.65
    np.testing.assert_allclose(shifted.xyz[:, 0] - plain.xyz[:, 0], half_pixel, atol=1e-6)
    np.testing.assert_allclose(shifted.xyz[:, 1] - plain.xyz[:, 1], half_pixel, atol=1e-6)


def test_no_depth_is_a_bad_clip(clip):
    clip["apex_depth"][:] = 0
    with pytest.raises(BadClipError, match="expected depth in the apex frame"):
        build_cloud(**clip)


def test_no_motion_is_a_bad_clip(clip):
    clip["dz"][:] = np.nan
    with pytest.raises(BadClipError, match="none of them has u, v and dz"):
        build_cloud(**clip)


@pytest.mark.parametrize(
    "change",
    [{"focal_px": 0}, {"max_distance_ratio": 1}, {"inverse_steps": 0}, {"eye_distance_mm": (85, 40)}],
)
def test_settings_out_of_range_are_refused(change):
    with pytest.raises(ConfigError, match=rf"clouds\.{next(iter(change))}"):
        CloudSettings(**change)
