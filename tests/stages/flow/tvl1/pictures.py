"""Textured pairs whose motion is known."""

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates


def texture(shape, seed=0):
    """Grey in about [0, 1] with detail from 1.5 px on, without noise."""
    height, width = shape
    noise = np.random.default_rng(seed).normal(size=(height + 32, width + 32))  # a small picture is part of a large one
    fine, coarse = gaussian_filter(noise, 1.5), gaussian_filter(noise, 4)
    grey = 0.5 + 0.1 * fine / fine.std() + 0.1 * coarse / coarse.std()
    return grey[:height, :width].astype(np.float32)


def moved_pair(motion, seed=0):
    """First and second picture such that pixel (x, y) of the first lies at (x + u, y + v) of the second."""
    second = texture(motion.shape[1:], seed)
    places = np.indices(second.shape) + motion[::-1]
    return map_coordinates(second, places, order=3, mode="nearest").astype(np.float32), second


def smooth_motion(shape, size=1.0):
    """A shift and a bump, px."""
    y, x = np.indices(shape).astype(float)
    bump = np.exp(-(((x - shape[1] / 2) / shape[1]) ** 2 + ((y - shape[0] / 2) / shape[0]) ** 2) * 12)
    return size * np.stack([0.4 + bump, -0.2 - 0.7 * bump])
