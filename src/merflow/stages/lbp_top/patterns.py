"""Patterns: which neighbours of a pixel are at least as bright as it, and the columns that patterns are counted in."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray


def pattern_columns(neighbours: int, patterns: Literal["uniform", "all"] = "uniform") -> NDArray[np.int64]:
    """Return the column of each pattern.

    Parameters
    ----------
    neighbours : int
        Bits of a pattern; bit n is neighbour n.
    patterns : {"uniform", "all"}
        ``uniform``: patterns with at most two changes around the ring have a column each, in the order of their
        numbers, and all others share the last one (Ojala et al. 2002).

    Returns
    -------
    ndarray of shape (2 ** neighbours,), int64
        By hand: 00001110 has two changes, 00001010 four. Of 8 neighbours 58 patterns have at most two.
    """
    number = np.arange(2**neighbours)
    if patterns == "all":
        return number
    uniform = _changes(neighbours) <= 2
    return np.where(uniform, np.cumsum(uniform) - 1, uniform.sum())


def number_of_columns(neighbours: int, patterns: Literal["uniform", "all"] = "uniform") -> int:
    """Return how many columns there are: n (n - 1) + 3 of uniform patterns, 59 of 8 neighbours; 2 ** n of all."""
    return 2**neighbours if patterns == "all" else neighbours * (neighbours - 1) + 3


def moving_columns(neighbours: int) -> NDArray[np.bool_]:
    """Return the columns of uniform patterns that are not the same before and after, in a plane with time.

    Time is the second axis of such a plane, so neighbour n before the frame is neighbour -n after it. A pixel of which
    nothing moves has the same values before and after, and none of these patterns.

    Returns
    -------
    ndarray of shape (number_of_columns(neighbours),), bool
        False for the last column, whose patterns are not known.
    """
    number = np.arange(2**neighbours)
    bits = number[:, None] >> np.arange(neighbours) & 1
    reversed_in_time = bits[:, -np.arange(neighbours) % neighbours]
    moving = (bits != reversed_in_time).any(axis=1)
    found = np.zeros(number_of_columns(neighbours), dtype=bool)
    uniform = _changes(neighbours) <= 2
    found[pattern_columns(neighbours)[uniform]] = moving[uniform]
    return found


def _changes(neighbours: int) -> NDArray[np.int64]:
    """Return how often neighbouring bits of each pattern differ, around the ring."""
    bits = np.arange(2**neighbours)[:, None] >> np.arange(neighbours) & 1
    changes: NDArray[np.int64] = (bits != np.roll(bits, 1, axis=1)).sum(axis=1)
    return changes
