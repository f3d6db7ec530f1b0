"""Straightening: the rigid motion that lays the 3D landmarks of each frame on the frontal mean face.

The paper of CCDN cites another work for this step. R: without scale, the first frame by least squares
(Kabsch 1976), the others on the first one by the landmarks that rest in between. Least squares over all 68 would take a
part of a smile for a motion of the head.
"""

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError
from merflow.landmarks.mean_face_3d import MEAN_FACE_MM
from merflow.landmarks.outline import eye_centres
from merflow.stages.meshes.settings import Fit, MeshSettings

FloatArray = NDArray[np.float64]

ADULT_EYE_DISTANCE_MM = 63.0
"""Average of adults (Dodgson 2004, Proc. SPIE 5291)."""

_ROUNDS = 20
_SCALE, _LEAST_MM = 1.5, 1e-3

_UNITS_MM = {1000.0: "metres", 10.0: "centimetres", 1.0: "millimetres", 25.4: "inches", 0.001: "micrometres"}


def straighten(landmarks: FloatArray, fit: Fit, *, rows: slice = slice(None)) -> FloatArray:
    """Return the rigid matrices that take mm of the files, as (x, y, z, 1), to the frontal frame.

    Parameters
    ----------
    landmarks : ndarray of shape (T, 68, 3)
        Of the frames of a clip, mm; one that is missing (NaN) in a frame counts in none.
    fit : {"robust", "mean_face"}
        As in ``MeshSettings``.
    rows : slice
        Landmarks that are fitted.

    Returns
    -------
    ndarray of shape (T, 3, 4), float64
        Frontal frame: mm, x right, y up, z towards the viewer, origin midway between the mean face's eyeballs.
    """
    there = np.isfinite(landmarks[:, rows]).all(axis=(0, 2))
    fitted, mean_face = landmarks[:, rows][:, there], MEAN_FACE_MM[rows][there]
    if fit == "mean_face":
        return np.stack([rigid_fit(points, mean_face) for points in fitted])
    first = moved(fitted[0], rigid_fit(fitted[0], mean_face))
    return np.stack([robust_fit(points, first) for points in fitted])


def robust_fit(source: FloatArray, target: FloatArray) -> FloatArray:
    """Return the rigid matrix (3, 4) by the points that rest: least squares, weighted again and again (Geman-McClure).

    A point counts by (s^2 / (s^2 + r^2))^2 of its distance r, with s 1.5 times the median distance.
    """
    matrix = rigid_fit(source, target)
    for _ in range(_ROUNDS):
        distance = np.linalg.norm(moved(source, matrix) - target, axis=1)
        scale = max(_SCALE * float(np.median(distance)), _LEAST_MM)
        matrix = rigid_fit(source, target, (scale**2 / (scale**2 + distance**2)) ** 2)
    return matrix


def rigid_fit(source: FloatArray, target: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Return the rotation and shift (3, 4), without mirroring, that lay points (n, 3) nearest to others (n, 3)."""
    share = np.full(len(source), 1 / len(source)) if weights is None else weights / weights.sum()
    from_middle, to_middle = share @ source, share @ target
    u, _, vt = np.linalg.svd((target - to_middle).T @ ((source - from_middle) * share[:, None]))
    turn = u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))]) @ vt
    return np.column_stack([turn, to_middle - turn @ from_middle])


def moved(points: FloatArray, matrix: FloatArray) -> FloatArray:
    """Return points (n, 3) moved by a matrix (3, 4)."""
    result: FloatArray = points @ matrix[:, :3].T + matrix[:, 3]
    return result


def residuals(straightened: FloatArray) -> FloatArray:
    """Return the root mean square distance (T,), mm, of straightened landmarks (T, 68, 3) from the mean face's."""
    result: FloatArray = np.sqrt(np.nanmean(((straightened - MEAN_FACE_MM) ** 2).sum(axis=-1), axis=-1))
    return result


def check_unit(landmarks: FloatArray, settings: MeshSettings) -> None:
    """Refuse a face whose eyes are not as far apart as a person's.

    Parameters
    ----------
    landmarks : ndarray of shape (68, 3)
        In mm by ``unit_mm``.
    settings : MeshSettings
        Reads ``unit_mm`` and ``eye_distance_mm``.

    Raises
    ------
    BadClipError
        Names the distance, and the unit that fits.
    """
    low, high = settings.eye_distance_mm
    first, second = eye_centres(landmarks)
    found = float(np.linalg.norm(second - first))
    if low <= found <= high:
        return
    fitting = [unit for unit in _UNITS_MM if low <= found / settings.unit_mm * unit <= high]
    near = [
        unit for unit in fitting if abs(np.log(found / settings.unit_mm * unit / ADULT_EYE_DISTANCE_MM)) < np.log(1.4)
    ]
    advice = (
        f"They are {found / settings.unit_mm * near[0]:.0f} mm apart if the mesh is in {_UNITS_MM[near[0]]}: set "
        f"meshes.unit_mm to {near[0]:g}"
        if near
        else "No usual unit fits: are the 3D landmarks in dlib's order, and in the unit of the mesh?"
    )
    raise BadClipError(
        f"expected eyes {low:g} to {high:g} mm apart (meshes.eye_distance_mm), found {found:.3g} mm with "
        f"meshes.unit_mm {settings.unit_mm:g}. {advice}"
    )
