"""The gain of a magnified frame: how many times the true motion explains it best.

Optical flow, run on the output again, would read too little: it errs towards small motion, and most on the smallest.
So nothing is estimated on the output but one number, the scale of a motion field that is known exactly.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

INVERSION_ITERATIONS = 60
INVERSION_TOLERANCE_PX = 1e-5

SCAN_STEP = 0.25
"""Gains are tried in these steps before the best is refined, so that no side minimum is taken."""

GAIN_TOLERANCE = 1e-4


class OnsetWarp:
    """A clean onset, carried along any multiple of its true motion.

    The model is I(x + g u(x)) = onset(x): at y of the result one sees the onset's point x with x + g u(x) = y.

    Parameters
    ----------
    onset : ndarray of shape (H, W, C)
        Without noise, grey levels.
    motion : ndarray of shape (2, H, W)
        u: right and down, px, on the onset's pixels.
    pixels : ndarray of shape (H, W), bool
        Where the result is wanted; n of them.
    """

    def __init__(self, onset: NDArray[np.floating], motion: NDArray[np.floating], pixels: NDArray[np.bool_]) -> None:
        from scipy.ndimage import spline_filter

        self._planes = [
            spline_filter(onset[..., channel].astype(np.float64), order=3, mode="mirror")
            for channel in range(onset.shape[-1])
        ]
        self._motion = np.asarray(motion, dtype=np.float64)
        self._at = np.stack(np.nonzero(pixels)).astype(np.float64)
        self._known: dict[float, FloatArray] = {}

    def at(self, gain: float) -> FloatArray:
        """Return what the pixels show when the motion is `gain` times as far, (n, C)."""
        from scipy.ndimage import map_coordinates

        source = self._at - self.backwards(gain)[::-1]
        planes = [map_coordinates(plane, source, order=3, mode="mirror", prefilter=False) for plane in self._planes]
        return np.stack(planes, axis=-1)

    def scanned(self, gain: float) -> FloatArray:
        """Return ``at(gain)`` and remember it: all methods are scanned at the same gains."""
        if gain not in self._known:
            self._known[gain] = self.at(gain)
        return self._known[gain]

    def backwards(self, gain: float) -> FloatArray:
        """Return the displacement b (2, n) of what the pixels show: b(y) = g u(y - b(y)), px.

        Fixed-point iteration; it converges where g u changes by less than 1 px from one pixel to the next, beyond
        which the motion would fold the picture.
        """
        from scipy.ndimage import map_coordinates

        back = np.zeros_like(self._at)
        for _ in range(INVERSION_ITERATIONS):
            source = self._at - back[::-1]
            found = gain * np.stack([map_coordinates(u, source, order=1, mode="nearest") for u in self._motion])
            step = np.abs(found - back).max(initial=0.0)
            back = found
            if step < INVERSION_TOLERANCE_PX:
                break
        return back


def reached_gain(seen: NDArray[np.floating], warp: OnsetWarp, *, largest: float) -> float:
    """Return the scale of the true motion that explains a picture best.

    Parameters
    ----------
    seen : ndarray of shape (n, C)
        The magnified frame at the pixels of `warp`, grey levels.
    warp : OnsetWarp
    largest : float
        Gains from 0 to here are looked at.

    Returns
    -------
    float
        The g that minimises the sum of squares of seen - warp.at(g).
    """
    from scipy.optimize import minimize_scalar

    scan = np.arange(0.0, largest + SCAN_STEP / 2, SCAN_STEP)
    nearest = float(scan[np.argmin([_misfit(seen, warp.scanned)(float(gain)) for gain in scan])])
    bounds = (max(nearest - SCAN_STEP, 0.0), nearest + SCAN_STEP)
    found = minimize_scalar(_misfit(seen, warp.at), bounds=bounds, method="bounded", options={"xatol": GAIN_TOLERANCE})
    return float(found.x)


def _misfit(seen: NDArray[np.floating], warped: Callable[[float], FloatArray]) -> Callable[[float], float]:
    return lambda gain: float(np.mean((seen - warped(gain)) ** 2))
