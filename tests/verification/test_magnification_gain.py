import numpy as np
import pytest

from merflow.verification.magnification_gain import OnsetWarp, reached_gain

SIZE = 64


def bump(amplitude):
    """Return a motion (2, SIZE, SIZE) that is strongest in the middle: `amplitude` right and half of it up."""
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    course = np.exp(-(((x - 32) / 12) ** 2 + ((y - 30) / 10) ** 2))
    return amplitude * np.stack([course, -0.5 * course])


def waves():
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    grey = 120 + 40 * np.sin(0.5 * x + 0.2 * y) + 30 * np.cos(0.35 * y - 0.1 * x)
    return np.stack([grey, 0.8 * grey, 0.6 * grey], axis=-1)


@pytest.fixture
def middle():
    pixels = np.zeros((SIZE, SIZE), dtype=bool)
    pixels[16:48, 16:48] = True
    return pixels


def test_the_field_is_turned_round_exactly(middle):
    motion, gain = bump(1.5), 3.0
    back = OnsetWarp(waves(), motion, middle).backwards(gain)
    rows, columns = np.nonzero(middle)
    x, y = columns - back[0], rows - back[1]
    course = np.exp(-(((x - 32) / 12) ** 2 + ((y - 30) / 10) ** 2))
    forwards = gain * 1.5 * np.stack([course, -0.5 * course])  # the same bump, at the points found
    # Read bilinearly, a bump of 4.5 px and width 10 px errs by up to its curvature over 8 an axis: 2 * 0.045 / 8 px.
    assert np.abs(x + forwards[0] - columns).max() < 0.02
    assert np.abs(y + forwards[1] - rows).max() < 0.02


def test_a_shift_is_a_shift(middle):
    motion = np.stack([np.full((SIZE, SIZE), 0.4), np.full((SIZE, SIZE), -0.1)])
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    moved = 120 + 40 * np.sin(0.5 * (x - 1.2) + 0.2 * (y + 0.3)) + 30 * np.cos(0.35 * (y + 0.3) - 0.1 * (x - 1.2))
    assert np.abs(OnsetWarp(waves(), motion, middle).at(3.0)[:, 0] - moved[middle]).max() < 0.3


@pytest.mark.parametrize("gain", [0.0, 0.6, 1.0, 2.35, 4.5])
def test_finds_the_gain_of_what_it_warped_itself_under_noise(gain, middle):
    warp = OnsetWarp(waves(), bump(1.0), middle)
    seen = warp.at(gain) + np.random.default_rng(0).normal(0, 1, (middle.sum(), 3))
    assert reached_gain(seen, warp, largest=4.5) == pytest.approx(gain, abs=0.02)


def test_a_larger_gain_than_any_tried_ends_at_the_largest(middle):
    warp = OnsetWarp(waves(), bump(0.5), middle)
    assert reached_gain(warp.at(4.0), warp, largest=3.0) == pytest.approx(3.0, abs=0.26)
