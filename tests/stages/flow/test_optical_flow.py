"""Optical flow: direction, exactness on a known warp, and what the settings refuse."""

from dataclasses import replace
from typing import get_args, get_type_hints

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, map_coordinates

from merflow.errors import ConfigError
from merflow.stages.flow.grey import normalise_locally, to_grey
from merflow.stages.flow.head_motion import HEAD_MOTION_METHODS
from merflow.stages.flow.opencv_methods import OpenCvTvL1Settings
from merflow.stages.flow.optical_flow import FLOW_METHODS, FlowSettings, estimate_flow
from merflow.stages.flow.tvl1.settings import TvL1Settings

SIZE = 96


def texture(seed=0, size=SIZE):
    """Smooth noise in colour, as float grey levels."""
    noise = np.random.default_rng(seed).normal(0, 1, (size, size, 3))
    fine, coarse = (gaussian_filter(noise, (sd, sd, 0)) for sd in (1.5, 5))
    return 128 + 25 * fine / fine.std() + 30 * coarse / coarse.std()


def quantised(image):
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def moved_pair(u, v):
    """Onset and apex such that the onset's pixel (x, y) lies at (x + u, y + v) in the apex."""
    apex = texture()
    y, x = np.mgrid[:SIZE, :SIZE].astype(float)
    onset = np.stack([map_coordinates(apex[..., c], [y + v, x + u], order=3, mode="nearest") for c in range(3)], -1)
    return quantised(onset), quantised(apex)


@pytest.mark.parametrize("method", sorted(FLOW_METHODS))
def test_convention_content_that_moves_right_and_up(method):
    picture = quantised(texture())
    apex = np.roll(picture, (-1, 2), axis=(0, 1))
    flow = estimate_flow(picture, apex, FlowSettings(method=method))
    assert flow.shape == (2, SIZE, SIZE)
    assert flow.dtype == np.float32
    inner = flow[:, 12:-12, 12:-12]
    np.testing.assert_allclose(inner.mean(axis=(1, 2)), [2, -1], atol=0.05)


@pytest.mark.parametrize(("method", "bound"), [("tvl1", 0.06), ("tvl1_opencv", 0.06), ("dis", 0.12)])
def test_a_known_smooth_warp_is_found(method, bound):
    y, x = np.mgrid[:SIZE, :SIZE].astype(float)
    bump = np.exp(-((x - 50) ** 2 + (y - 45) ** 2) / (2 * 14**2))
    truth = np.stack([0.4 + 1.2 * bump, -0.2 - 0.8 * bump])
    flow = estimate_flow(*moved_pair(*truth), FlowSettings(method=method))
    error = np.hypot(*(flow - truth))[8:-8, 8:-8]
    assert error.mean() < bound  # the motion itself: 0.7 px


def test_the_same_pictures_give_the_same_flow():
    pair = moved_pair(np.full((SIZE, SIZE), 0.7), np.zeros((SIZE, SIZE)))
    np.testing.assert_array_equal(*(estimate_flow(*pair, FlowSettings()) for _ in range(2)))


def test_still_pictures_do_not_move():
    picture = quantised(texture())
    assert np.abs(estimate_flow(picture, picture, FlowSettings())).max() < 1e-3


def test_convention_grey_is_bt601_luma():
    green = np.zeros((1, 1, 3), dtype=np.uint8)
    green[..., 1] = 255
    assert to_grey(green)[0, 0] == pytest.approx(0.587)


def test_grey_agrees_with_opencv_up_to_its_rounding():
    import cv2

    picture = quantised(texture())
    theirs = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(float)
    assert np.abs(to_grey(picture) * 255 - theirs).max() <= 0.51


def test_normalisation_gives_every_neighbourhood_one_contrast():
    grey = to_grey(quantised(texture()))
    grey[:, : SIZE // 2] *= 0.4  # one half in the shade
    done = normalise_locally(grey, 3.0)
    halves = done[:, 4:40], done[:, 56:92]
    before = grey[:, 4:40], grey[:, 56:92]
    assert before[1].std() > 2 * before[0].std()
    assert halves[0].std() == pytest.approx(halves[1].std(), rel=0.25)  # the noise floor dims the shade a little
    assert halves[0].mean() == pytest.approx(0.5, abs=0.01)


def test_normalisation_does_not_see_a_shift_of_the_grey_values():
    grey = to_grey(quantised(texture()))
    np.testing.assert_allclose(normalise_locally(grey + 0.2, 3.0), normalise_locally(grey, 3.0), atol=1e-4)


def test_a_lamp_that_brightens_is_not_taken_for_motion():
    x = np.arange(SIZE, dtype=float)
    shade = (0.6 + 0.4 * x / SIZE)[None, :, None]  # light from the right; skin nearly plain
    onset = quantised((150 + 0.1 * (texture() - 128)) * shade)
    apex = quantised((150 + 0.1 * (texture() - 128)) * shade * 1.04)
    with_normalisation = np.hypot(*estimate_flow(onset, apex, FlowSettings()))[8:-8, 8:-8].mean()
    without = np.hypot(*estimate_flow(onset, apex, FlowSettings(normalise_sd_px=0)))[8:-8, 8:-8].mean()
    assert with_normalisation < 0.15
    assert without > 2 * with_normalisation


def test_every_setting_of_opencv_reaches_its_kernel():
    pair = moved_pair(*np.stack([np.linspace(0, 2, SIZE)[None].repeat(SIZE, 0), np.zeros((SIZE, SIZE))]))
    changed = {
        "tau": 0.1,
        "data_weight": 0.05,
        "theta": 0.1,
        "scales": 1,
        "scale_step": 0.5,
        "warps": 1,
        "epsilon": 0.2,
        "inner_iterations": 2,
        "outer_iterations": 1,
        "gamma": 0.5,
        "median_filter": 1,
    }
    assert set(changed) == set(OpenCvTvL1Settings.__slots__)
    # so tight that every iteration is used: otherwise the number allowed of them decides nothing
    tight = OpenCvTvL1Settings(epsilon=1e-4, inner_iterations=4)
    reference = estimate_flow(*pair, FlowSettings(method="tvl1_opencv", tvl1_opencv=tight))
    for name, value in changed.items():
        flow = estimate_flow(*pair, FlowSettings(method="tvl1_opencv", tvl1_opencv=replace(tight, **{name: value})))
        assert not np.array_equal(flow, reference), name


def test_settings_offer_exactly_the_methods_there_are():
    offered = get_type_hints(FlowSettings)
    assert set(get_args(offered["method"])) == set(FLOW_METHODS)
    assert set(get_args(offered["head_motion"])) == set(HEAD_MOTION_METHODS)


def test_pictures_of_two_sizes_are_refused():
    with pytest.raises(ValueError, match="one shape"):
        estimate_flow(quantised(texture()), quantised(texture(size=64)), FlowSettings())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"method": "lucas"}, "flow.method: expected one of tvl1, tvl1_opencv, dis, but found 'lucas'"),
        ({"head_motion": "rigid"}, "flow.head_motion: expected one of robust_affine"),
        ({"normalise_sd_px": -1.0}, "flow.normalise_sd_px: expected 0 px"),
    ],
)
def test_unknown_methods_are_named(values, message):
    with pytest.raises(ConfigError, match=message):
        FlowSettings(**values)


@pytest.mark.parametrize(
    "values",
    [{"tau": 0}, {"epsilon": -1}, {"scales": 0}, {"scale_step": 1.0}, {"median_filter": 4}, {"gamma": -0.1}],
)
def test_impossible_settings_of_opencv_are_named(values):
    (name,) = values
    with pytest.raises(ConfigError, match=f"flow.tvl1_opencv.{name}: expected"):
        OpenCvTvL1Settings(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"tau": 0.0},
        {"tau": 0.26},
        {"tau": float("nan")},
        {"data_weight": 0.0},
        {"theta": float("inf")},
        {"scales": 0},
        {"warps": 0},
        {"iterations": 0},
    ],
    ids=str,
)
def test_impossible_settings_of_tvl1_are_named(values):
    (name,) = values
    with pytest.raises(ConfigError, match=f"flow.tvl1.{name}: expected"):
        TvL1Settings(**values)
