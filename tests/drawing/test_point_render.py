import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.drawing.point_render import project_orthographic, view_points

CORNERS = np.array([[-0.05, -0.05, 0.5], [0.05, 0.05, 0.6]])


def test_convention_seen_from_the_front_right_is_right_and_down_is_down():
    column, row, depth = project_orthographic(CORNERS, yaw_deg=0, size_px=101, span_m=0.2)
    assert column.tolist() == [25, 75]
    assert row.tolist() == [25, 75]
    np.testing.assert_allclose(depth, [-0.05, 0.05])


def test_convention_from_the_side_the_nose_points_left():
    nose_and_ear = np.array([[0.0, 0.0, 0.5], [0.0, 0.0, 0.6]])
    column, _, _ = project_orthographic(nose_and_ear, yaw_deg=90, size_px=101, span_m=0.2)
    assert column.tolist() == [25, 75]
    left_and_right = np.array([[-0.05, 0.0, 0.5], [0.05, 0.0, 0.5]])
    _, _, depth = project_orthographic(left_and_right, yaw_deg=90, size_px=101, span_m=0.2)
    assert depth[1] < depth[0]


@given(st.floats(-180, 180))
def test_turning_keeps_distances_from_the_axis(yaw):
    column, _, depth = project_orthographic(CORNERS, yaw_deg=yaw, size_px=10001, span_m=0.2)
    radius = np.hypot((column - 5000) * 0.2 / 10001, depth)
    np.testing.assert_allclose(radius, np.hypot(0.05, 0.05), atol=2e-5)


def test_the_nearer_point_hides_the_farther():
    xyz = np.array([[0.0, 0.0, 0.7], [0.0, 0.0, 0.5]])
    view = view_points(xyz, size_px=21)
    assert view.owner[10, 10] == 1
    image = view.paint(np.array([[1.0, 0, 0], [0, 0, 1.0]]))
    assert image[10, 10, 0] == image[10, 10, 1] == 0
    assert image[10, 10, 2] > 200
    assert image[0, 0].tolist() == [255, 255, 255]
    assert (image != 255).any(axis=2).sum() == 9


def test_points_outside_the_view_are_left_out():
    xyz = np.array([[0.0, 0.0, 0.5], [1.0, 0.0, 0.5]])
    assert (view_points(xyz, size_px=21).owner == -1).all()
    assert (view_points(xyz, size_px=21).paint(np.zeros((2, 3))) == 255).all()


def test_a_sphere_is_brightest_where_it_faces_the_viewer():
    y, x = np.mgrid[-1:1:120j, -1:1:120j]
    inside = x**2 + y**2 < 1
    z = 0.5 - 0.08 * np.sqrt(1 - x[inside] ** 2 - y[inside] ** 2)
    xyz = np.stack([0.08 * x[inside], 0.08 * y[inside], z], axis=1)
    image = view_points(xyz, size_px=121, span_m=0.24).paint(np.ones_like(xyz))
    assert image[60, 60, 0] > image[85, 60, 0] > 100
    assert image[60, 60, 0] == pytest.approx(255 * (0.6 + 0.4 * 0.94), abs=4)
