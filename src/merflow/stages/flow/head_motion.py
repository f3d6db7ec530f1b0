"""Head motion: the affine flow of the head. Subtracted from the flow, it leaves the expression.

Over half a second a head turns by a fraction of a degree. Its flow is then affine in the picture, except for the relief
of the face. Readings, by the name in config.yaml (P: as the paper prints it, R: ours):

=================  ===================================================================================================
``robust_affine``  R, default: affine fit to the flow over the whole face; what moves by itself loses its weight
``stable_points``  R: affine fit to the flow at the landmarks that expressions move least
``keypoints``      P, Lite-Point-GCN III-B: affine fit between the landmarks of onset and apex. dlib's points are whole
                   pixels, so that the fit is wrong by more than the expression
``none``           the head's motion stays in the flow
=================  ===================================================================================================

Convention: a (2, 3) matrix; the head's flow (u, v) at aligned (x, y) is matrix @ (x, y, 1), in aligned px. By hand: a
head that moves 3 px to the right has [[0, 0, 3], [0, 0, 0]].
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError
from merflow.landmarks.outline import face_mask

Affine: TypeAlias = NDArray[np.float64]
Array: TypeAlias = NDArray[np.float64]

STABLE_LANDMARKS = (27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 39, 42, 45)
"""Bridge and base of the nose, and the eye corners, 0-based dlib order."""

STABLE_RADIUS_PX = 3
"""Half side of the patch over which the flow at a stable landmark is averaged, aligned px."""

GRID_STEP_PX = 4
"""Every 4th pixel enters the robust fit: the flow is smooth over more than that."""

ITERATIONS = 30
TUNING = 2.0
"""Tukey's constant: residuals beyond 2 scales have no weight. Far below the usual 4.7, which suits lone outliers: an
expression moves whole regions, and what is half inside drags the fit. On the demo the error of the expression flow is
flat from 1 to 2 and more than twice as large at 8."""

MEDIAN_OF_RAYLEIGH = 1.1774
"""Median length of a vector with two normal components of unit standard deviation."""

SCALE_FLOOR_PX = 0.02
"""Smallest residual scale: below the error of the flow itself there is nothing to tell apart."""


@dataclass(frozen=True, slots=True)
class FaceMotion:
    """What head motion is estimated from.

    Attributes
    ----------
    flow : ndarray of shape (2, S, S)
        Total flow from onset to apex on the onset's aligned grid, aligned px.
    onset_landmarks, apex_landmarks : ndarray of shape (68, 2)
        (x, y) in aligned px, both through the onset's transform.
    """

    flow: NDArray[np.floating]
    onset_landmarks: NDArray[np.floating]
    apex_landmarks: NDArray[np.floating]


def fit_affine(points: Array, vectors: Array, weights: Array | None = None) -> Affine:
    """Weighted least-squares affine field through vectors at points.

    Parameters
    ----------
    points, vectors : ndarray of shape (N, 2)
        (x, y) and (u, v).
    weights : ndarray of shape (N,), optional
        Non-negative; equal when left out.

    Returns
    -------
    ndarray of shape (2, 3), float64
        vector = this @ (x, y, 1).

    Raises
    ------
    BadClipError
        When fewer than three points, or points on one line, carry weight.
    """
    w = np.ones(len(points)) if weights is None else weights
    total = float(w.sum())
    centre = (w @ points) / total if total > 0 else np.zeros(2)
    return _weighted_fit(_design(points, centre), vectors, w, centre)


def _design(points: Array, centre: Array) -> Array:
    """Rows (x, y, 1) of points, (N, 3), about a centre: far from it the normal equations lose digits."""
    return np.column_stack([points - centre, np.ones(len(points))])


def _weighted_fit(design: Array, vectors: Array, weights: Array, centre: Array) -> Affine:
    """Solve the normal equations of ``fit_affine`` for a design about a centre."""
    weighted = (design * weights[:, None]).T
    normal = weighted @ design
    if np.linalg.matrix_rank(normal, hermitian=True) < 3:
        raise BadClipError(
            f"head motion: expected at least 3 points that are not on one line, found {int((weights > 0).sum())}"
        )
    solution = np.linalg.solve(normal, weighted @ vectors).T
    solution[:, 2] -= solution[:, :2] @ centre
    return np.asarray(solution, dtype=np.float64)


def affine_field(matrix: Affine, shape: tuple[int, int]) -> Array:
    """Flow (2, height, width) of an affine field on a grid of `shape` (height, width)."""
    height, width = shape
    x, y = np.arange(width)[None, None, :], np.arange(height)[None, :, None]
    a, b, c = (matrix[:, i][:, None, None] for i in range(3))
    return np.asarray(a * x + b * y + c, dtype=np.float64)


def remove_head_motion(motion: FaceMotion, method: str) -> tuple[NDArray[np.float32], Affine]:
    """Split a flow into the head's and the expression's.

    Parameters
    ----------
    motion : FaceMotion
    method : str
        A key of ``HEAD_MOTION_METHODS``.

    Returns
    -------
    expression_flow : ndarray of shape (2, S, S), float32
        Flow minus the head's, aligned px, on the whole grid.
    head_motion : ndarray of shape (2, 3), float64
        The head's flow, as in the module's convention.

    Raises
    ------
    BadClipError
        When the face is too small for a fit.
    """
    head = HEAD_MOTION_METHODS[method](motion)
    height, width = motion.flow.shape[1:]
    return (motion.flow - affine_field(head, (height, width))).astype(np.float32), head


def robust_affine(motion: FaceMotion) -> Affine:
    """Affine fit to the flow over the face, iteratively reweighted with Tukey's biweight."""
    height, width = motion.flow.shape[1:]
    mask = face_mask(motion.onset_landmarks, (height, width))
    rows, columns = np.nonzero(mask[::GRID_STEP_PX, ::GRID_STEP_PX])
    rows, columns = rows * GRID_STEP_PX, columns * GRID_STEP_PX
    points = np.column_stack([columns, rows]).astype(np.float64)
    vectors = motion.flow[:, rows, columns].T.astype(np.float64)
    return fit_affine_robustly(points, vectors)


def fit_affine_robustly(points: Array, vectors: Array, *, tuning: float = TUNING) -> Affine:
    """Affine field by iteratively reweighted least squares.

    The first rounds use Cauchy weights, which keep a little of every point and so find the way from the plain fit; the
    rest use Tukey's, which drop what moves by itself. The scale, the standard deviation of one component of the
    residual, is taken anew in each round from the median length.

    Parameters
    ----------
    points, vectors : ndarray of shape (N, 2)
    tuning : float
        Tukey's constant.

    Returns
    -------
    ndarray of shape (2, 3), float64
    """
    matrix = fit_affine(points, vectors)
    centre = points.mean(axis=0)
    design = _design(points, centre)
    for step in range(ITERATIONS):
        square = np.square(vectors - points @ matrix[:, :2].T - matrix[:, 2]).sum(axis=1)
        median = math.sqrt(np.median(square))  # of the lengths
        ratio = square / max(median / MEDIAN_OF_RAYLEIGH, SCALE_FLOOR_PX) ** 2
        cauchy = step < ITERATIONS // 3
        weights = 1 / (1 + ratio) if cauchy else np.square(np.maximum(1 - ratio / tuning**2, 0.0))
        matrix = _weighted_fit(design, vectors, weights, centre)
    return matrix


def stable_points(motion: FaceMotion) -> Affine:
    """Affine fit to the flow around the stable landmarks."""
    points = motion.onset_landmarks[list(STABLE_LANDMARKS)].astype(np.float64)
    vectors = np.array([_patch_mean(motion.flow, x, y) for x, y in points])
    return fit_affine(points, vectors)


def keypoints(motion: FaceMotion) -> Affine:
    """Affine fit between all landmarks of onset and apex, as the paper prints it."""
    points = motion.onset_landmarks.astype(np.float64)
    return fit_affine(points, motion.apex_landmarks.astype(np.float64) - points)


def no_head_motion(motion: FaceMotion) -> Affine:
    """No motion at all."""
    return np.zeros((2, 3))


def _patch_mean(flow: NDArray[np.floating], x: float, y: float) -> Array:
    """Mean flow in the patch around (x, y), moved inside the grid where it would leave it."""
    height, width = flow.shape[1:]
    r = STABLE_RADIUS_PX
    column = int(np.clip(round(x), r, width - 1 - r))
    row = int(np.clip(round(y), r, height - 1 - r))
    patch = flow[:, row - r : row + r + 1, column - r : column + r + 1]
    return np.asarray(patch.mean(axis=(1, 2), dtype=np.float64))


HEAD_MOTION_METHODS: Mapping[str, Callable[[FaceMotion], Affine]] = {
    "robust_affine": robust_affine,
    "stable_points": stable_points,
    "keypoints": keypoints,
    "none": no_head_motion,
}
"""Head-motion estimates by their name in config.yaml."""
