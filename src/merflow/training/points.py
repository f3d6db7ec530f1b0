"""Examples that are points of the eight regions: how they are told from other kinds, and how they are thinned."""

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import LazyRows, Rows
from merflow.errors import ConfigError

REGIONS, FEATURES = 8, 6
POINTS = f"({REGIONS}, points, {FEATURES})"
"""Shape of an example of points; no other kind of example has as many rows and features."""


def are_points(example_shape: Sequence[int]) -> bool:
    """Say whether an example of this shape is the points of the eight regions: x, y, z, u, v, dz of each."""
    return len(example_shape) == 3 and (example_shape[0], example_shape[2]) == (REGIONS, FEATURES)


@overload
def thin_points(x: NDArray[Any], train_points: int) -> NDArray[Any]: ...


@overload
def thin_points(x: Rows, train_points: int) -> Rows: ...


def thin_points(x: Rows, train_points: int) -> Rows:
    """Return every n-th point of each region, so that `train_points` remain; 0 keeps all.

    Every n-th and not the first: the points are ordered by motion, and the range of motions is to stay.

    Raises
    ------
    ConfigError
        As ``thinned_shape``.
    """
    if train_points == 0:
        return x
    thinned_shape(x.shape[1:], train_points)
    points = x[np.arange(len(x))] if isinstance(x, LazyRows) else x
    return np.ascontiguousarray(points[:, :, :: points.shape[2] // train_points])


def thinned_shape(shape: Sequence[int], train_points: int) -> tuple[int, ...]:
    """Return the shape of one example when `train_points` of each region remain; 0 keeps all.

    Raises
    ------
    ConfigError
        When the example is no points of regions, or their number no multiple of `train_points`.
    """
    if train_points == 0:
        return tuple(shape)
    if not are_points(shape):
        raise ConfigError(
            f"training.train_points: expected examples of shape {POINTS}, as of the artefact 'regions', but found "
            f"{tuple(shape)}. Use 0."
        )
    found = shape[1]
    if found % train_points:
        raise ConfigError(
            f"training.train_points: expected a divisor of the {found} points that each region has in examples.h5, but "
            f"found {train_points}. Use 0 for all points."
        )
    return (shape[0], train_points, shape[2])
