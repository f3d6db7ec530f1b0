import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.drawing.flow_colours import colour_wheel, draw_wheel, flow_over_face, flow_to_rgb


def colour(u, v, *, range_px=3.0):
    return tuple(flow_to_rgb(np.array([[[u]], [[v]]], dtype=float), range_px=range_px)[0, 0].tolist())


def test_the_wheel_has_the_arcs_of_baker_et_al():
    wheel = colour_wheel()
    assert wheel.shape == (55, 3)
    starts = {0: (1, 0, 0), 15: (1, 1, 0), 21: (0, 1, 0), 25: (0, 1, 1), 36: (0, 0, 1), 49: (1, 0, 1)}
    for position, expected in starts.items():
        np.testing.assert_allclose(wheel[position], expected)


def test_convention_known_directions_by_hand():
    # A quarter turn is 13.5 of 54 steps. Down: step 13.5 of the 15 from red to yellow, green 255 * 13.5 / 15.
    assert colour(3, 0) == (255, 0, 0)
    red, green, blue = colour(0, 3)
    assert (red, blue) == (255, 0)
    assert green == pytest.approx(255 * 13.5 / 15, abs=2)
    # Left: step 27, two steps past cyan (25) of the 11 to blue. Up: step 40.5, 4.5 past blue (36) of 13 to magenta.
    red, green, blue = colour(-3, 0)
    assert (red, blue) == (0, 255)
    assert green == pytest.approx(255 * (1 - 2 / 11), abs=2)
    red, green, blue = colour(0, -3)
    assert (green, blue) == (0, 255)
    assert red == pytest.approx(255 * 4.5 / 13, abs=2)


def test_rest_is_white_whatever_the_sign_of_zero_and_unknown_is_grey():
    assert colour(0.0, -0.0) == colour(-0.0, 0.0) == (255, 255, 255)
    assert colour(2.0, -0.0) == colour(2.0, 0.0)
    assert colour(np.nan, 1.0) == (127, 127, 127)


def test_longer_than_the_range_is_darkened():
    inside, beyond = np.array(colour(0, 3)), np.array(colour(0, 9))
    np.testing.assert_allclose(beyond, 0.75 * inside, atol=1)


@given(st.floats(0, 2 * np.pi), st.floats(0.05, 0.95))
def test_length_is_saturation(angle, length):
    near, far = (np.array(colour(r * np.cos(angle), r * np.sin(angle), range_px=1.0)) for r in (length / 2, length))
    np.testing.assert_allclose(255 - near, (255 - far) / 2, atol=1.01)


def test_a_still_face_stays_grey_and_moving_skin_is_tinted():
    face = np.full((4, 6, 3), 180, dtype=np.uint8)
    flow = np.zeros((2, 4, 6))
    flow[0, :, 3:] = 3.0
    picture = flow_over_face(flow, face)
    assert np.ptp(picture[:, :3], axis=2).max() == 0
    assert (picture[:, 3:, 0] > 100).all()
    assert (picture[:, 3:, 1:] == 0).all()


def test_the_legend_names_its_scale():
    from matplotlib.figure import Figure

    axes = Figure().add_subplot()
    draw_wheel(axes, range_px=2.0)
    assert {"1 px", "2 px", "right", "down"} <= {text.get_text() for text in axes.texts}
