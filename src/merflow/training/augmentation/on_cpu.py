"""Clips moved and recoloured by OpenCV."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from merflow.imaging.opencv_threads import opencv_threads


def moved_and_recoloured(
    clips: NDArray[Any], maps: NDArray[np.float32], linear: NDArray[np.float32], share: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return clips as ``moving.moved_and_recoloured`` does.

    Parameters
    ----------
    clips : ndarray of shape (n, T, H, W, 3), uint8 or float32
    maps : ndarray of shape (n, 2, 3)
    linear : ndarray of shape (n, 3, 3)
    share : ndarray of shape (n,)
        As from ``moving.colour_matrices``.
    """
    out = np.empty(clips.shape, dtype=np.float32)
    height, width = clips.shape[2:4]
    with opencv_threads(1):
        for number, clip in enumerate(clips):
            pixels = in_pixels(maps[number], width=width, height=height)
            for t, frame in enumerate(clip):
                moved = _seen_through(pixels, frame)
                if t == 0:
                    colour = np.column_stack([linear[number], np.full(3, share[number] * moved.mean())])
                cv2.transform(moved, colour, dst=out[number, t])
    return out


def in_pixels(place: NDArray[np.float32], *, width: int, height: int) -> NDArray[np.float64]:
    """Return a map (2, 3) of places from -1 to 1 as one of pixels, whose centres are whole numbers."""
    to_unit = np.array([[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1]])
    whole = np.vstack([place, [0, 0, 1]])
    return np.asarray((np.linalg.inv(to_unit) @ whole @ to_unit)[:2])


def _seen_through(pixels: NDArray[np.float64], frame: NDArray[Any]) -> NDArray[np.float32]:
    """Return a frame (H, W, 3) through a map from the pixels of the result to those of the frame."""
    height, width = frame.shape[:2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    grey = frame.astype(np.float32)
    moved = cv2.warpAffine(grey, pixels, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.float32)
