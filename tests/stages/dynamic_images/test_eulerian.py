"""Eulerian magnification: its filters over time and place against SciPy and the definition, and holes."""

import cv2
import numpy as np
import pytest
from scipy.signal import freqz

from merflow.stages.dynamic_images.eulerian import (
    level_factors,
    magnified,
    pass_band,
    spatially_weighted,
    temporal_band,
)
from merflow.stages.dynamic_images.settings import EulerianSettings

RNG = np.random.default_rng(0)
SETTINGS = EulerianSettings(factor=10.0)
FRAMES = RNG.normal(size=(12, 32, 24))
ALL = np.ones((32, 24), dtype=bool)


def test_the_band_is_the_difference_of_two_running_averages():
    fast, slow = FRAMES[0].copy(), FRAMES[0].copy()
    for frame, band in zip(FRAMES, temporal_band(FRAMES, SETTINGS), strict=True):
        fast, slow = 0.6 * fast + 0.4 * frame, 0.95 * slow + 0.05 * frame
        np.testing.assert_allclose(band, fast - slow, atol=1e-12)


def test_the_pass_band_is_where_each_filter_passes_half_of_the_power():
    found = pass_band(60.0, SETTINGS)
    for r, hz in zip((0.05, 0.4), found, strict=True):
        _, response = freqz([r], [1.0, r - 1.0], worN=[hz], fs=60.0)
        assert abs(response[0]) ** 2 == pytest.approx(0.5, rel=1e-9)
    assert found == pytest.approx((0.49, 4.99), abs=0.01)
    assert pass_band(30.0, SETTINGS) == pytest.approx((found[0] / 2, found[1] / 2))
    assert pass_band(60.0, EulerianSettings(fast=1.0))[1] == pytest.approx(30.0)


def test_place_first_and_time_first_are_the_same():
    """As published: each level of the pyramids is filtered over time, weighted, and the levels are put together."""
    settings = EulerianSettings(factor=10.0, levels=3)
    gaussians = [[frame] for frame in FRAMES]
    for one in gaussians:
        for _ in range(3):
            one.append(cv2.pyrDown(one[-1]))
    added = np.zeros((12, 4, 3))
    for level in (2, 1, 0):
        size = gaussians[0][level].shape[::-1]
        bands = temporal_band(
            np.stack([one[level] - cv2.pyrUp(one[level + 1], dstsize=size) for one in gaussians]), settings
        )
        added = np.stack([cv2.pyrUp(one, dstsize=size) for one in added]) + level_factors(settings)[level] * bands
    np.testing.assert_allclose(magnified(FRAMES, ALL, settings), FRAMES + added, atol=1e-9)


def test_a_coarse_pattern_is_magnified_by_the_whole_factor_and_noise_by_less():
    wave = np.cos(2 * np.pi * np.arange(128) / 64)
    pattern = wave[:, None] * wave
    even = EulerianSettings(factor=10.0, cutoff_px=0.0, levels=7)
    np.testing.assert_allclose(spatially_weighted(pattern, even), 10 * pattern, atol=0.2)
    np.testing.assert_allclose(
        spatially_weighted(pattern, SETTINGS)[16:-16, 16:-16], 10 * pattern[16:-16, 16:-16], atol=1
    )
    checks = np.indices((64, 64)).sum(axis=0) % 2 - 0.5
    assert np.abs(spatially_weighted(checks, SETTINGS)).max() < 0.2 * 10 * 0.5
    assert level_factors(SETTINGS)[:4] == pytest.approx([1.75, 4.5, 10, 10])
    assert level_factors(EulerianSettings(factor=10.0, cutoff_px=0.0, levels=2)) == [10, 10]


def test_what_a_pixel_without_value_holds_changes_nothing():
    seen = ALL.copy()
    seen[10:20, 5:9] = False
    here, there = FRAMES.copy(), FRAMES.copy()
    here[:, ~seen], there[:, ~seen] = np.nan, 1e6
    first, second = magnified(here, seen, SETTINGS), magnified(there, seen, SETTINGS)
    np.testing.assert_array_equal(first[:, seen], second[:, seen])
    assert np.isnan(first[:, ~seen]).all()


def test_what_stands_still_stays():
    still = np.repeat(FRAMES[:1], 5, axis=0)
    np.testing.assert_array_equal(magnified(still, ALL, SETTINGS), still)
