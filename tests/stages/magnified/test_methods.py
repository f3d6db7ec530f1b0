"""What every method owes: still pictures stay still, a factor of one does nothing, known motions come out threefold."""

import numpy as np
import pytest

from merflow.stages.magnified.methods import METHODS, magnify, magnify_float
from merflow.stages.magnified.phase import phase
from merflow.stages.magnified.settings import FlowWarpSettings, MagnificationSettings
from merflow.stages.magnified.steady import FramePair, steady_frame

OF_EQUATIONS = sorted(set(METHODS) - {"learned"})
THAT_MAGNIFY = sorted(set(OF_EQUATIONS) - {"none"})
INNER = np.s_[16:-16, 16:-16]
HEAD = np.array([[0.002, -0.003, 0.4], [0.003, 0.002, -0.6]])


def rms(image):
    return float(np.sqrt((np.asarray(image, dtype=float)[INNER] ** 2).mean()))


def gain(out, truth):
    """The factor g whose exact picture is nearest to `out`, within 0.5 to 4; `truth` gives that picture."""
    factors = np.arange(0.5, 4.01, 0.5)
    errors = [rms(out - truth(g)) ** 2 for g in factors]
    best = int(np.clip(np.argmin(errors), 1, len(factors) - 2))
    before, here, after = errors[best - 1 : best + 2]
    return factors[best] + 0.25 * (before - after) / (before - 2 * here + after)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_frame_that_is_the_onset_stays_it(picture, eight_bit, method):
    onset = eight_bit(picture(0, 0))
    np.testing.assert_array_equal(magnify(onset, onset, MagnificationSettings(method=method, factor=5.0)), onset)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_factor_of_one_gives_the_steady_frame(picture, eight_bit, method):
    onset, frame = eight_bit(picture(0, 0)), eight_bit(picture(0.8, 0.3))
    out = magnify_float(onset, frame, MagnificationSettings(method=method, factor=1.0), head_motion=HEAD)
    np.testing.assert_allclose(out, steady_frame(FramePair(onset, frame, HEAD)), atol=0.01)


def test_no_method_takes_off_head_motion_and_no_more(picture, eight_bit):
    onset, frame = eight_bit(picture(0, 0)), eight_bit(picture(0.8, 0.3))
    settings = MagnificationSettings(method="none", factor=3.0)
    np.testing.assert_array_equal(magnify(onset, frame, settings), frame)


@pytest.mark.parametrize(
    ("method", "tolerance"),
    [("flow_warp", 0.08), ("phase", 0.13), ("linear", 0.5)],
)
@pytest.mark.parametrize("shift", [(0.2, 0.0), (-0.1, 0.3), (0.5, 0.5)])
def test_a_shift_comes_out_threefold(picture, eight_bit, method, tolerance, shift):
    u, v = shift
    out = magnify_float(eight_bit(picture(0, 0)), eight_bit(picture(u, v)), MagnificationSettings(method=method))
    left_over = rms(out - picture(3 * u, 3 * v)) / rms(picture(3 * u, 3 * v) - picture(0, 0))
    assert left_over < tolerance + 0.8 / rms(picture(3 * u, 3 * v) - picture(0, 0))  # 0.8: rounded input, magnified


@pytest.mark.parametrize("source", ["frame", "onset"])
def test_warping_far_beyond_a_wavelength(picture, eight_bit, source):
    settings = MagnificationSettings(method="flow_warp", flow_warp=FlowWarpSettings(source))
    out = magnify_float(eight_bit(picture(0, 0)), eight_bit(picture(1.5, -1.0)), settings)
    assert rms(out - picture(4.5, -3.0)) < 3
    assert rms(picture(1.5, -1.0) - picture(4.5, -3.0)) > 15


@pytest.mark.parametrize(
    ("method", "least", "most"), [("flow_warp", 2.8, 3.1), ("phase", 2.5, 3.1), ("linear", 1.9, 3)]
)
def test_gain_of_a_motion_that_varies_over_the_face(picture, eight_bit, method, least, most):
    """A stretch about the middle, 0.3 px where the measured part ends, with noise before rounding."""
    y, x = np.mgrid[:96, :96].astype(float)
    a, b = 0.3 / 32, -0.2 / 32

    def moved(times):  # the point at 48 + s goes to 48 + (1 + times a) s
        return picture((x - 48) * (1 - 1 / (1 + times * a)), (y - 48) * (1 - 1 / (1 + times * b)))

    noise = np.random.default_rng(3).normal(0, 0.5, (2, 96, 96, 3))
    onset, frame = eight_bit(moved(0) + noise[0]), eight_bit(moved(1) + noise[1])
    out = magnify_float(onset, frame, MagnificationSettings(method=method))
    assert least <= gain(out, moved) <= most
    assert gain(magnify_float(onset, frame, MagnificationSettings(method="none")), moved) == pytest.approx(1, abs=0.11)


@pytest.mark.parametrize(("method", "tolerance"), [("flow_warp", 0.2), ("phase", 0.2), ("linear", 0.6)])
def test_a_fraction_as_factor(picture, eight_bit, method, tolerance):
    onset, frame = eight_bit(picture(0, 0)), eight_bit(picture(0.4, 0))
    out = magnify_float(onset, frame, MagnificationSettings(method=method, factor=2.5))
    assert gain(out, lambda times: picture(0.4 * times, 0)) == pytest.approx(2.5, abs=tolerance)


def test_a_light_that_changes_is_not_magnified_by_phase_and_warp(picture, eight_bit):
    onset, frame = eight_bit(picture(0, 0)), eight_bit(1.03 * picture(0, 0))
    for method in ("phase", "flow_warp"):
        out = magnify_float(onset, frame, MagnificationSettings(method=method))
        assert rms(out - frame) < 0.5
    assert rms(onset.astype(float) - frame) > 3


def test_small_motion_under_linear_is_first_order(picture, eight_bit):
    """By hand: the change of a 40-px wave is nearly all in the band, and threefold, whatever the method's filters."""
    x = np.arange(96.0) * np.ones((96, 1))
    wave = [np.repeat((128 + 100 * np.sin(2 * np.pi * (x - d) / 40))[..., None], 3, -1) for d in (0, 0.5, 1.5)]
    out = magnify_float(eight_bit(wave[0]), eight_bit(wave[1]), MagnificationSettings(method="linear"))
    assert rms(out - wave[2]) < 0.15 * rms(wave[2] - wave[0])


@pytest.mark.parametrize("method", THAT_MAGNIFY)
def test_grey_frames_stay_grey(picture, eight_bit, method):
    onset, frame = (eight_bit(picture(u, 0, grey=True)) for u in (0, 0.4))
    out = magnify(onset, frame, MagnificationSettings(method=method))
    np.testing.assert_array_equal(out, out[..., :1].repeat(3, axis=-1))
    assert gain(out, lambda times: picture(0.4 * times, 0, grey=True)) > 2


def test_grey_is_colour_with_equal_channels_under_phase(picture, eight_bit, monkeypatch):
    pair = FramePair(*(eight_bit(picture(u, 0, grey=True)) for u in (0, 0.4)))
    once = phase(pair, MagnificationSettings())
    monkeypatch.setattr("merflow.stages.magnified.phase.is_grey", lambda image: False)
    np.testing.assert_allclose(phase(pair, MagnificationSettings()), once, atol=2e-3)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_sides_need_not_be_equal(picture, eight_bit, method):
    onset, frame = (eight_bit(picture(u, 0)[:72]) for u in (0, 0.4))
    assert magnify(onset, frame, MagnificationSettings(method=method)).shape == (72, 96, 3)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_two_runs_give_one_result(picture, eight_bit, method):
    onset, frame = eight_bit(picture(0, 0)), eight_bit(picture(0.4, 0.2))
    settings = MagnificationSettings(method=method)
    first, second = (magnify_float(onset, frame, settings, head_motion=HEAD) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_overshoot_is_cut_at_black_and_white():
    step = np.full((64, 64, 3), 5, dtype=np.uint8)
    step[:, 32:] = 250
    out = magnify(step, np.roll(step, 1, axis=1), MagnificationSettings(method="linear", factor=9.0))
    raw = magnify_float(step, np.roll(step, 1, axis=1), MagnificationSettings(method="linear", factor=9.0))
    assert raw.min() < 0
    np.testing.assert_array_equal(out, np.rint(raw.clip(0, 255)))
