"""Luma: the brightness behind every grey picture and every difference of two frames."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.motion.flow import LUMA_WEIGHTS


def luma(image: NDArray[Any]) -> NDArray[np.float64]:
    """Return the luma (H, W) of an RGB picture (H, W, 3), grey levels."""
    return np.asarray(np.asarray(image, dtype=np.float64) @ LUMA_WEIGHTS)
