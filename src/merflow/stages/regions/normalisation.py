"""Scale motion into [-1, 1], so that a strong and a weak expression of one kind look alike.

Lite-Point-GCN, IV-B1: the three channels have one order of magnitude and are scaled jointly; positive and negative
motion each by its own extreme, so that both reach their end of the range; zero stays zero. The paper calls it min-max
normalisation; a shift would make motion out of rest, and is not part of it.
"""

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Extreme = Literal["max", "p99"]


def motion_scale(motion: NDArray[Any], *, extreme: Extreme = "max") -> tuple[float, float]:
    """Return what positive and negative motion are to be divided by.

    Parameters
    ----------
    motion : ndarray of any shape
        u, v (px) and dz (mm) together.
    extreme : {"max", "p99"}
        ``max``: the largest value of each sign. ``p99``: the 99th percentile of the values of each sign, which a few
        wrong points cannot set.

    Returns
    -------
    tuple of float
        (positive, negative), both greater than 0; 1 for a sign that does not occur.
    """
    if extreme not in get_args(Extreme):
        raise ValueError(f"extreme must be one of {get_args(Extreme)}, but got {extreme!r}")
    values = np.asarray(motion, dtype=np.float64).ravel()
    scales = []
    for part in (values[values > 0], -values[values < 0]):
        if not len(part):
            scales.append(1.0)
        else:
            scales.append(float(part.max() if extreme == "max" else np.percentile(part, 99)))
    return scales[0], scales[1]


def normalise_motion(motion: NDArray[Any], scale: tuple[float, float]) -> Array:
    """Scale positive and negative motion separately.

    Parameters
    ----------
    motion : ndarray of any shape
    scale : tuple of float
        From `motion_scale`, of these values or of more than these.

    Returns
    -------
    ndarray of the shape of `motion`, float32
        In [-1, 1]; values beyond the scale are clipped.
    """
    positive, negative = scale
    values = np.asarray(motion, dtype=np.float32)
    out = values / np.where(values > 0, np.float32(positive), np.float32(negative))
    return np.clip(out, -1, 1)
