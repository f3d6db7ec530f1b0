"""The part of the texture that shows the face: cut out, reduced, and its coordinates with it."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray


class TextureWindow(NamedTuple):
    """A window of a texture, in its whole texels, end-exclusive, and the size that it is brought to, px."""

    left: int
    top: int
    right: int
    bottom: int
    width: int
    height: int


def texture_window(uv: Sequence[NDArray[np.floating]], shape: tuple[int, int], largest_px: int) -> TextureWindow:
    """Return the window that holds all texture coordinates of a clip, with a texel around it.

    Parameters
    ----------
    uv : sequence of ndarray of shape (n, 2)
        Of each frame, 0 to 1, v down.
    shape : tuple of int
        (height, width) of the texture.
    largest_px : int
        The longer side is brought to this where it is longer.
    """
    height, width = shape
    low = np.min([one.min(axis=0) for one in uv], axis=0)
    high = np.max([one.max(axis=0) for one in uv], axis=0)
    left, top = (int(value) for value in np.clip(np.floor(low * [width, height]) - 1, 0, [width - 1, height - 1]))
    right, bottom = (
        int(value) for value in np.clip(np.ceil(high * [width, height]) + 1, [left + 1, top + 1], [width, height])
    )
    scale = min(1.0, largest_px / max(right - left, bottom - top))
    size = (max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale)))
    return TextureWindow(left, top, right, bottom, *size)


def cut(picture: NDArray[np.uint8], window: TextureWindow) -> NDArray[np.uint8]:
    """Return the window of a texture (h, w, 3) at its size; each texel is the mean of those that it stands for."""
    part = picture[window.top : window.bottom, window.left : window.right]
    if part.shape[:2] == (window.height, window.width):
        return np.ascontiguousarray(part)
    return cv2.resize(part, (window.width, window.height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def in_window(uv: NDArray[np.floating], window: TextureWindow, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return texture coordinates (n, 2) of the whole texture (height, width) as those of the window, 0 to 1."""
    height, width = shape
    size = np.array([window.right - window.left, window.bottom - window.top])
    return np.asarray((uv.astype(np.float64) * [width, height] - [window.left, window.top]) / size)
