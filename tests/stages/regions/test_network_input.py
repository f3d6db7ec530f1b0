"""The tensor that the point network sees."""

import numpy as np
import pytest

from merflow.stages.regions.network_input import network_input


@pytest.fixture
def sampled():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(8, 16, 6)) * 0.05 + [0.1, -0.02, 0.65, 0, 0, 0]
    return {
        "points": points.astype(np.float32),
        "normalised": rng.uniform(-1, 1, (8, 16, 3)).astype(np.float32),
        "aligned_xy": rng.uniform(0, 255, (8, 16, 2)).astype(np.float32),
    }


def test_by_hand():
    points = np.zeros((8, 1, 6))
    points[:, 0, 2] = [0.6, 0.7] * 4
    xy = np.tile([187.5, 97.5], (8, 1, 1))
    found = network_input(points, np.full((8, 1, 3), 0.5), xy)
    np.testing.assert_allclose(found[0, 0], [1, -0.5, -1, 0.5, 0.5, 0.5], atol=1e-6)


def test_metres_are_the_points_as_they_are(sampled):
    found = network_input(**sampled, coordinates="metres")
    assert found.shape == (8, 16, 6)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[..., :3], sampled["points"][..., :3])
    np.testing.assert_array_equal(found[..., 3:], sampled["normalised"])


def test_where_the_face_is_before_the_camera_is_not_seen(sampled):
    before = network_input(**sampled)
    sampled["points"] = sampled["points"] + np.array([0.03, -0.02, 0.1, 0, 0, 0])
    np.testing.assert_allclose(network_input(**sampled), before, atol=1e-5)


def test_the_size_of_the_aligned_crop_does_not_matter(sampled):
    before = network_input(**sampled)
    half = sampled | {"aligned_xy": (sampled["aligned_xy"] - 127.5) / 2 + 63.5}
    np.testing.assert_allclose(network_input(**half, aligned_size=128), before, atol=1e-5)


def test_clips_stack(sampled):
    pair = {name: np.stack([array, 2 * array]) for name, array in sampled.items()}
    np.testing.assert_array_equal(network_input(**pair)[0], network_input(**sampled))


def test_without_dz_five_channels_are_left_and_a_change_of_dz_changes_nothing(sampled):
    whole = network_input(**sampled)
    seen = network_input(**sampled, motion="flow")
    assert seen.shape == (8, 16, 5)
    np.testing.assert_array_equal(seen, whole[..., :5])
    sampled["points"][..., 5] += 3
    sampled["normalised"][..., 2] *= -0.5
    np.testing.assert_array_equal(network_input(**sampled, motion="flow"), seen)
    assert not np.array_equal(network_input(**sampled), whole)


def test_unknown_coordinates_are_refused(sampled):
    with pytest.raises(ValueError, match=r"coordinates must be one of .* but got 'mm'"):
        network_input(**sampled, coordinates="mm")
