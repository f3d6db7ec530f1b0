"""The outline of a face: convex hull of jaw and raised brows, and its mask on a pixel grid."""

import numpy as np
from numpy.typing import NDArray

JAW = tuple(range(17))
BROWS = tuple(range(17, 27))
OUTER_EYE_CORNERS = (36, 45)
EYES = (slice(36, 42), slice(42, 48))
"""Contours of the two eyes, image left first."""

ON_BORDER_PX = 1e-9
"""Pixel centres this far outside an edge lie on it: rounding errors are smaller, and landmarks are whole pixels."""

BROW_EXTENSION = 0.25
"""How far the brow region reaches above the brow ridge, in interocular distances (outer eye corners)."""


def interocular_px(landmarks: NDArray[np.floating]) -> float:
    """Distance of the outer eye corners (36, 45) of (68, 2) landmarks, in their unit."""
    first, second = OUTER_EYE_CORNERS
    return float(np.linalg.norm(landmarks[second] - landmarks[first]))


def eye_centres(landmarks: NDArray[np.floating]) -> NDArray[np.float64]:
    """Middles of the contours of the two eyes, (2, 2), image left first: about where the pupils are."""
    return np.stack([landmarks[eye].mean(axis=0, dtype=np.float64) for eye in EYES])


def eye_distance_px(landmarks: NDArray[np.floating]) -> float:
    """Distance of the middles of the eyes of (68, 2) landmarks, in their unit."""
    first, second = eye_centres(landmarks)
    return float(np.linalg.norm(second - first))


def face_up(landmarks: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the unit vector (x, y) from the eyes to the forehead: square to the line of the outer eye corners.

    By hand: level eyes, the left one at smaller x, give (0, -1), since y points down.
    """
    first, second = OUTER_EYE_CORNERS
    along = (landmarks[second] - landmarks[first]) / interocular_px(landmarks)
    return np.array([along[1], -along[0]], dtype=np.float64)


def face_outline(landmarks: NDArray[np.floating]) -> NDArray[np.float64]:
    """Points whose convex hull is the face: jaw 0-16 and the brows 17-26 raised by ``BROW_EXTENSION``, (27, 2)."""
    raised = landmarks[list(BROWS)] + BROW_EXTENSION * interocular_px(landmarks) * face_up(landmarks)
    return np.concatenate([landmarks[list(JAW)], raised]).astype(np.float64)


def hull_mask(points: NDArray[np.floating], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels whose centre lies in the convex hull of points.

    Each row of a convex shape is one interval, between the edges on its left and those on its right. By hand: of the
    square (1, 1), (3, 1), (3, 3), (1, 3) each of the rows 1 to 3 holds the columns 1 to 3.

    Parameters
    ----------
    points : ndarray of shape (N, 2)
        (x, y) in px of the grid; not all on one line.
    shape : tuple of int
        (height, width) of the grid.

    Returns
    -------
    ndarray of shape (height, width), bool
        A centre on the border counts as inside.
    """
    height, width = shape
    first = _hull(points)
    along = np.roll(first, -1, axis=0) - first
    a, b = np.stack([along[:, 1], -along[:, 0]])[..., None] / np.hypot(*along.T)[:, None]  # outward normal
    room = ON_BORDER_PX + (a * first[:, :1] + b * first[:, 1:]) - b * np.arange(height)  # a x <= room, edge and row
    bound = np.divide(room, a, out=np.where(room < 0, -np.inf, np.inf), where=a != 0)
    right = np.where(a >= 0, bound, np.inf).min(axis=0)
    left = np.where(a < 0, bound, -np.inf).max(axis=0)
    x = np.arange(width)
    mask: NDArray[np.bool_] = (x >= left[:, None]) & (x <= right[:, None])
    return mask


def _hull(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Corners of the convex hull, (K, 2), around it with the inside on the left where y points up.

    Andrew's monotone chain (1979). SciPy's ConvexHull needs 0.1 s to be imported, this 0.1 ms.
    """
    ordered = sorted({(float(x), float(y)) for x, y in points})
    return np.array(_half_hull(ordered) + _half_hull(ordered[::-1]))


def _half_hull(ordered: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners from the first point to the last, which is left out: the other half begins with it."""
    chain: list[tuple[float, float]] = []
    for x, y in ordered:
        while len(chain) > 1:
            (x0, y0), (x1, y1) = chain[-2:]
            if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                break
            chain.pop()
        chain.append((x, y))
    return chain[:-1]


def face_mask(landmarks: NDArray[np.floating], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Mask of the face on a grid of `shape` (height, width); `landmarks` (68, 2) in px of that grid."""
    return hull_mask(face_outline(landmarks), shape)
