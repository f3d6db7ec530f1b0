"""Phase-based magnification (Wadhwa et al. 2013): in each band of a complex steerable pyramid, motion is phase.

The paper filters phase over time; with an onset and one later frame, the difference of their phases is the motion. The
frame's bands are turned on by `factor` - 1 times that difference, so that a factor of 1 gives the frame.

A turn moves the waves of a band and not their envelope. Motion that is added beyond about half a wavelength of a band
(1.4 px for the finest) therefore loses gain there. Differences are neither unwrapped from coarse bands to fine ones nor
limited: whole turns vanish where `factor` - 1 is whole, and what either changes is small (docs/stages/magnified.md).
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.reading.frames import is_grey
from merflow.imaging.luma import LUMA_WEIGHTS
from merflow.stages.magnified.sampling import Image
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.stages.magnified.steady import FramePair, steady_frame
from merflow.stages.magnified.steerable import Plane, Pyramid, Spectrum, analyse, pyramid, synthesise

RIM_PX = 16
"""Least width of mirrored picture around the face: the Fourier transform joins opposite edges, which must not meet."""

PADDED_MULTIPLE = 32
"""Padded sides are multiples of this, which have fast transforms."""

Turn: TypeAlias = NDArray[np.complex64]
"""Factors of modulus 1 on a band's grid, (h, w)."""


def phase(pair: FramePair, settings: MagnificationSettings) -> Image:
    """Multiply the phase differences between onset and frame.

    Phase comes from the luma and turns the bands of all channels; of a grey picture (R = G = B) one is worked on.

    Parameters
    ----------
    pair : FramePair
    settings : MagnificationSettings
        Reads ``factor`` and ``phase``.

    Returns
    -------
    ndarray of shape (H, W, 3), float32
        Grey levels, not rounded.
    """
    onset, steady = pair.onset.astype(np.float32), steady_frame(pair)
    weights = np.array(LUMA_WEIGHTS, dtype=np.float32)
    if is_grey(pair.onset) and is_grey(pair.frame):
        onset, steady, weights = onset[..., :1], steady[..., :1], np.ones(1, dtype=np.float32)
    (top, left), padded_onset = _padded(onset @ weights)
    frames = np.stack([_padded(steady[..., channel])[1] for channel in range(steady.shape[-1])])
    magnified = _magnify_planes(padded_onset, frames, weights, settings)
    height, width = onset.shape[:2]
    planes = np.moveaxis(magnified[:, top : top + height, left : left + width], 0, -1)
    return np.ascontiguousarray(np.broadcast_to(planes, (height, width, 3)))


def _magnify_planes(
    onset: Plane, frames: Plane, weights: NDArray[np.float32], settings: MagnificationSettings
) -> Plane:
    """Turn the bands of the frame's channels (C, H, W); `weights` make its luma, to compare with `onset` (H, W)."""
    from scipy import fft

    p = settings.phase
    filters: Pyramid = pyramid(onset.shape, octaves=p.octaves, orientations=p.orientations)
    onset_spectrum: Spectrum = fft.fft2(onset)
    spectra: Spectrum = fft.fft2(frames)
    turned = np.zeros_like(spectra)
    for band in filters.bands:
        of_frame = analyse(spectra, band)
        of_onset = analyse(onset_spectrum, band)
        luma = np.tensordot(weights, of_frame, axes=1).astype(np.complex64, copy=False)
        scale = of_onset.shape[-1] / onset.shape[-1]
        turn = _turn(of_onset, luma, times=settings.factor - 1, sd_px=p.smoothing_sd_px * scale)
        synthesise(of_frame * turn, band, into=turned)
    low = fft.ifft2(spectra * filters.low**2).real
    return np.asarray(low + 2 * fft.ifft2(turned).real, dtype=np.float32)


def _turn(onset: Spectrum, frame: Spectrum, *, times: float, sd_px: float) -> Turn:
    """Turn by a multiple of the phase difference, averaged over its surroundings.

    The average is that of frame x conj(onset): a mean weighted by the product of the amplitudes, which phase that wraps
    within the surroundings does not disturb.
    """
    difference = np.angle(_smooth(frame * onset.conj(), sd_px))
    angle = np.float32(times) * difference
    turn = np.empty(angle.shape, dtype=np.complex64)
    np.cos(angle, out=turn.real)
    np.sin(angle, out=turn.imag)
    return turn


def _smooth(band: Spectrum, sd_px: float) -> Spectrum:
    import cv2

    if sd_px == 0:
        return band
    parts = np.ascontiguousarray(band).view(np.float32).reshape(*band.shape, 2)
    smooth = cv2.GaussianBlur(parts, (0, 0), sd_px, borderType=cv2.BORDER_REFLECT_101)
    return np.ascontiguousarray(smooth).view(np.complex64)[..., 0]


def _padded(plane: Plane) -> tuple[tuple[int, int], Plane]:
    """Mirror a picture outwards; also returns where (top, left) it lies in the result."""
    import cv2

    extra = [-(size + 2 * RIM_PX) % PADDED_MULTIPLE + 2 * RIM_PX for size in plane.shape]
    top, left = (size // 2 for size in extra)
    padded = cv2.copyMakeBorder(plane, top, extra[0] - top, left, extra[1] - left, cv2.BORDER_REFLECT_101)
    return (top, left), np.asarray(padded, dtype=np.float32)
