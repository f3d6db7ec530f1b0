"""Luma: the brightness that every grey picture and every difference of two frames uses."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

LUMA_WEIGHTS = (0.299, 0.587, 0.114)
"""Weights of red, green and blue (ITU-R BT.601, those of JPEG)."""


def luma(image: NDArray[Any]) -> NDArray[np.float64]:
    """Return the luma (H, W) of an RGB picture (H, W, 3), grey levels."""
    return np.asarray(np.asarray(image, dtype=np.float64) @ LUMA_WEIGHTS)
