"""TV-L1 on one core, compiled by numba: the equations are those of the package's docstring.

Arrays, all of float32 and in C order. A level of the pyramid has H x W px.

``state``   (H + 1, 6, 16 + W + 1 or more): u, v and the dual p of u (x, y) and of v (x, y). Pixel (y, x) is at
            [y + 1, :, x + 16]. Row 0 and column 15 of the dual stay zero: they are what lies outside the picture.
            Column 16 + W of u and v repeats the one before it. So no pixel is a special case.
``data``    (H, 4, W): gradient (x, y), one over its squared length, and the linearised difference at no motion.

The iterations of one linearisation run down the picture together, each one row behind the one before it. What they
work on then stays in the cache of the core, and the numbers are those of one iteration after the other.

Indices are unsigned where the loop has to run on whole vectors: numba tests a signed one for being negative. numba
keeps machine code until the file of the outermost function changes, so all that is compiled stands in this file, and
what stands in another one is an argument.
"""

import math
from collections.abc import Mapping
from typing import Any

import numba
import numpy as np

from merflow.stages.flow.tvl1.compilation import compiled

_FLAGS: Mapping[str, Any] = {"error_model": "numpy", "nogil": True, "fastmath": {"contract"}}
"""No test for division by zero, which is excluded; other threads run; a multiplication may be fused with an addition.
No other freedom: with estimated roots the numbers would differ between makers of processors."""

_inner = numba.njit(**_FLAGS)
_index, _real = np.uint64, np.float32

U, V, UX, UY, VX, VY = range(6)
"""Places in ``state``."""

GX, GY, INVERSE, REST = range(4)
"""Places in ``data``."""

LEFT = 16
"""Columns before the first pixel: a whole vector of the processor, so that rows begin where vectors do."""


@_inner
def _iterate(state, data, iterations, limit, theta, step):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Do all iterations of one linearisation: iteration k works on row y - k while the first works on row y."""
    height = data.shape[0]
    for y in range(height + iterations - 1):
        for k in range(max(0, y - height + 1), min(iterations, y + 1)):
            row = y - k
            _move_row(state, data, row, limit, theta)
            if row > 0:
                _dual_row(state, row - 1, row, data.shape[2], step)
            if row == height - 1:
                _dual_row(state, row, row, data.shape[2], step)


@_inner
def _move_row(state, data, row, limit, theta):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Update the motion of a row: the step of the data term, then theta times the divergence of the dual."""
    r, y, above = _index(row), _index(row + 1), _index(row)
    width = data.shape[2]
    for column in range(width):
        c, x, left = _index(column), _index(column + LEFT), _index(column + LEFT - 1)
        gx, gy, u, v = data[r, GX, c], data[r, GY, c], state[y, U, x], state[y, V, x]
        share = (data[r, REST, c] + gx * u + gy * v) * data[r, INVERSE, c]
        share = min(max(share, -limit), limit)
        u_inflow = state[y, UX, x] - state[y, UX, left] + state[y, UY, x] - state[above, UY, x]
        v_inflow = state[y, VX, x] - state[y, VX, left] + state[y, VY, x] - state[above, VY, x]
        state[y, U, x] = u + theta * u_inflow - share * gx
        state[y, V, x] = v + theta * v_inflow - share * gy
    last, behind = _index(LEFT + width - 1), _index(LEFT + width)
    state[y, U, behind], state[y, V, behind] = state[y, U, last], state[y, V, last]


@_inner
def _dual_row(state, row, row_below, width, step):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Update the dual of a row; below the last row lies that row itself, which is no difference."""
    y, below = _index(row + 1), _index(row_below + 1)
    one = _real(1)
    for column in range(width):
        x, right = _index(column + LEFT), _index(column + LEFT + 1)
        u, v = state[y, U, x], state[y, V, x]
        a, b = step * (state[y, U, right] - u), step * (state[below, U, x] - u)
        c, d = step * (state[y, V, right] - v), step * (state[below, V, x] - v)
        u_norm, v_norm = one + math.sqrt(a * a + b * b), one + math.sqrt(c * c + d * d)
        both = one / (u_norm * v_norm)  # one division in place of two
        u_scale, v_scale = both * v_norm, both * u_norm
        state[y, UX, x] = (state[y, UX, x] + a) * u_scale
        state[y, UY, x] = (state[y, UY, x] + b) * u_scale
        state[y, VX, x] = (state[y, VX, x] + c) * v_scale
        state[y, VY, x] = (state[y, VY, x] + d) * v_scale


@_inner
def _linearise(first, moved, state, data, sharpness, smallest_square):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write the data term of one linearisation, about the mean of the first picture and the second along the motion."""
    height, width = first.shape
    mean = np.empty((height + 2, width + 2), np.float32)  # with a border of one pixel
    for y in range(height):
        for x in range(width):
            u, v = state[y + 1, U, x + LEFT], state[y + 1, V, x + LEFT]
            value = _interpolate(moved, _inside(_real(x) + u, width), _inside(_real(y) + v, height), sharpness)
            data[y, REST, x] = value - first[y, x]
            mean[y + 1, x + 1] = _real(0.5) * (first[y, x] + value)
    for x in range(1, width + 1):
        mean[0, x], mean[height + 1, x] = mean[1, x], mean[height, x]
    for y in range(1, height + 1):
        mean[y, 0], mean[y, width + 1] = mean[y, 1], mean[y, width]
    for y in range(height):
        _linearise_row(mean, state, data, y, smallest_square)


@_inner
def _linearise_row(mean, state, data, row, smallest_square):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write gradients and what follows from them. A pixel that leaves the picture has none: it follows the others."""
    height, width = data.shape[0], data.shape[2]
    y, middle, below = _index(row), _index(row + 1), _index(row + 2)
    for column in range(width):
        x, centre, right, stored = _index(column), _index(column + 1), _index(column + 2), _index(column + LEFT)
        u, v = state[middle, U, stored], state[middle, V, stored]
        inside = _is_inside(_real(column) + u, width) & _is_inside(_real(row) + v, height)
        half = _real(0.5) if inside else _real(0)
        gx, gy = half * (mean[middle, right] - mean[middle, x]), half * (mean[below, centre] - mean[y, centre])
        data[y, GX, x], data[y, GY, x] = gx, gy
        data[y, INVERSE, x] = _real(1) / max(gx * gx + gy * gy, smallest_square)
        data[y, REST, x] -= gx * u + gy * v


@_inner
def _is_inside(place, side):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return (place >= _real(-0.5)) & (place <= _real(side - 0.5))


@_inner
def _inside(place, side):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Move a coordinate into the picture; also one that is not a number, so that none is read outside of it."""
    if not place > _real(0):
        return _real(0)
    return min(place, _real(side - 1))


@_inner
def _interpolate(bordered, x, y, sharpness):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Cubic interpolation of a picture with border at (x, y) inside it."""
    column, row = np.uint32(x), np.uint32(y)
    a0, a1, a2, a3 = _cubic_weights(x - _real(column), sharpness)
    b0, b1, b2, b3 = _cubic_weights(y - _real(row), sharpness)
    c0, c1, c2, c3 = _index(column), _index(column + 1), _index(column + 2), _index(column + 3)
    r0, r1, r2, r3 = _index(row), _index(row + 1), _index(row + 2), _index(row + 3)
    p = bordered
    s0 = a0 * p[r0, c0] + a1 * p[r0, c1] + a2 * p[r0, c2] + a3 * p[r0, c3]
    s1 = a0 * p[r1, c0] + a1 * p[r1, c1] + a2 * p[r1, c2] + a3 * p[r1, c3]
    s2 = a0 * p[r2, c0] + a1 * p[r2, c1] + a2 * p[r2, c2] + a3 * p[r2, c3]
    s3 = a0 * p[r3, c0] + a1 * p[r3, c1] + a2 * p[r3, c2] + a3 * p[r3, c3]
    return b0 * s0 + b1 * s1 + b2 * s2 + b3 * s3


@_inner
def _cubic_weights(t, a):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Weights of the pixels at -1, 0, 1 and 2 for the place t in [0, 1]; their sum is 1."""
    w0 = ((a * t - _real(2) * a) * t + a) * t
    w1 = ((a + _real(2)) * t - (a + _real(3))) * t * t + _real(1)
    w3 = (a - a * t) * t * t
    return w0, w1, _real(1) - w0 - w1 - w3, w3


@_inner
def _with_border(picture):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Repeat the edge: one pixel before and two behind, what the cubic reads beyond the picture."""
    height, width = picture.shape
    out = np.empty((height + 3, width + 3), np.float32)
    for y in range(height + 3):
        row = min(max(y - 1, 0), height - 1)
        for x in range(width + 3):
            out[y, x] = picture[row, min(max(x - 1, 0), width - 1)]
    return out


@_inner
def _half(picture):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Means of 2 x 2 px; an odd last row or column is left out, so that every pixel is a mean of four."""
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    out = np.empty((height, width), np.float32)
    for y in range(height):
        for x in range(width):
            upper = picture[2 * y, 2 * x] + picture[2 * y, 2 * x + 1]
            lower = picture[2 * y + 1, 2 * x] + picture[2 * y + 1, 2 * x + 1]
            out[y, x] = _real(0.25) * (upper + lower)
    return out


@_inner
def _double(coarse, coarse_shape, state, shape):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Write the motion of the next finer level: twice as long, interpolated linearly.

    Pixel y of the finer level lies at y / 2 - 1 / 4 of the coarser: 3/4 of pixel y // 2 and 1/4 of its neighbour.
    """
    height, width = shape
    for y in range(height):
        near_y, far_y = _neighbours(y, coarse_shape[0])
        near_y, far_y = near_y + 1, far_y + 1
        for k in range(2):
            for x in range(width):
                near_x, far_x = _neighbours(x, coarse_shape[1])
                near_x, far_x = near_x + LEFT, far_x + LEFT
                near = _real(1.5) * coarse[near_y, k, near_x] + _real(0.5) * coarse[near_y, k, far_x]
                far = _real(1.5) * coarse[far_y, k, near_x] + _real(0.5) * coarse[far_y, k, far_x]
                state[y + 1, k, x + LEFT] = _real(0.75) * near + _real(0.25) * far
            state[y + 1, k, width + LEFT] = state[y + 1, k, width + LEFT - 1]


@_inner
def _neighbours(place, side):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Pixel of the coarser level that a pixel belongs to, and the next nearest, both inside."""
    near = place // 2
    far = near + 1 if place % 2 else near - 1
    return min(near, side - 1), min(max(far, 0), side - 1)


@_inner
def _zeros(height, width):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return a state of zeros; its rows are whole vectors."""
    return np.zeros((height + 1, 6, LEFT + (width + LEFT) // LEFT * LEFT), np.float32)


@compiled("f4[:, :, ::1](f4[:, ::1], f4[:, ::1], i8, i8, i8, f4, f4, f4, f4, f4)", _FLAGS)
def solve(first, second, levels, warps, iterations, limit, theta, step, sharpness, smallest_square):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return the motion (2, H, W) from the first picture to the second; input validated, see ``tvl1_flow``.

    `limit` is lambda theta, `step` is tau / theta.
    """
    firsts, seconds = [first], [second]
    for _ in range(levels - 1):
        firsts.append(_half(firsts[-1]))
        seconds.append(_half(seconds[-1]))
    height, width = firsts[-1].shape
    state = _zeros(height, width)
    for level in range(levels - 1, -1, -1):
        height, width = firsts[level].shape
        if level < levels - 1:
            coarse = state
            state = _zeros(height, width)
            _double(coarse, firsts[level + 1].shape, state, (height, width))
        data = np.empty((height, 4, width), np.float32)
        moved = _with_border(seconds[level])
        for _ in range(warps):
            _linearise(firsts[level], moved, state, data, sharpness, smallest_square)
            _iterate(state, data, iterations, limit, theta, step)
    flow = np.empty((2, height, width), np.float32)
    for y in range(height):
        for x in range(width):
            flow[0, y, x], flow[1, y, x] = state[y + 1, U, x + LEFT], state[y + 1, V, x + LEFT]
    return flow
