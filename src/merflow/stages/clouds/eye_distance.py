"""Plausibility of the camera: eyes that are too close or too far apart in space were seen by another camera.

The distance between the eyes in mm follows from the landmarks, the depth and the focal length, and is similar in all
adults. A focal length of another camera, or of the full picture for a picture of half the size, makes faces too narrow
or too wide, and no later stage could notice.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError
from merflow.landmarks.outline import eye_centres, face_mask
from merflow.stages.clouds.back_projection import MM_PER_M, Camera, unproject
from merflow.stages.faces.plausibility import ADULT_EYE_DISTANCE_MM

EYE_RADIUS = 0.25
"""Of the distance of the eyes in the picture: depth around an eye, since pupil and glasses often have none."""


@dataclass(frozen=True, slots=True)
class EyeDistance:
    """What a camera makes of the eyes.

    Parameters
    ----------
    space_mm : float
        Distance of the eyes in space.
    picture_px : float
        Distance of the eyes in the picture.
    depth_mm : float
        Mean distance of the eyes along the optical axis.
    """

    space_mm: float
    picture_px: float
    depth_mm: float


def eye_distance(
    depth: NDArray[Any], landmarks: NDArray[Any], camera: Camera, *, origin: tuple[int, int]
) -> EyeDistance:
    """Measure the distance of the eyes; a head that is turned to the side has the same.

    Parameters
    ----------
    depth : ndarray of shape (h, w), mm, NaN = missing
        Native crop.
    landmarks : ndarray of shape (68, 2), full-frame px
    camera : Camera
    origin : tuple of int
        Full-frame (x, y) of the crop's pixel (0, 0).

    Returns
    -------
    EyeDistance
        Each eye's depth is the median around it, or that of the face where there is none. NaN when the face has none.

    Notes
    -----
    By hand: eyes 100 px apart, both at 630 mm, seen with f = 1000 px, are 63 mm apart.
    """
    eyes = eye_centres(landmarks)
    apart_px = float(np.linalg.norm(eyes[1] - eyes[0]))
    depth_mm = np.array([_depth_around(depth, eye - origin, EYE_RADIUS * apart_px) for eye in eyes])
    if not np.isfinite(depth_mm).all():
        face = depth[face_mask(landmarks - np.asarray(origin), (depth.shape[0], depth.shape[1]))]
        depth_mm = np.where(np.isfinite(depth_mm), depth_mm, _median(face))
    points = unproject(depth_mm, eyes[:, 0], eyes[:, 1], camera)
    apart_mm = float(np.linalg.norm(points[1] - points[0])) * MM_PER_M
    return EyeDistance(space_mm=apart_mm, picture_px=apart_px, depth_mm=float(depth_mm.mean()))


def check_eye_distance(
    found: EyeDistance, camera: Camera, limits_mm: tuple[float, float], *, block: str = "clouds", own: bool = False
) -> None:
    """Refuse eyes that are not as far apart as a person's.

    For the message, `block` is that of the settings, and `own` says that the camera is the clip's and not theirs.

    Raises
    ------
    BadClipError
        Names what was measured, the settings behind it, and the focal length and the unit that would fit.
    """
    if np.isnan(found.space_mm) or limits_mm[0] <= found.space_mm <= limits_mm[1]:
        return
    ratio = found.space_mm / ADULT_EYE_DISTANCE_MM
    named = "the focal length of the clip's intrinsics," if own else f"{block}.focal_px"
    raise BadClipError(
        f"expected eyes {limits_mm[0]:g} to {limits_mm[1]:g} mm apart ({block}.eye_distance_mm), found "
        f"{found.space_mm:.0f} mm: they are {found.picture_px:.0f} px apart at {found.depth_mm:.0f} mm, seen with "
        f"{named} {camera.fx_px:g}. Eyes {ADULT_EYE_DISTANCE_MM:g} mm apart there have a focal length of "
        f"about {camera.fx_px * ratio:.0f} px: is it another camera's, or are the pictures {ratio:.2g} times the "
        f"size? If it is right, the dataset's depth_unit_mm is {ratio:.2g} times what it should be, or the landmarks "
        "are not on the eyes"
    )


def _depth_around(depth: NDArray[Any], centre: NDArray[np.float64], radius: float) -> float:
    """Return the median depth of a square patch, NaN when it has none."""
    (left, top), (right, bottom) = np.rint(centre - radius).astype(int), np.rint(centre + radius).astype(int) + 1
    return _median(depth[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)])


def _median(depth: NDArray[Any]) -> float:
    values = depth[np.isfinite(depth)]
    return float(np.median(values)) if len(values) else float("nan")
