"""Grey pictures as the flow methods take them: luma, and the same after local normalisation.

Without normalisation (R: the paper says nothing) a lamp that flickers by 2 % is measured as motion along every shade of
the face, which more than doubles TV-L1's error on the demo.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from merflow.imaging.luma import LUMA_WEIGHTS

Grey: TypeAlias = NDArray[np.float32]
"""Grey picture of shape (H, W) in [0, 1]."""

Flow: TypeAlias = NDArray[np.float32]
"""Flow of shape (2, H, W), px: u right, v down, first picture to second, on the grid of the first."""

NORMALISED_CONTRAST = 0.15
"""Standard deviation that local normalisation gives each neighbourhood: half of the picture's range within 1.7 sd."""

NOISE_FLOOR = 0.02
"""Grey difference (5 of 255) added to the local deviation, so that sensor noise is not blown up where skin is plain."""


def to_grey(image: NDArray[np.uint8]) -> Grey:
    """Luma of an RGB picture in [0, 1], without rounding back to whole grey levels.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), uint8, RGB

    Returns
    -------
    ndarray of shape (H, W), float32
        By hand: pure green (0, 255, 0) gives 0.587.
    """
    return np.asarray(image @ (np.array(LUMA_WEIGHTS, dtype=np.float32) / 255), dtype=np.float32)


def normalise_locally(grey: Grey, sd_px: float) -> Grey:
    """Give every neighbourhood the same mean and contrast, which takes slow changes of light off.

    Parameters
    ----------
    grey : ndarray of shape (H, W), float32
        In [0, 1].
    sd_px : float
        Width of the Gaussian neighbourhood, px.

    Returns
    -------
    ndarray of shape (H, W), float32
        0.5 + 0.15 (g - m) / sqrt(v + 0.02^2), m and v the local mean and variance; not clipped. A light that is scaled
        by a factor or shifted by a constant changes it only through the 0.02.
    """
    import cv2

    detail = grey - cv2.GaussianBlur(grey, (0, 0), sd_px)
    variance = cv2.GaussianBlur(detail * detail, (0, 0), sd_px)
    return np.asarray(0.5 + NORMALISED_CONTRAST * detail / np.sqrt(variance + NOISE_FLOOR**2), dtype=np.float32)
