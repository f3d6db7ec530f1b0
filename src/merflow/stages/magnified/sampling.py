"""Read a picture between its pixels, and turn a motion field round so that a picture can be read along it.

Convention: pixel centres are integers, displacements are (2, H, W), u right and v down, px. Beyond the picture its
border is repeated.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.float32]
"""Grey levels (H, W, C), 0 to 255, not rounded and not clipped."""

Field: TypeAlias = NDArray[np.float32]
"""Displacements (2, H, W), px."""

SPLINE_ORDER: Final = 3
"""Cubic B-spline: it passes through the pixels, and keeps fine texture that bilinear or Keys' cubic would blur."""

INVERSE_ITERATIONS = 20
INVERSE_TOLERANCE_PX = 1e-3


def displaced(image: NDArray[np.uint8] | Image, displacement: NDArray[np.floating]) -> Image:
    """Sample each pixel of a new picture a displacement away from it in the old one.

    Parameters
    ----------
    image : ndarray of shape (H, W, C)
    displacement : ndarray of shape (2, H, W)
        New (x, y) = old (x + u, y + v), px.

    Returns
    -------
    ndarray of shape (H, W, C), float32
        By hand: u = 1 everywhere moves the content 1 px to the left.
    """
    from scipy.ndimage import map_coordinates

    height, width = displacement.shape[1:]
    at = np.empty((2, height, width), dtype=np.float64)
    np.add(displacement[1], np.arange(height)[:, None], out=at[0])
    np.add(displacement[0], np.arange(width)[None, :], out=at[1])
    planes = [
        map_coordinates(plane, at, output=np.float32, order=SPLINE_ORDER, mode="nearest")
        for plane in np.moveaxis(np.asarray(image, dtype=np.float32), -1, 0)
    ]
    return np.stack(planes, axis=-1)


def inverse_displacement(forward: Field) -> Field:
    """Turn a motion field round: from where a point goes to where what is seen at a pixel comes from.

    Parameters
    ----------
    forward : ndarray of shape (2, H, W)
        The point at x goes to x + forward(x), px.

    Returns
    -------
    ndarray of shape (2, H, W), float32
        b with b(y) = forward(y - b(y)): what is seen at y comes from y - b(y).

    Notes
    -----
    Fixed-point iteration from b = forward (Chen et al. 2008), which converges where the field stretches the picture by
    less than its own size; it stops when no pixel changes by more than 0.001 px.
    """
    import cv2

    height, width = forward.shape[1:]
    x = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    y = np.broadcast_to(np.arange(height, dtype=np.float32)[:, None], (height, width))
    field = np.ascontiguousarray(np.moveaxis(forward, 0, -1))
    back = field
    for _ in range(INVERSE_ITERATIONS):
        at = x - back[..., 0], y - back[..., 1]
        found = cv2.remap(field, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(np.float32, copy=False)
        step = float(np.abs(found - back).max())
        back = found
        if step < INVERSE_TOLERANCE_PX:
            break
    return np.ascontiguousarray(np.moveaxis(back, -1, 0))
