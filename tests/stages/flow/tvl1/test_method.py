"""TV-L1 of one pair: against its equations, OpenCV and known motion, and what it keeps whatever the picture."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from tests.stages.flow.tvl1 import reference
from tests.stages.flow.tvl1.pictures import moved_pair, smooth_motion, texture

from merflow.stages.flow.opencv_methods import OpenCvTvL1Settings, opencv_tvl1_flow
from merflow.stages.flow.tvl1.constants import SHARPNESS, SMALLEST_SQUARE, number_of_levels
from merflow.stages.flow.tvl1.method import tvl1_flow
from merflow.stages.flow.tvl1.settings import TvL1Settings

SETTINGS = TvL1Settings()
SHAPES = [(1, 1), (1, 9), (9, 1), (2, 2), (5, 3), (31, 64), (33, 32), (70, 97), (128, 96)]


def by_equations(pair, settings):
    """Return the flow of the plain reference."""
    return reference.tvl1(
        *pair,
        tau=settings.tau,
        data_weight=settings.data_weight,
        theta=settings.theta,
        levels=number_of_levels(pair[0].shape, settings.scales),
        warps=settings.warps,
        iterations=settings.iterations,
        sharpness=SHARPNESS,
        smallest_square=SMALLEST_SQUARE,
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_the_kernel_computes_the_equations(shape):
    pair = moved_pair(smooth_motion(shape))
    found, expected = tvl1_flow(*pair, SETTINGS), by_equations(pair, SETTINGS)
    assert found.shape == (2, *shape)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-3)  # float32 against float64


@pytest.mark.parametrize(
    "changed",
    [{"tau": 0.1}, {"data_weight": 0.03}, {"theta": 0.5}, {"scales": 1}, {"warps": 1}, {"iterations": 1}],
    ids=str,
)
def test_every_setting_has_its_place_in_the_equations(changed):
    pair = moved_pair(smooth_motion((64, 70), size=1.5))
    settings = replace(SETTINGS, **changed)
    found = tvl1_flow(*pair, settings)
    np.testing.assert_allclose(found, by_equations(pair, settings), atol=1e-3)
    assert np.abs(found - tvl1_flow(*pair, SETTINGS)).max() > 0.01


def test_every_setting_is_tested():
    assert set(TvL1Settings.__slots__) == {"tau", "data_weight", "theta", "scales", "warps", "iterations"}


def test_convention_content_that_moves_right_and_up():
    picture = texture((96, 90))
    flow = tvl1_flow(picture, np.roll(picture, (-1, 2), axis=(0, 1)), SETTINGS)
    np.testing.assert_allclose(flow[:, 12:-12, 12:-12].mean(axis=(1, 2)), [2, -1], atol=0.02)


@pytest.mark.parametrize("shift", [(0.25, 0.0), (0.5, -0.5), (-1.3, 0.7), (3.4, 2.2)])
def test_flow_of_a_shifted_picture_is_the_shift(shift):
    truth = np.ones((2, 96, 90)) * np.array(shift)[:, None, None]
    flow = tvl1_flow(*moved_pair(truth), SETTINGS)
    assert np.hypot(*(flow - truth))[12:-12, 12:-12].max() < 0.05


def test_a_known_smooth_motion_is_found_as_well_as_opencv_finds_it():
    truth = smooth_motion((120, 128), size=1.5)
    errors = []
    for seed in range(3):
        pair = [picture + np.random.default_rng(seed).normal(0, 0.01, picture.shape) for picture in moved_pair(truth)]
        pair = [picture.astype(np.float32) for picture in pair]
        ours, theirs = tvl1_flow(*pair, SETTINGS), opencv_tvl1_flow(*pair, OpenCvTvL1Settings())
        errors.append([np.hypot(*(flow - truth))[8:-8, 8:-8].mean() for flow in (ours, theirs)])
        assert np.hypot(*(ours - theirs))[8:-8, 8:-8].mean() < 0.06
    ours, theirs = np.mean(errors, axis=0)
    assert ours < 0.06  # the motion itself: 0.9 px
    assert ours < 1.1 * theirs


@pytest.mark.parametrize("shape", SHAPES)
def test_identical_pictures_do_not_move(shape):
    picture = texture(shape)
    assert not tvl1_flow(picture, picture, SETTINGS).any()


def test_transposed_pictures_have_the_transposed_flow():
    pair = moved_pair(smooth_motion((70, 97)))
    flow = tvl1_flow(*pair, SETTINGS)
    transposed = tvl1_flow(pair[0].T, pair[1].T, SETTINGS)
    np.testing.assert_allclose(transposed, flow[::-1].transpose(0, 2, 1), atol=1e-4)


def test_a_mirrored_pair_has_the_mirrored_flow_up_to_the_one_sided_differences():
    pair = moved_pair(smooth_motion((64, 96)))
    flow = tvl1_flow(*pair, SETTINGS)
    mirrored = tvl1_flow(pair[0][:, ::-1], pair[1][:, ::-1], SETTINGS)[..., ::-1] * np.array([-1, 1])[:, None, None]
    assert np.abs(mirrored - flow)[:, 8:-8, 8:-8].mean() < 0.005


def test_a_plain_picture_does_not_move_and_gives_no_nan():
    plain, other = np.full((40, 40), 0.4, np.float32), np.full((40, 40), 0.6, np.float32)
    assert not tvl1_flow(plain, other, SETTINGS).any()


@pytest.mark.parametrize("weight", [0.001, 0.1, 1000.0])
@pytest.mark.parametrize("theta", [0.001, 1000.0])
def test_extreme_settings_on_noise_give_finite_numbers(weight, theta):
    pair = np.random.default_rng(3).random((2, 50, 37), dtype=np.float32)
    assert np.isfinite(tvl1_flow(*pair, replace(SETTINGS, data_weight=weight, theta=theta))).all()


def test_the_same_bytes_whatever_other_threads_do():
    pairs = [moved_pair(smooth_motion((96, 96)), seed) for seed in range(4)]
    alone = [tvl1_flow(*pair, SETTINGS) for pair in pairs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda pair: tvl1_flow(*pair, SETTINGS), pairs * 3))
    for found, expected in zip(together, alone * 3, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_the_layout_in_memory_changes_nothing():
    first, second = moved_pair(smooth_motion((48, 40)))
    expected = tvl1_flow(first, second, SETTINGS)
    wide = np.zeros((48, 80), np.float32)
    wide[:, ::2] = first
    np.testing.assert_array_equal(tvl1_flow(wide[:, ::2], np.asfortranarray(second), SETTINGS), expected)


def test_only_rows_near_a_change_see_it():
    """With one scale and one warp, an iteration carries a change by one pixel and no further."""
    settings = TvL1Settings(scales=1, warps=1, iterations=5)
    first, second = moved_pair(smooth_motion((60, 50)))
    changed = second.copy()
    changed[30] += 0.1
    difference = np.abs(tvl1_flow(first, changed, settings) - tvl1_flow(first, second, settings)).max(axis=(0, 2))
    assert difference[30] > 0
    assert not difference[:23].any()
    assert not difference[38:].any()


WITHOUT_COMPILING = """
import numpy as np
from merflow.stages.flow.tvl1.method import tvl1_flow
from merflow.stages.flow.tvl1.settings import TvL1Settings
for shape in ((1, 1), (2, 3), (33, 34)):
    pair = np.random.default_rng(0).random((2, *shape), dtype=np.float32)
    flow = tvl1_flow(*pair, TvL1Settings(iterations=2, data_weight=50.0))
    assert np.isfinite(flow).all()
print(flow.tolist())
"""


def test_no_index_leaves_its_array():
    """Run as plain Python, where an index outside of an array is an error, on noise that moves out of the picture."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_COMPILING], env=environment, capture_output=True, text=True, timeout=200
    )
    assert done.returncode == 0, done.stderr
    pair = np.random.default_rng(0).random((2, 33, 34), dtype=np.float32)
    flow = tvl1_flow(*pair, TvL1Settings(iterations=2, data_weight=50.0))
    assert np.abs(flow).max() > 40  # px: farther than the picture is wide
    assert np.median(np.abs(flow - np.array(json.loads(done.stdout)))) < 1e-3  # noise amplifies rounding


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (np.zeros((4, 4)), np.zeros((4, 5)), r"one shape \(H, W\), found \(4, 4\) and \(4, 5\)"),
        (np.zeros((4, 4, 3)), np.zeros((4, 4, 3)), "one shape"),
        (np.zeros((0, 4)), np.zeros((0, 4)), "one shape"),
        (np.zeros((4, 4)), np.full((4, 4), np.nan), "without NaN or infinity"),
        (np.full((4, 4), np.inf), np.zeros((4, 4)), "without NaN or infinity"),
    ],
)
def test_pictures_that_cannot_be_compared_are_refused(first, second, message):
    with pytest.raises(ValueError, match=message):
        tvl1_flow(first, second, SETTINGS)


@pytest.mark.parametrize(
    ("shape", "scales", "expected"),
    [((256, 250), 5, 4), ((256, 256), 3, 3), ((31, 200), 3, 1), ((32, 32), 3, 2), ((1, 1), 9, 1)],
)
def test_no_level_has_a_side_below_sixteen_pixels(shape, scales, expected):
    assert number_of_levels(shape, scales) == expected
