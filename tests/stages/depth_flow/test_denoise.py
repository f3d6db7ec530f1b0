"""Denoising: the filter against SciPy's, the plane against what was put in."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from merflow.stages.depth_flow.denoise import masked_gaussian, remove_plane, robust_plane


@pytest.fixture
def holed():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(60, 70)).astype(np.float32)
    values[rng.random(values.shape) < 0.2] = np.nan
    values[20:30, 40:55] = np.nan
    return values


def test_masked_gaussian_equals_scipys_ratio_of_filters(holed):
    there = np.isfinite(holed)
    options = {"sigma": 3.0, "mode": "constant", "truncate": 3.0}
    total = gaussian_filter(np.where(there, holed, 0).astype(float), **options)
    expected = total / gaussian_filter(there.astype(float), **options)
    np.testing.assert_allclose(masked_gaussian(holed, sd_px=3.0), expected, atol=1e-5)


def test_a_constant_with_holes_stays_the_constant(holed):
    values = np.where(np.isfinite(holed), np.float32(7), np.float32(np.nan))
    np.testing.assert_allclose(masked_gaussian(values, sd_px=4.0), 7, rtol=1e-6)


def test_far_from_any_value_there_is_none():
    values = np.full((60, 60), np.nan, np.float32)
    values[:10] = 1
    smooth = masked_gaussian(values, sd_px=3.0)
    assert np.isfinite(smooth[:12]).all()
    assert np.isnan(smooth[20:]).all()


def test_noise_falls_with_the_size_of_the_filter():
    noise = np.random.default_rng(0).normal(0, 0.56, (200, 200)).astype(np.float32)
    # White noise under a Gaussian of sd s keeps 1 / (2 s sqrt(pi)) of its sd.
    assert masked_gaussian(noise, sd_px=10.0)[40:-40, 40:-40].std() == pytest.approx(0.56 / (20 * np.pi**0.5), rel=0.4)


def test_the_plane_is_found_although_a_quarter_of_the_face_moves():
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:80, :100]
    head = 0.01 * x - 0.02 * y + 0.7
    values = head + rng.normal(0, 0.02, head.shape)
    values[:40, :50] += 1.5
    mask = np.ones(head.shape, bool)
    plane = robust_plane(values, mask)
    assert (np.abs(plane - [0.01, -0.02, 0.7]) < [1e-4, 1e-4, 1e-2]).all()
    np.testing.assert_allclose(remove_plane(head, plane), 0, atol=0.01)
    plain = np.linalg.lstsq(np.stack([x.ravel(), y.ravel(), np.ones(x.size)], 1), values.ravel(), rcond=None)[0]
    assert abs(plain[0] - 0.01) > 50 * 1e-4


def test_large_masks_are_thinned_out_without_a_change_of_units():
    y, x = np.mgrid[:200, :150]
    values = np.random.default_rng(0).normal(0.004 * x + 0.003 * y - 1, 0.01)
    plane = robust_plane(values, values > -9)
    assert (np.abs(plane - [0.004, 0.003, -1]) < [3e-5, 3e-5, 2e-3]).all()


def test_only_the_mask_counts():
    y, x = np.mgrid[:40, :40]
    values = np.where(x < 20, 1.0 + 0 * y, 9.0)
    values[:5] = np.nan
    np.testing.assert_allclose(robust_plane(values, x < 20), [0, 0, 1], atol=1e-9)


def test_too_few_values_are_refused():
    with pytest.raises(ValueError, match="at least 10 values under the mask, but found 4"):
        robust_plane(np.ones((2, 2)), np.ones((2, 2), bool))
