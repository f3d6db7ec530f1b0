"""The pyramid: filters that partition the plane, bands that put the picture together again, phase that is motion."""

import numpy as np
import pytest

from merflow.stages.magnified.steerable import analyse, pyramid, synthesise

SHAPES = [(64, 64), (96, 64)]


def put_together(image, filters):
    spectrum = np.fft.fft2(image).astype(np.complex64)
    into = np.zeros_like(spectrum)
    for band in filters.bands:
        synthesise(analyse(spectrum, band), band, into=into)
    return np.fft.ifft2(spectrum * filters.low**2).real + 2 * np.fft.ifft2(into).real


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("orientations", [2, 4, 7])
def test_squared_filters_sum_to_one(shape, orientations):
    filters = pyramid(shape, octaves=4, orientations=orientations)
    total = np.zeros(shape)
    for band in filters.bands:
        total[np.ix_(band.rows, band.columns)] += band.response.astype(float) ** 2
    mirrored = np.roll(total[::-1, ::-1], (1, 1), axis=(0, 1))  # the value at minus the frequency
    np.testing.assert_allclose(total + mirrored + filters.low.astype(float) ** 2, 1, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("octaves", [1, 3, 5])
def test_a_picture_is_put_together_again(shape, octaves):
    image = np.random.default_rng(0).normal(0, 40, shape)
    filters = pyramid(shape, octaves=octaves, orientations=4)
    np.testing.assert_allclose(put_together(image, filters), image, atol=2e-3)


def test_the_highest_band_reaches_nyquist():
    filters = pyramid((64, 64), octaves=4, orientations=4)
    finest = [band for band in filters.bands if band.level == 0]
    total = np.zeros((64, 64))
    for band in finest:
        total[np.ix_(band.rows, band.columns)] += band.response**2
    total += np.roll(total[::-1, ::-1], (1, 1), axis=(0, 1))
    assert total[0, 31] > 0.99
    assert total[31, 31] == pytest.approx(1, abs=1e-6)
    assert filters.low[0, 31] < 1e-12


def test_coarse_bands_lie_on_coarse_grids():
    for band in pyramid((64, 64), octaves=5, orientations=3).bands:
        assert band.response.shape == (min(64, 128 >> band.level),) * 2


@pytest.mark.parametrize("period", [4, 8, 16, 32])
def test_phase_of_a_wave_moves_by_its_shift(period):
    """By hand: a wave of `period` px that moves by d px has its phase changed by -2 pi d / period."""
    x = np.arange(64) * np.ones((64, 1))
    spectra = [np.fft.fft2(np.cos(2 * np.pi * (x - d) / period)).astype(np.complex64) for d in (0, 0.25)]
    filters = pyramid((64, 64), octaves=5, orientations=4)
    level = int(np.log2(period)) - 1
    band = next(b for b in filters.bands if b.level == level and b.orientation == 0)
    before, after = (analyse(spectrum, band) for spectrum in spectra)
    np.testing.assert_allclose(np.angle(after * before.conj()), -2 * np.pi * 0.25 / period, atol=1e-4)
