"""Interpolation in time: each frame of a sequence is a linear combination of recorded frames, whatever the method."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from merflow.stages.sequences.tim import tim_weights

Array = NDArray[np.float64]


def weights(positions: Array, available: NDArray[np.integer], method: str) -> Array:
    """Weight of every recorded frame in every frame of a sequence.

    Parameters
    ----------
    positions : ndarray of shape (L,)
        Frame numbers to interpolate at, within the available ones.
    available : ndarray of shape (n,), int
        Numbers of the recorded frames, ascending, n of 2 or more.
    method : str
        A key of ``METHODS``.

    Returns
    -------
    ndarray of shape (n, L), float64
        Columns sum to one. A frame whose row is zero need not be read.

    Raises
    ------
    ValueError
        When there are fewer than two frames, or a position lies outside them.
    """
    numbers = np.asarray(available, dtype=np.float64)
    if len(numbers) < 2 or positions.min() < numbers[0] or positions.max() > numbers[-1]:
        raise ValueError(f"expected positions within two frames or more, found {positions} and {numbers}")
    return METHODS[method](positions, numbers)


def linear(positions: Array, available: Array) -> Array:
    """Weighted mean of the frames before and after; a recorded frame as it is."""
    after = np.searchsorted(available, positions).clip(1, len(available) - 1)
    before = after - 1
    fraction = (positions - available[before]) / (available[after] - available[before])
    found = np.zeros((len(available), len(positions)))
    columns = np.arange(len(positions))
    found[before, columns] = 1 - fraction
    found[after, columns] = fraction
    return found


def nearest(positions: Array, available: Array) -> Array:
    """Take the nearest frame; of two equally near the earlier."""
    found = np.zeros((len(available), len(positions)))
    found[np.abs(available[:, None] - positions).argmin(axis=0), np.arange(len(positions))] = 1
    return found


def tim(positions: Array, available: Array) -> Array:
    """Read the curve of the temporal interpolation model through all frames, which count as equally far apart.

    A position between two frames is as far along the curve as it lies between their numbers.
    """
    n = len(available)
    return tim_weights(np.interp(positions, available, np.arange(n)), n)


METHODS: Mapping[str, Callable[[Array, Array], Array]] = {"linear": linear, "nearest": nearest, "tim": tim}
"""Interpolations by their name in config.yaml."""


class Blend:
    """The frames of a sequence, summed up as the recorded ones come, of which none is kept.

    Parameters
    ----------
    length : int
        Frames of the sequence.
    shape : tuple of int
        Of one frame.
    """

    def __init__(self, length: int, shape: tuple[int, ...]) -> None:
        self._sum = np.zeros((length, *shape), dtype=np.float32)

    def add(self, frame: NDArray[np.uint8], row: Array) -> None:
        """Add a recorded frame, by its weight in each frame of the sequence (L,)."""
        values = frame.astype(np.float32)
        for index in np.flatnonzero(row):
            self._sum[index] += np.float32(row[index]) * values

    def frames(self) -> NDArray[np.uint8]:
        """Return the frames (L, ...), rounded and clipped to whole grey levels."""
        whole = np.rint(self._sum)
        return whole.clip(0, 255, out=whole).astype(np.uint8)
