"""Render points: orthographic pictures of a cloud by a z-buffer in NumPy, lightly shaded; needs no window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPAN_M = 0.24
"""Width and height of the view, metres: a head with some air around it."""
SIZE_PX = 480
SPLAT_PX = 3
"""Side of the square that a point covers: closes the gaps between depth pixels 0.4 to 0.7 mm apart."""


def project_orthographic(
    xyz: NDArray[Any], *, yaw_deg: float, size_px: int = SIZE_PX, span_m: float = SPAN_M
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Turn a cloud about its vertical axis and project it without perspective.

    Parameters
    ----------
    xyz : ndarray of shape (N, 3), metres
        Camera frame: x right, y down, z forward.
    yaw_deg : float
        0 is what the camera sees; 90 looks from the right side of the image, so that the nose points left.
    size_px, span_m
        Side of the square view in px and in metres.

    Returns
    -------
    column, row : ndarray of shape (N,), int64
        May lie outside the view.
    depth : ndarray of shape (N,), float64, metres
        Larger is farther from the viewer.
    """
    points = np.asarray(xyz, dtype=np.float64)
    points = points - (points.min(axis=0) + points.max(axis=0)) / 2
    cos, sin = np.cos(np.deg2rad(yaw_deg)), np.sin(np.deg2rad(yaw_deg))
    across, depth = cos * points[:, 0] + sin * points[:, 2], -sin * points[:, 0] + cos * points[:, 2]
    scale = size_px / span_m
    column = np.rint(across * scale + (size_px - 1) / 2).astype(np.int64)
    row = np.rint(points[:, 1] * scale + (size_px - 1) / 2).astype(np.int64)
    return column, row, depth


@dataclass(frozen=True, slots=True)
class View:
    """What is seen of a cloud from one side; computed once, painted in as many colours as wanted.

    Attributes
    ----------
    owner : ndarray of shape (size, size), int64
        The point seen at each pixel, -1 for none.
    shade : ndarray of shape (size, size)
        Brightness in [0, 1] by which its colour is multiplied.
    """

    owner: NDArray[np.int64]
    shade: NDArray[np.float64]

    def paint(self, colours: NDArray[Any]) -> NDArray[np.uint8]:
        """Return the picture (size, size, 3), uint8, on white, for colours (N, 3) in [0, 1]."""
        seen = self.owner >= 0
        image = np.ones((*self.owner.shape, 3))
        image[seen] = np.asarray(colours, dtype=np.float64)[self.owner[seen]] * self.shade[seen, None]
        picture: NDArray[np.uint8] = np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)
        return picture


def view_points(
    xyz: NDArray[Any], *, yaw_deg: float = 0.0, size_px: int = SIZE_PX, span_m: float = SPAN_M, splat_px: int = SPLAT_PX
) -> View:
    """Find which point is seen at each pixel; nearer points hide farther ones.

    Parameters
    ----------
    xyz : ndarray of shape (N, 3), metres
    yaw_deg, size_px, span_m
        As in `project_orthographic`.
    splat_px : int
        Side of the square that a point covers, odd.
    """
    column, row, depth = project_orthographic(xyz, yaw_deg=yaw_deg, size_px=size_px, span_m=span_m)
    order = np.argsort(-depth, kind="stable")
    owner = np.full((size_px, size_px), -1)
    nearest = np.full((size_px, size_px), np.inf)
    reach = splat_px // 2
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            _keep_nearest(owner, nearest, row[order] + dy, column[order] + dx, order, depth[order])
    seen = owner >= 0
    shade = np.ones((size_px, size_px))
    if seen.any():
        shade = _shade(np.where(seen, nearest, np.nan), metres_per_px=span_m / size_px)
    return View(owner, shade)


def _keep_nearest(
    owner: NDArray[np.int64],
    nearest: NDArray[np.float64],
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    number: NDArray[np.int64],
    depth: NDArray[np.float64],
) -> None:
    """Write points, sorted from far to near, where they are nearer than what is there."""
    size = owner.shape[0]
    inside = (row >= 0) & (row < size) & (column >= 0) & (column < size)
    row, column, number, depth = row[inside], column[inside], number[inside], depth[inside]
    nearer = depth < nearest[row, column]
    # Of several points at one pixel NumPy keeps the last one written, which is the nearest.
    owner[row[nearer], column[nearer]] = number[nearer]
    nearest[row[nearer], column[nearer]] = depth[nearer]


def _shade(surface_m: NDArray[np.float64], *, metres_per_px: float) -> NDArray[np.float64]:
    """Return brightness in [0.6, 1] of a depth image (NaN = empty), from normals of the smoothed surface."""
    from scipy.ndimage import gaussian_filter

    covered = np.isfinite(surface_m)
    weight = gaussian_filter(covered.astype(np.float64), 2.5)
    filled = np.where(covered, surface_m, 0.0)
    smooth = gaussian_filter(filled, 2.5) / np.maximum(weight, 1e-6)
    smooth[~covered] = np.median(surface_m[covered])
    down, right = np.gradient(smooth, metres_per_px)
    # The outward normal of depth z(x, y) is (dz/dx, dz/dy, -1); the light comes from in front, a little from above.
    light = np.array([0.0, -0.35, -0.94])
    facing = (right * light[0] + down * light[1] - light[2]) / np.sqrt(right**2 + down**2 + 1)
    shade: NDArray[np.float64] = 0.6 + 0.4 * np.clip(facing, 0, 1)
    return shade
