"""Examples that are points of the eight regions: how they are recognised, and how they are thinned."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from merflow.errors import ConfigError

REGIONS, FEATURES = 8, (5, 6)
POINTS = f"({REGIONS}, points, {' or '.join(map(str, FEATURES))})"
"""Shape of an example of points; no other kind of example has as many rows and features."""


def are_points(example_shape: Sequence[int]) -> bool:
    """Say whether an example of this shape is points of the eight regions: x, y, z, u, v of each, with dz or not."""
    return len(example_shape) == 3 and example_shape[0] == REGIONS and example_shape[2] in FEATURES


def thin_points(example: NDArray[np.float32], points: int) -> NDArray[np.float32]:
    """Return every n-th point of each region of one example, so that `points` of them remain; 0 keeps all.

    Every n-th and not the first: the points are ordered by motion, and the range of motions is to stay. This is the
    only place where points are left out: ``examples.h5`` holds what a network sees.

    Parameters
    ----------
    example : ndarray of shape (8, K, 6) or (8, K, 5)
    points : int
        A divisor of K, or 0.

    Raises
    ------
    ConfigError
        When the example is no points of regions, or their number no multiple of `points`.
    """
    if points == 0:
        return example
    if not are_points(example.shape):
        raise ConfigError(
            f"training.train_points: expected examples of shape {POINTS}, as of the artefact 'regions', but found "
            f"{example.shape}. Use 0."
        )
    found = example.shape[1]
    if found % points:
        raise ConfigError(
            f"training.train_points: expected a divisor of the {found} points of each region, but found {points}. "
            "Use 0 for all points."
        )
    return np.ascontiguousarray(example[:, :: found // points])
