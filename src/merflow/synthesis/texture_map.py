"""Where each point of the head lies on its texture: a cylinder around the mean head, with patches for the eyes.

The texture has 1024 rows and 1400 columns, about 3.5 texels a mm on the skin. The outermost columns would show the back
of the head, which no frontal camera sees; the left ones hold the eyeballs and one flat colour each for teeth, tongue
and the inside of the mouth, so that a lid can slide over an eye without taking the eye's colour along.
"""

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.asset import MATERIALS

FloatArray = NDArray[np.float64]

ROWS, COLUMNS = 1024, 1400
AXIS_BEHIND_EYES_MM = 75.0
"""The head's vertical axis, of the cylinder and of the neck's pivot, lies this far behind the eyes."""
TOP_MM, HEIGHT_MM = 135.0, 300.0
ANGLE_SPAN = 4.2
"""Radians around the axis over the width of the texture."""
STRIP_U = 0.06
"""The skin keeps to ``STRIP_U <= u <= 1 - STRIP_U``."""
EYE_RADIUS_TEXELS = 40
EYE_TEXELS_PER_MM = 2.7
PATCH_CENTRES = {
    "eye_left": (48, 40),
    "eye_right": (144, 40),
    "teeth": (230, 40),
    "tongue": (260, 40),
    "inside_mouth": (290, 40),
}
"""Row and column of each patch's middle, texels."""


def texture_coordinates(mean: FloatArray, materials: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the texture coordinates of the refined mesh.

    Parameters
    ----------
    mean : ndarray of shape (V, 3)
        Mean head, mm, head frame.
    materials : ndarray of shape (V,)
        Index into :data:`merflow.synthesis.asset.MATERIALS`.

    Returns
    -------
    ndarray of shape (V, 2), float32
        (u, v) in [0, 1], v down. By hand: the midpoint between the eyes lies at (.5, .45); a point 60 mm to image right
        and 75 mm in front of the axis at u = .5 + atan2(60, 75) / 4.2 = .661.
    """
    uv, _ = cylinder_uv(mean)
    uv = np.clip(uv, [STRIP_U, 0.0], [1 - STRIP_U, 1.0])
    for name, (row, column) in PATCH_CENTRES.items():
        chosen = materials == MATERIALS.index(name)
        uv[chosen] = (column + 0.5) / COLUMNS, (row + 0.5) / ROWS
        if name.startswith("eye"):
            offset = (mean[chosen] - mean[chosen].mean(axis=0))[:, :2] * EYE_TEXELS_PER_MM
            uv[chosen] += offset * [1 / COLUMNS, -1 / ROWS]
    return uv.astype(np.float32)


def cylinder_uv(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the unclipped coordinates (N, 2) of points (N, 3) and their distance (N,) from the cylinder's axis, mm."""
    uv = np.stack([0.5 + angle(points) / ANGLE_SPAN, (TOP_MM - points[:, 1]) / HEIGHT_MM], axis=1)
    return uv, np.hypot(points[:, 0], points[:, 2] + AXIS_BEHIND_EYES_MM)


def angle(points: FloatArray) -> FloatArray:
    """Return the angle around the head's axis of points (..., 3), radians, 0 in front, positive to image right."""
    return np.arctan2(points[..., 0], points[..., 2] + AXIS_BEHIND_EYES_MM)
