"""Registration of depth to colour: whether both show the face in the same place.

A depth map that is shifted or mirrored against its colour frame still has a face's distance and size, and gives each
point the motion of another. Two things that both pictures show are compared: the sides of the face, and the nose.
"""

import numpy as np
from numpy.typing import NDArray

from merflow.landmarks.outline import eye_distance_px, face_mask
from merflow.stages.faces.doubts import Doubt

NOSE_TIP = 30
JAW_LEFT, JAW_RIGHT = slice(0, 9), slice(16, 7, -1)
"""Jaw from the temple to the chin, image left and image right."""

MAX_OFFSET = 0.2
"""Of the distance of the eyes. On the demo, where depth is registered exactly, the sides do not exceed 0.1."""
NOSE_SHARE = 0.9
"""Around the landmark the depth must stand out by this share of what stands out most: lips and chin may come further
forward than the nose. On the demo the least is 0.95."""
NOSE_REACH = 0.5
"""Of the distance of the eyes: within it the nose is looked for first. A hand, the arms of glasses and hair stand out
further than a nose, and lie further away."""
BODY_MM = 150.0
"""What lies within this of the face's median distance is the person, not the background."""
SMOOTH_SD = 1 / 25
"""Of the distance of the eyes: smooths depth noise, not the nose."""
NOSE_MM = 5.0
"""A nose stands out from the face's curved plane by 10 to 20 mm; what stands out by less is none."""
FIT_STEP = 2
FIT_ROUNDS = 10
MIN_ROWS, MIN_PIXELS = 10, 100


def registration_doubt(depth: NDArray[np.floating], landmarks: NDArray[np.floating]) -> Doubt | None:
    """Return the doubt that depth and colour show the face in one place; None = there is none.

    Parameters
    ----------
    depth : ndarray of shape (h, w), mm, NaN = missing
        Native crop of a frame.
    landmarks : ndarray of shape (68, 2), px of the crop
        Found in the colour of the same frame.
    """
    face = face_mask(landmarks, (depth.shape[0], depth.shape[1]))
    there = np.isfinite(depth)
    body = there & (np.abs(np.where(there, depth, np.inf) - np.median(depth[face & there])) < BODY_MM)
    limit = MAX_OFFSET * eye_distance_px(landmarks)
    sides = sides_offset(body, landmarks)
    nose = nose_elsewhere(np.where(body & face, depth, np.nan), landmarks, within_px=limit)
    found = []
    if sides is not None and abs(sides) > limit:
        found.append(f"the sides of the face lie {sides:+.0f} px beside the jaw's landmarks")
    if nose is not None:
        found.append(f"the nose stands out ({nose[0]:+.0f}, {nose[1]:+.0f}) px from its landmark")
    if not found:
        return None
    return Doubt(
        f"expected depth and colour to show the face in one place (within {limit:.0f} px, a fifth of the distance of "
        f"the eyes), but in the depth map {' and '.join(found)}: it may be shifted or mirrored against colour"
    )


def sides_offset(body: NDArray[np.bool_], landmarks: NDArray[np.floating]) -> float | None:
    """Return how far right of the jaw's landmarks the sides of the face in depth lie, px; None = they are not seen.

    Between eye and mouth, row by row, half the difference of what stands out right and left of the jaw: hair and ears
    stand out on both sides, a shift takes from one side what it adds to the other. A row that is filled from border to
    border, as by a wall close behind the head, shows neither side.

    Parameters
    ----------
    body : ndarray of shape (h, w), bool
        Pixels whose depth is the person's.
    landmarks : ndarray of shape (68, 2), px of the grid
    """
    rows = np.arange(max(int(landmarks[1, 1]), 0), min(int(landmarks[4, 1]), len(body)))
    rows = rows[body[rows].any(axis=1) & ~(body[rows, 0] & body[rows, -1])]
    if len(rows) < MIN_ROWS:
        return None
    left = body[rows].argmax(axis=1)
    right = body.shape[1] - 1 - body[rows][:, ::-1].argmax(axis=1)
    jaw_left, jaw_right = (np.interp(rows, landmarks[jaw, 1], landmarks[jaw, 0]) for jaw in (JAW_LEFT, JAW_RIGHT))
    return float(np.median(right - jaw_right) - np.median(jaw_left - left)) / 2


def nose_elsewhere(
    depth: NDArray[np.floating], landmarks: NDArray[np.floating], *, within_px: float
) -> tuple[float, float] | None:
    """Return how far right and below its landmark the tip of the nose lies in depth, px; None = it is where it belongs.

    The tip is where the smoothed depth comes nearest before a plane, curved from ear to ear, through the face: however
    the head is turned. It is looked for near the landmark, and in the whole face if nothing stands out there. It is
    where it belongs if the depth around the landmark stands out nearly as far. Where nothing stands out is no nose.

    Parameters
    ----------
    depth : ndarray of shape (h, w), mm
        NaN outside the face.
    landmarks : ndarray of shape (68, 2), px of the grid
    within_px : float
        Radius around the landmark.
    """
    unit = eye_distance_px(landmarks)
    smooth = _smoothed(depth, sd_px=SMOOTH_SD * unit)
    y, x = FIT_STEP * np.array(np.nonzero(np.isfinite(smooth[::FIT_STEP, ::FIT_STEP])))
    if len(x) < MIN_PIXELS:
        return None
    right, below = (x - landmarks[NOSE_TIP, 0]) / unit, (y - landmarks[NOSE_TIP, 1]) / unit
    design = np.stack([right, below, right**2, np.ones(len(x))], axis=1)
    nearer = _least_absolute_residual(design, -smooth[y, x])
    away = np.hypot(right, below)
    tip = int(np.argmax(np.where(away <= NOSE_REACH, nearer, -np.inf)))
    if away[tip] > NOSE_REACH or nearer[tip] < NOSE_MM:
        tip = int(np.argmax(nearer))
    stands_out = nearer[away * unit <= within_px].max(initial=-np.inf) >= NOSE_SHARE * nearer[tip]
    if stands_out or nearer[tip] < NOSE_MM:
        return None
    return float(right[tip] * unit), float(below[tip] * unit)


def _smoothed(depth: NDArray[np.floating], *, sd_px: float) -> NDArray[np.float32]:
    """Return the Gaussian mean of the values that there are, NaN where there is none (normalised convolution)."""
    import cv2

    there = np.isfinite(depth)
    side = 2 * round(3 * sd_px) + 1
    total, weight = (
        cv2.GaussianBlur(values.astype(np.float32), (side, side), sd_px)
        for values in (np.where(there, depth, 0), there)
    )
    smooth: NDArray[np.float32] = np.where(there, total / np.where(there, weight, 1), np.float32(np.nan))
    return smooth


def _least_absolute_residual(design: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return target minus its fit of least absolute deviation, by reweighted least squares."""
    weight = np.ones(len(target))
    residual = target
    for _ in range(FIT_ROUNDS):
        weighted = design * weight[:, None]
        residual = target - design @ np.linalg.lstsq(weighted.T @ design, weighted.T @ target, rcond=None)[0]
        weight = 1 / np.maximum(np.abs(residual), 0.5)
    return residual
