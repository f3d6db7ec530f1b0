"""Complex steerable pyramid in the Fourier domain: a picture as oriented bands with a phase at every pixel.

Radial filters are cosines of log2 frequency and partition it into octaves; angular filters are powers of a cosine over
half the plane, so that each band is analytic (Portilla and Simoncelli 2000, figs. 1 and 2; Wadhwa et al. 2013, section
3). The highest band takes everything up to Nyquist and into the corners: there is no high-pass residual whose motion
would stay as it is. Each band is held on the coarsest grid that its frequencies need.

With one octave a band, four orientations are enough: eight raise the gain by 0.06, at twice the time; two bands an
octave lower it.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Spectrum: TypeAlias = NDArray[np.complex64]
Plane: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Band:
    """One oriented band of a pyramid.

    Attributes
    ----------
    level : int
        Octave, 0 the highest.
    orientation : int
    rows, columns : ndarray of int
        Indices of the band's frequencies in the spectrum of the picture.
    response : ndarray of shape (h, w), float32
        Its filter there.
    """

    level: int
    orientation: int
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    response: Plane


@dataclass(frozen=True, slots=True)
class Pyramid:
    """Filters for pictures of one shape.

    Attributes
    ----------
    bands : tuple of Band
        From the coarsest octave to the finest; the orientations of an octave lie next to each other.
    low : ndarray of shape (H, W), float32
        Filter of the low-pass residual.
    """

    bands: tuple[Band, ...]
    low: Plane


@lru_cache(maxsize=8)
def pyramid(shape: tuple[int, int], *, octaves: int, orientations: int) -> Pyramid:
    """Return the filters for pictures of one shape.

    Parameters
    ----------
    shape : tuple of int
        (height, width), px, even.
    octaves, orientations : int

    Returns
    -------
    Pyramid
        The squares of `low`, of all responses and of their mirror images about the zero frequency sum to one.
    """
    fy, fx = (np.fft.fftfreq(n) * 2 for n in shape)
    radius = np.hypot(fx[None, :], fy[:, None])
    angle = np.arctan2(fy[:, None], fx[None, :])
    nyquist = (fy == -1)[:, None] | (fx == -1)[None, :]  # their own mirror images: no analytic band can hold them
    gain = np.sqrt(orientations * comb(2 * orientations - 2, orientations - 1) / 4.0 ** (orientations - 1))
    bands = []
    for level in reversed(range(octaves)):
        inner = np.sqrt(1 - _low_pass(radius, 2.0**-level) ** 2)
        radial = inner * (_low_pass(radius, 2.0 ** (1 - level)) if level else 1.0)
        radial[nyquist] = 0
        rows, columns = (_kept(n, min(1.0, 2.0 ** (1 - level))) for n in shape)
        for n in range(orientations):
            turn = np.cos(angle - np.pi * n / orientations)
            response = radial * np.where(turn > 0, turn, 0) ** (orientations - 1) / gain
            part = np.ascontiguousarray(response[np.ix_(rows, columns)], dtype=np.float32)
            bands.append(Band(level, n, rows, columns, part))
    low = _low_pass(radius, 2.0 ** (1 - octaves))
    low[nyquist] = 1
    return Pyramid(tuple(bands), low.astype(np.float32))


def analyse(spectrum: Spectrum, band: Band) -> Spectrum:
    """Return a band of a picture on its own grid.

    Parameters
    ----------
    spectrum : ndarray of shape (..., H, W), complex64
        Fourier transform of real pictures.
    band : Band

    Returns
    -------
    ndarray of shape (..., h, w), complex64
        Modulus and argument are amplitude and phase. On a smaller grid the modulus is (H W) / (h w) times as large,
        since the inverse transform divides by the pixels of its own grid.
    """
    from scipy import fft

    part = spectrum[..., band.rows[:, None], band.columns]
    return np.asarray(fft.ifft2(part * band.response, overwrite_x=True))


def synthesise(values: Spectrum, band: Band, *, into: Spectrum) -> None:
    """Add a band to the spectrum that the picture is put together in.

    Parameters
    ----------
    values : ndarray of shape (..., h, w), complex64
        As from ``analyse``.
    band : Band
    into : ndarray of shape (..., H, W), complex64
        Changed in place. The picture is the inverse transform of ``low``^2 times the spectrum plus twice the real part
        of that of this one: a band holds half of the plane, and the real part adds the other.
    """
    from scipy import fft

    into[..., band.rows[:, None], band.columns] += fft.fft2(values, overwrite_x=True) * band.response


def _low_pass(radius: NDArray[np.float64], cut: float) -> NDArray[np.float64]:
    """Low-pass that falls from 1 at half its cut-off to 0 at the cut-off as a cosine of log2 frequency."""
    with np.errstate(divide="ignore"):
        octave = np.log2(2 * radius / cut)
    return np.asarray(np.cos(np.pi / 2 * np.clip(octave, 0, 1)))


def _kept(size: int, share: float) -> NDArray[np.intp]:
    """Return the frequencies below a share of Nyquist, in the order of the spectrum of the smaller grid."""
    half = int(np.ceil(size * share / 2))
    return np.concatenate([np.arange(half), np.arange(size - half, size)])
