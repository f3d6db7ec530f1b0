"""Reading between pixels: against SciPy's interpolation, and at holes and edges."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from merflow.imaging.interpolation import bilinear, nearest_depth, surface_depth


@pytest.fixture
def positions():
    rng = np.random.default_rng(0)
    return rng.uniform(0, 29, 500), rng.uniform(0, 19, 500)


def test_bilinear_equals_scipy(positions):
    x, y = positions
    field = np.random.default_rng(1).normal(size=(2, 20, 30)).astype(np.float32)
    expected = np.stack([map_coordinates(channel, [y, x], order=1) for channel in field])
    np.testing.assert_allclose(bilinear(field, x, y), expected, atol=1e-5)


def test_convention_pixel_centres_are_integers():
    row = np.array([[[0, 10, 20], [0, 10, 20]]], dtype=np.float32)
    x, y = np.array([0.25, 2.0, 2.01, -0.01]), np.array([0.5, 1.0, 0.0, 0.0])
    np.testing.assert_array_equal(bilinear(row, x, y)[0], [2.5, 20, np.nan, np.nan])
    np.testing.assert_array_equal(nearest_depth(row[0], x, y), [0, 20, np.nan, np.nan])


def test_positions_keep_their_shape_and_nan_is_outside():
    found = bilinear(np.ones((3, 4, 4), np.float32), np.full((2, 5), np.nan), np.zeros((2, 5)))
    assert found.shape == (3, 2, 5)
    assert np.isnan(found).all()


def test_surface_depth_is_exact_on_a_slope_where_nearest_is_not(positions):
    x, y = positions
    rows, columns = np.mgrid[:20, :30]
    slope = (600 + 0.5 * columns - 0.25 * rows).astype(np.float32)
    truth = 600 + 0.5 * x - 0.25 * y
    assert np.abs(surface_depth(slope, x, y) - truth).max() < 1e-3
    assert np.abs(nearest_depth(slope, x, y) - truth).max() > 0.25


def test_surface_depth_is_never_interpolated_across_a_hole(positions):
    x, y = positions
    depth = np.random.default_rng(2).uniform(600, 605, (20, 30)).astype(np.float32)
    depth[np.random.default_rng(3).random((20, 30)) < 0.3] = np.nan
    found, nearest = surface_depth(depth, x, y), nearest_depth(depth, x, y)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(nearest))
    corners = [depth[np.floor(y).astype(int) + i, np.floor(x).astype(int) + j] for i in (0, 1) for j in (0, 1)]
    beside_hole = np.isnan(corners).any(axis=0)
    assert beside_hole.sum() > 100
    np.testing.assert_array_equal(found[beside_hole], nearest[beside_hole])


def test_surface_depth_does_not_invent_a_depth_between_two_surfaces():
    step = np.array([[600, 700], [600, 700]], dtype=np.float32)
    np.testing.assert_array_equal(surface_depth(step, np.array([0.4, 0.6]), np.array([0.5, 0.5])), [600, 700])
