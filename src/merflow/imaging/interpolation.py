"""Read a field or a depth map at positions that are not pixels.

Convention: pixel centres are integers, positions are ``x`` (right) and ``y`` (down) in px of the field's own grid; a
position is inside when it lies between the first and the last pixel centre. Outside there is no value: NaN.
By hand: a row ``[0, 10]`` read bilinearly at x = 0.25 is 2.5, and by nearest neighbour 0.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

MAX_STEP_MM = 10.0
"""Four depth pixels that differ by more than this are two surfaces (a smooth face at 45 degrees changes 0.5 mm/px)."""


def bilinear(field: NDArray[Any], x: NDArray[Any], y: NDArray[Any]) -> Array:
    """Interpolate every channel of a field.

    Parameters
    ----------
    field : ndarray of shape (C, H, W)
        Any unit.
    x, y : ndarray of any shape
        Positions, px.

    Returns
    -------
    ndarray of shape (C, *x.shape), float32
        NaN outside the grid.
    """
    channels, height, width = field.shape
    inside = _inside(x, y, (height, width))
    left, top, right_part, lower_part = _cell(x, y, inside, (height, width))
    flat = np.asarray(field, dtype=np.float32).reshape(channels, -1)
    out = np.empty((channels, *np.shape(x)), dtype=np.float32)
    corner = top * width + left
    for channel, values in enumerate(flat):
        upper, lower = values.take(corner), values.take(corner + width)
        upper += right_part * (values.take(corner + 1) - upper)
        lower += right_part * (values.take(corner + width + 1) - lower)
        out[channel] = upper + lower_part * (lower - upper)
    out[:, ~inside] = np.nan
    return out


def nearest_depth(depth: NDArray[Any], x: NDArray[Any], y: NDArray[Any]) -> Array:
    """Read a depth map at the nearest pixel; a hole stays a hole.

    Parameters
    ----------
    depth : ndarray of shape (H, W), mm, NaN = missing
    x, y : ndarray of any shape
        Positions, px.

    Returns
    -------
    ndarray of the shape of `x`, float32, mm
        NaN at a hole and outside the grid.
    """
    height, width = depth.shape
    inside = _inside(x, y, (height, width))
    column = np.rint(np.where(inside, x, 0)).astype(np.intp)
    row = np.rint(np.where(inside, y, 0)).astype(np.intp)
    found = depth[row, column].astype(np.float32)
    found[~inside] = np.nan
    return found


def surface_depth(depth: NDArray[Any], x: NDArray[Any], y: NDArray[Any], *, max_step_mm: float = MAX_STEP_MM) -> Array:
    """Read a depth map on the surface between its pixels, but never across a hole or an edge.

    Bilinear where the four pixels around the position are all there and within `max_step_mm` of each other; the
    nearest pixel elsewhere. On a slope the nearest pixel is wrong by up to half a pixel times the slope, with one
    sign over whole parts of the face (the fraction of the flow hardly varies there), which no smoothing removes.

    Parameters
    ----------
    depth : ndarray of shape (H, W), mm, NaN = missing
    x, y : ndarray of any shape
        Positions, px.
    max_step_mm : float
        Largest range of the four pixels that counts as one surface.

    Returns
    -------
    ndarray of the shape of `x`, float32, mm
        NaN where the nearest pixel is a hole, and outside the grid.
    """
    inside = _inside(x, y, depth.shape)
    left, top, right_part, lower_part = _cell(x, y, inside, depth.shape)
    corners = (depth[top, left], depth[top, left + 1], depth[top + 1, left], depth[top + 1, left + 1])
    highest = np.maximum(np.maximum(corners[0], corners[1]), np.maximum(corners[2], corners[3]))
    lowest = np.minimum(np.minimum(corners[0], corners[1]), np.minimum(corners[2], corners[3]))
    upper = corners[0] * (1 - right_part) + corners[1] * right_part
    lower = corners[2] * (1 - right_part) + corners[3] * right_part
    smooth = upper * (1 - lower_part) + lower * lower_part
    one_surface = inside & (highest - lowest <= max_step_mm)  # False where a corner is NaN
    return np.where(one_surface, smooth, nearest_depth(depth, x, y)).astype(np.float32)


def _inside(x: NDArray[Any], y: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell which positions lie on the grid; NaN does not."""
    found: NDArray[np.bool_] = (x >= 0) & (y >= 0) & (x <= shape[1] - 1) & (y <= shape[0] - 1)
    return found


def _cell(
    x: NDArray[Any], y: NDArray[Any], inside: NDArray[np.bool_], shape: tuple[int, ...]
) -> tuple[NDArray[np.int32], NDArray[np.int32], Array, Array]:
    """Return the upper left pixel of each position's cell and the fractions right and down (0 for those outside)."""
    safe_x, safe_y = np.where(inside, x, 0), np.where(inside, y, 0)
    left = np.minimum(safe_x.astype(np.int32), shape[1] - 2)
    top = np.minimum(safe_y.astype(np.int32), shape[0] - 2)
    return left, top, (safe_x - left).astype(np.float32), (safe_y - top).astype(np.float32)
