"""TV-L1 written down as the equations stand, in float64, whole pictures at a time."""

import numpy as np
from scipy.ndimage import map_coordinates


def tvl1(first, second, *, tau, data_weight, theta, levels, warps, iterations, sharpness, smallest_square):
    """Return the motion (2, H, W) of equations 8 to 15 of Zach, Pock and Bischof 2007 over a pyramid."""
    pyramid = [(255.0 * first.astype(np.float64), 255.0 * second.astype(np.float64))]
    for _ in range(levels - 1):
        pyramid.append(tuple(halved(picture) for picture in pyramid[-1]))
    motion = np.zeros((2, *pyramid[-1][0].shape))
    for level, (near, far) in enumerate(reversed(pyramid)):
        if level:
            motion = doubled(motion, near.shape)
        dual = np.zeros((2, 2, *near.shape))  # component, direction
        for _ in range(warps):
            start = motion
            moved, inside = moved_picture(far, start, sharpness)
            gradient = central_differences((near + moved) / 2) * inside
            square = np.maximum((gradient**2).sum(0), smallest_square)
            for _ in range(iterations):
                residual = moved - near + (gradient * (motion - start)).sum(0)
                share = np.clip(residual / square, -data_weight * theta, data_weight * theta)
                motion = motion - share * gradient + theta * np.stack([divergence(p) for p in dual])
                for k in range(2):
                    slope = forward_differences(motion[k])
                    norm = np.sqrt((slope**2).sum(0))
                    dual[k] = (dual[k] + tau / theta * slope) / (1 + tau / theta * norm)
    return motion


def halved(picture):
    height, width = picture.shape[0] // 2, picture.shape[1] // 2
    return picture[: 2 * height, : 2 * width].reshape(height, 2, width, 2).mean(axis=(1, 3))


def doubled(motion, shape):
    """Return the doubled motion at the finer pixels, which lie at y / 2 - 1 / 4, with the edge repeated (SciPy)."""
    y, x = np.mgrid[: shape[0], : shape[1]] / 2 - 0.25
    return 2 * np.stack([map_coordinates(component, [y, x], order=1, mode="nearest") for component in motion])


def moved_picture(picture, motion, sharpness):
    """Return the picture at x + motion by Keys' cubic, the sum over the four nearest rows and columns."""
    height, width = picture.shape
    y, x = np.mgrid[:height, :width] + motion[::-1]
    inside = (x >= -0.5) & (x <= width - 0.5) & (y >= -0.5) & (y <= height - 0.5)
    y, x = np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)
    found = np.zeros(picture.shape)
    for j in range(-1, 3):
        for i in range(-1, 3):
            row, column = np.floor(y).astype(int) + j, np.floor(x).astype(int) + i
            value = picture[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
            found += keys(y - row, sharpness) * keys(x - column, sharpness) * value
    return found, inside


def keys(distance, a):
    """Return the weight of the cubic convolution at a distance (Keys 1981, equation 4)."""
    s = np.abs(distance)
    near = (a + 2) * s**3 - (a + 3) * s**2 + 1
    far = a * s**3 - 5 * a * s**2 + 8 * a * s - 4 * a
    return np.where(s <= 1, near, np.where(s < 2, far, 0.0))


def central_differences(picture):
    bordered = np.pad(picture, 1, mode="edge")
    return np.stack([bordered[1:-1, 2:] - bordered[1:-1, :-2], bordered[2:, 1:-1] - bordered[:-2, 1:-1]]) / 2


def forward_differences(component):
    return np.stack(
        [np.diff(component, axis=1, append=component[:, -1:]), np.diff(component, axis=0, append=component[-1:])]
    )


def divergence(dual):
    """Return minus the adjoint of the forward differences: backward differences with zeros outside."""
    return np.diff(dual[0], axis=1, prepend=0) + np.diff(dual[1], axis=0, prepend=0)
