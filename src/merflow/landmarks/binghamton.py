"""The 83 landmarks of Binghamton's face sets (BU-3DFE, BU-4DFE, BP4D) as 68 in dlib's order.

Which of the 83 are the eyes, brows, nose, mouth and contour is public: the labels of menpo
(``face_bu3dfe_83_to_face_bu3dfe_83``), and the classes of corc (FSU Jena), which has BP4D's order too. Neither says at
which corner a contour begins, and they disagree about the sides. So corners and sides come from the shape of the face
here, and no point depends on where its contour begins or which way it runs.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError

FloatArray = NDArray[np.float64]

N_BINGHAMTON = 83
BRIDGE = slice(27, 31)
"""Of dlib's landmarks those that none of the 83 is: the bridge of the nose, to its tip."""

_NOSTRILS, _OUTER_LIP, _INNER_LIP, _CONTOUR = slice(42, 48), slice(48, 60), slice(60, 68), slice(68, 83)


class _Order(NamedTuple):
    """Contours whose places differ between the sets."""

    eyes: tuple[slice, slice]
    brows: tuple[slice, slice]


_ORDERS: Mapping[str, _Order] = {
    "BU-4DFE": _Order(eyes=(slice(0, 8), slice(8, 16)), brows=(slice(16, 26), slice(26, 36))),
    "BP4D": _Order(eyes=(slice(20, 28), slice(28, 36)), brows=(slice(0, 10), slice(10, 20))),
}


class _Axes(NamedTuple):
    """Directions of a face: to image right, and up."""

    right: FloatArray
    up: FloatArray


def dlib_landmarks(points: FloatArray, *, source: str = "") -> FloatArray:
    """Return the landmarks that the 83 stand for.

    Parameters
    ----------
    points : ndarray of shape (83, 3)
        Of one face, in any pose; axes right-handed.
    source : str
        File, for the message.

    Returns
    -------
    ndarray of shape (68, 3)
        Those of :data:`BRIDGE` are missing (NaN). A brow is the middle between its upper and its lower edge. Lids,
        brows and the jaw have other numbers of points in the two schemes; they are interpolated between neighbours.

    Raises
    ------
    BadClipError
        When the points are those of a face in neither order.
    """
    fitting = [name for name, order in _ORDERS.items() if _is_face(points, order)]
    if len(fitting) != 1:
        raise BadClipError(
            f"expected {N_BINGHAMTON} landmarks of a face in the order of {' or '.join(_ORDERS)}, found that brows, "
            f"eyes, nose, mouth and contour lie as in a face by {'both' if fitting else 'neither'}",
            source=source,
        )
    order = _ORDERS[fitting[0]]
    axes = _axes(points, order)
    found = np.full((68, 3), np.nan)
    found[0:17] = resampled(_from_left(points[_CONTOUR], axes), 17)
    for brow, start in zip(_by_side(points, order.brows, axes), (17, 22), strict=True):
        found[start : start + 5] = np.mean([resampled(edge, 5) for edge in _edges(brow, axes)], axis=0)
    along = np.argsort(points[_NOSTRILS] @ axes.right)
    found[31:36] = resampled(points[_NOSTRILS][along], 5)
    for eye, start in zip(_by_side(points, order.eyes, axes), (36, 42), strict=True):
        found[start : start + 6] = _contour(eye, axes, upper=4)
    found[48:60] = _contour(points[_OUTER_LIP], axes, upper=7)
    found[60:68] = _contour(points[_INNER_LIP], axes, upper=5)
    return found


def _is_face(points: FloatArray, order: _Order) -> bool:
    """Tell whether brows, eyes, nostrils, mouth and chin lie below one another, and the contour behind and around."""
    axes = _axes(points, order)
    heights, sides = points @ axes.up, points @ axes.right
    eyes, brows = ([float(heights[part].mean()) for part in parts] for parts in order)
    ladder = [min(brows), max(eyes), float(heights[_NOSTRILS].mean()), float(heights[_OUTER_LIP].mean())]
    ladder = [*ladder, float(heights[_CONTOUR].min())]
    low, high = sorted(float(sides[eye].mean()) for eye in order.eyes)
    widths = [float(np.ptp(sides[eye])) for eye in order.eyes]
    apart = max(widths) < high - low
    around = sides[_CONTOUR].min() < low and high < sides[_CONTOUR].max()
    return apart and bool(around) and all(upper > lower for upper, lower in pairwise(ladder))


def _axes(points: FloatArray, order: _Order) -> _Axes:
    """Return the directions of a face: its contour is behind its eyes and mouth, and axes are right-handed."""
    first, second = (points[eye].mean(axis=0) for eye in order.eyes)
    middle, mouth = (first + second) / 2, points[_OUTER_LIP].mean(axis=0)
    up = middle - mouth
    ahead = (middle + mouth) / 2 - points[_CONTOUR].mean(axis=0)
    between = second - first
    right = _unit(between * np.sign(between @ np.cross(up, ahead)))
    return _Axes(right, _unit(up - (up @ right) * right))


def _unit(vector: FloatArray) -> FloatArray:
    """Return a vector of length 1 in a direction; of no direction zeros."""
    unit: FloatArray = vector / max(float(np.linalg.norm(vector)), np.finfo(np.float64).tiny)
    return unit


def _by_side(points: FloatArray, parts: tuple[slice, slice], axes: _Axes) -> list[FloatArray]:
    """Return the points of two parts, that at image left first."""
    return sorted((points[part] for part in parts), key=lambda one: float((one @ axes.right).mean()))


def _from_left(points: FloatArray, axes: _Axes) -> FloatArray:
    """Return a line of points from image left to image right."""
    return points if (points[-1] - points[0]) @ axes.right > 0 else points[::-1]


def _edges(loop: FloatArray, axes: _Axes) -> tuple[FloatArray, FloatArray]:
    """Return the upper and the lower edge of a closed contour, each from its leftmost to its rightmost point."""
    along = loop @ axes.right
    start = int(along.argmin())
    turned = np.roll(loop, -start, axis=0)
    end = int((turned @ axes.right).argmax())
    one = turned[: end + 1]
    other = np.concatenate([turned[:1], turned[end:][::-1]])
    upper, lower = sorted((one, other), key=lambda edge: float((edge @ axes.up).mean()), reverse=True)
    return upper, lower


def _contour(loop: FloatArray, axes: _Axes, *, upper: int) -> FloatArray:
    """Return a contour as dlib has it: `upper` points from corner to corner over the top, and back below."""
    above, below = (resampled(edge, upper) for edge in _edges(loop, axes))
    return np.concatenate([above, below[-2:0:-1]])


def resampled(line: FloatArray, number: int) -> FloatArray:
    """Return points along a line, from its first to its last, at equal steps of its points' numbers."""
    places = np.linspace(0, len(line) - 1, number)
    return np.stack([np.interp(places, np.arange(len(line)), column) for column in line.T], axis=1)
