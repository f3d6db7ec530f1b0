import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.synthesis.subdivision import catmull_clark

CUBE = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], dtype=float)
CUBE_QUADS = np.array([[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]])


def test_a_cube_gets_the_points_of_the_original_rules():
    # by hand: corners (Q + 2 R) / 3 = 5/9, edge points (1 + 1 + 1 + 0) / 4 = 3/4, face points at the centres
    refined = catmull_clark(CUBE_QUADS, 8)
    points = np.abs(refined.matrix @ CUBE)
    np.testing.assert_allclose(points[:8], 5 / 9)
    np.testing.assert_allclose(np.sort(points[8:20], axis=1), np.tile([0, 0.75, 0.75], (12, 1)))
    np.testing.assert_allclose(np.sort(points[20:], axis=1), np.tile([0, 0, 1], (6, 1)), atol=1e-15)


def test_borders_follow_the_cubic_spline():
    # by hand: 3/4 + 2 * 1/8 at a corner of a lone square, the middle on a side
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=float)
    points = catmull_clark(np.array([[0, 1, 2, 3]]), 4).matrix @ square
    np.testing.assert_allclose(points[0], [0.125, 0.125, 0])
    assert {tuple(p) for p in points[4:8, :2]} == {(0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)}
    np.testing.assert_allclose(points[8], [0.5, 0.5, 0])


def test_fine_quads_keep_the_winding_and_tile_the_surface():
    refined = catmull_clark(CUBE_QUADS, 8)
    points = refined.matrix @ CUBE
    a, b, c, d = (points[refined.quads[:, k]] for k in range(4))
    centres, normals = (a + b + c + d) / 4, np.cross(c - a, d - b)
    coarse = CUBE[CUBE_QUADS]
    outward = np.einsum("qi,qi->q", np.cross(coarse[:, 2] - coarse[:, 0], coarse[:, 3] - coarse[:, 1]), coarse.mean(1))
    assert np.unique(np.sign(outward)).size == 1
    np.testing.assert_array_equal(np.sign(np.einsum("qi,qi->q", normals, centres)), np.repeat(np.sign(outward), 4))
    sides, counts = np.unique(
        np.sort(np.stack([refined.quads, np.roll(refined.quads, 1, 1)], -1)).reshape(-1, 2), axis=0, return_counts=True
    )
    assert (counts == 2).all()
    assert refined.matrix.shape[0] - len(sides) + len(refined.quads) == 2  # Euler's number of a sphere


@given(st.lists(st.floats(-50, 50), min_size=12, max_size=12))
def test_moving_the_cage_affinely_moves_the_surface_alike(numbers):
    linear, shift = np.reshape(numbers[:9], (3, 3)), np.array(numbers[9:])
    matrix = catmull_clark(CUBE_QUADS, 8).matrix
    np.testing.assert_allclose(matrix @ (CUBE @ linear + shift), (matrix @ CUBE) @ linear + shift, atol=1e-10)


def test_every_point_is_an_average():
    matrix = catmull_clark(CUBE_QUADS, 8).matrix
    np.testing.assert_allclose(matrix.sum(axis=1), 1)
    assert matrix.min() >= 0
    assert matrix.shape == (26, 8)
    assert matrix.nnz == pytest.approx(8 * 7 + 12 * 6 + 6 * 4)
