import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from merflow.synthesis.camera import Camera

CAMERA = Camera()


@given(st.floats(-200, 1500), st.floats(-200, 900), st.floats(100, 3000))
def test_unproject_then_project_returns_the_pixel(x, y, z):
    point = CAMERA.unproject(np.array([x, y]), np.array(z))
    assert point[2] == z
    np.testing.assert_allclose(CAMERA.project(point), [x, y], atol=1e-9)


def test_convention_x_right_y_down_and_pixel_centres_at_integers():
    np.testing.assert_allclose(CAMERA.project(np.array([0.0, 0.0, 650.0])), [639.5, 359.5])
    np.testing.assert_allclose(CAMERA.project(np.array([65.0, 130.0, 650.0])), [639.5 + 132.465, 359.5 + 264.93])


def test_a_supersampled_block_is_centred_on_its_pixel():
    point = np.array([31.0, -17.0, 640.0])
    fine = CAMERA.scaled(2).project(point)
    coarse = CAMERA.project(point)
    np.testing.assert_allclose((fine - 0.5) / 2, coarse, atol=1e-9)
    assert (CAMERA.scaled(2).width, CAMERA.scaled(2).height) == (2560, 1440)


def test_a_window_of_the_camera_shows_the_same_points_shifted_by_its_corner():
    point = np.array([31.0, -17.0, 640.0])
    window = CAMERA.cropped(500, 120, 780, 460)
    np.testing.assert_allclose(window.project(point) + np.array([500, 120]), CAMERA.project(point))
    assert (window.width, window.height) == (280, 340)


def test_a_window_stays_in_the_image():
    window = CAMERA.cropped(-20, -5, 1300, 300)
    assert (window.cx, window.cy) == (CAMERA.cx, CAMERA.cy)
    assert (window.width, window.height) == (1280, 300)
