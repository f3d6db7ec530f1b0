"""Eulerian magnification: the change of each pixel over time, within a band of frequencies, is multiplied.

Source: Wu et al. 2012, with the pyramid of Laplacians and the two first-order filters of its public code. Both steps
are linear, one over time and one over place, so their order does not matter: time comes first here. A pixel that sees
nothing then has no change, and needs no value.
"""

import math

import numpy as np
from numpy.typing import NDArray

from merflow.stages.dynamic_images.settings import EulerianSettings

FloatArray = NDArray[np.float64]


def magnified(frames: FloatArray, seen: NDArray[np.bool_], settings: EulerianSettings) -> FloatArray:
    """Return the frames (T, H, W) with magnified change, neither rounded nor clipped.

    Parameters
    ----------
    frames : ndarray of shape (T, H, W)
        Without missing values where `seen`.
    seen : ndarray of shape (H, W), bool
        Pixels that have a value; the others stay as they are.
    settings : EulerianSettings
    """
    band = np.where(seen, temporal_band(frames, settings), 0.0)
    added = np.stack([spatially_weighted(one, settings) for one in band])
    return np.where(seen, frames + added, frames)


def temporal_band(frames: FloatArray, settings: EulerianSettings) -> FloatArray:
    """Return what the fast filter passes and the slow one does not: both begin at the first frame.

    A filter is ``y_t = y_(t-1) + r (x_t - y_(t-1))`` with r of `fast` and of `slow`.
    """
    from scipy.signal import lfilter

    change = frames - frames[0]
    fast, slow = (lfilter([r], [1.0, r - 1.0], change, axis=0) for r in (settings.fast, settings.slow))
    return np.asarray(fast - slow)


def pass_band(fps: float, settings: EulerianSettings) -> tuple[float, float]:
    """Return the frequencies, Hz, at which the slow and the fast filter pass half of the power.

    A filter of coefficient r does so where ``cos(2 pi f / fps) = 1 - r^2 / (2 - 2 r)``; one of more than .83 does not
    anywhere, and half of the frame rate is returned.
    """

    def half_power(r: float) -> float:
        cosine = 1 - r**2 / (2 - 2 * r) if r < 1 else -1.0
        return fps * math.acos(max(cosine, -1.0)) / (2 * math.pi)

    return half_power(settings.slow), half_power(settings.fast)


def level_factors(settings: EulerianSettings) -> list[float]:
    """Return the factor of each level of the pyramid, the finest first.

    Level k has wavelengths about 2^(k+2) px. Below `cutoff_px` the factor falls so that (1 + factor) / wavelength stays
    what it is there: eq. 14 of the paper, with the largest displacement that the full factor bears at `cutoff_px`.
    """
    if settings.cutoff_px == 0:
        return [settings.factor] * settings.levels
    allowed = [(1 + settings.factor) * 2 ** (k + 2) / settings.cutoff_px - 1 for k in range(settings.levels)]
    return [min(settings.factor, max(one, 0.0)) for one in allowed]


def spatially_weighted(picture: FloatArray, settings: EulerianSettings) -> FloatArray:
    """Return a picture (H, W) each of whose levels is multiplied by its factor; what lies below them is left out."""
    import cv2

    gaussians = [np.ascontiguousarray(picture)]
    for _ in range(settings.levels):
        gaussians.append(np.asarray(cv2.pyrDown(gaussians[-1]), dtype=np.float64))
    result, factors = np.zeros_like(gaussians[-1]), level_factors(settings)
    for level in range(settings.levels - 1, -1, -1):
        fine, coarse = gaussians[level], gaussians[level + 1]
        size = (fine.shape[1], fine.shape[0])
        laplacian = fine - cv2.pyrUp(coarse, dstsize=size)
        result = cv2.pyrUp(result, dstsize=size) + factors[level] * laplacian
    return np.asarray(result, dtype=np.float64)
