"""The outline of a face: convex hull of jaw and raised brows, and its mask on a pixel grid."""

import numpy as np
from numpy.typing import NDArray

JAW = tuple(range(17))
BROWS = tuple(range(17, 27))
OUTER_EYE_CORNERS = (36, 45)
EYES = (slice(36, 42), slice(42, 48))
"""Contours of the two eyes, image left first."""

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

    Parameters
    ----------
    points : ndarray of shape (N, 2)
        (x, y) in px of the grid; not all on one line.
    shape : tuple of int
        (height, width) of the grid.

    Returns
    -------
    ndarray of shape (height, width), bool
    """
    from scipy.spatial import ConvexHull

    height, width = shape
    x, y = np.arange(width)[None, :], np.arange(height)[:, None]
    inside = np.ones(shape, dtype=bool)
    for a, b, c in ConvexHull(points).equations:
        inside &= a * x + b * y + c <= 1e-9
    return inside


def face_mask(landmarks: NDArray[np.floating], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Mask of the face on a grid of `shape` (height, width); `landmarks` (68, 2) in px of that grid."""
    return hull_mask(face_outline(landmarks), shape)
