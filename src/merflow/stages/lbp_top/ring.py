"""Rings of neighbours in the three planes through a pixel of a clip, and the pixels that their values come from."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

PLANES = ("XY", "XT", "YT")
"""In the order of a shard."""

AXES = ((2, 1), (2, 0), (1, 0))
"""Of each plane: the axes of a volume (time, height, width) of its cosines and of its sines."""

_DECIMALS = 9
"""Sines and cosines are rounded to so many, so that a neighbour at a pixel is there exactly."""


class Ring(NamedTuple):
    """Where the values of the neighbours in all planes come from.

    Attributes
    ----------
    steps : ndarray of shape (3, neighbours, 4, 3), int64
        Pixels of each neighbour, as steps (time, height, width) from the pixel in the middle.
    weights : ndarray of shape (3, neighbours, 4), float64
        Of these pixels; they sum to one. A neighbour at a pixel has all its weight on the first.
    """

    steps: NDArray[np.int64]
    weights: NDArray[np.float64]


def ring(
    radii: tuple[int, int, int], *, neighbours: int, interpolation: Literal["bilinear", "nearest"] = "bilinear"
) -> Ring:
    """Lay the neighbours of a pixel out on an ellipse in each plane (Zhao and Pietikainen 2007, eqs. 7 to 9).

    Parameters
    ----------
    radii : tuple of int
        Half axes along time, height and width.
    neighbours : int
    interpolation : {"bilinear", "nearest"}
        ``nearest`` takes the pixel that the neighbour lies in; half way between two the later one.

    Returns
    -------
    Ring
        Neighbour n is at the angle 2 pi n / neighbours: its cosine along the first axis of a plane, its sine along the
        second. By hand: of 4 neighbours in XT with radii 1 and 2, number 0 is one pixel to the right and number 1 two
        frames later.
    """
    steps = np.zeros((len(PLANES), neighbours, 4, 3), dtype=np.int64)
    weights = np.zeros((len(PLANES), neighbours, 4))
    angle = 2 * np.pi * np.arange(neighbours) / neighbours
    for plane, (first, second) in enumerate(AXES):
        place = np.round(np.stack([radii[first] * np.cos(angle), radii[second] * np.sin(angle)]), _DECIMALS)
        if interpolation == "nearest":
            place = np.floor(place + 0.5)
        low = np.floor(place).astype(np.int64)
        part = place - low
        for tap in range(4):
            for axis, offset, share in ((first, tap & 1, part[0]), (second, tap >> 1, part[1])):
                row = int(axis == second)
                steps[plane, :, tap, axis] = low[row] + np.where(share > 0, offset, 0)
            weights[plane, :, tap] = _share(part[0], tap & 1) * _share(part[1], tap >> 1)
    return Ring(steps, weights)


def _share(part: NDArray[np.float64], upper: int) -> NDArray[np.float64]:
    """Return the weight of the pixel below or above a place that lies `part` of a pixel beyond the lower one."""
    return part if upper else 1 - part
