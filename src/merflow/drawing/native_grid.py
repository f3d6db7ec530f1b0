"""The face on the grid of the native crop, as pictures show it: put back from the aligned face.

The native crop's own colours are in no shard. They were its largest array, and nothing but pictures read them, which
show them smaller than recorded.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray

from merflow.drawing.canvas import MISSING


def on_native_grid(
    aligned: NDArray[np.uint8], aligned_from_image: NDArray[np.float64], attrs: Mapping[str, Any]
) -> NDArray[np.uint8]:
    """Put an aligned face back onto the grid of the native crop.

    Parameters
    ----------
    aligned : ndarray of shape (S, S, 3), uint8
    aligned_from_image : ndarray of shape (2, 3)
        Full-image px to aligned px.
    attrs : mapping
        ``native_origin`` and ``native_size`` of the clip, full-image px.

    Returns
    -------
    ndarray of shape (h, w, 3), uint8
        Bicubic; beyond the aligned square, where the crop has its margin, the grey of missing values.
    """
    import cv2

    from_native = np.array(aligned_from_image, dtype=np.float64)
    from_native[:, 2] += from_native[:, :2] @ attrs["native_origin"]
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP  # OpenCV asks where each pixel of the result lies in the source
    beyond = tuple(round(255 * level) for level in to_rgb(MISSING))
    warped = cv2.warpAffine(aligned, from_native, tuple(attrs["native_size"]), flags=flags, borderValue=beyond)
    return np.asarray(warped, dtype=np.uint8)
