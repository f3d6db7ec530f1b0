"""Pinhole back-projection: depth pixels to points of the camera frame, and back.

Lite-Point-GCN, eq. 1. Camera frame: x right, y down, z forward, metres; pixel centres are integers. By hand: with
f = 1000 px and the principal point (100, 50), the pixel (110, 50) at 500 mm is the point (0.005, 0, 0.5) m.
The authors' files hold (X, -Y, -Z), Open3D's viewing frame; merflow keeps the camera's.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

MM_PER_M = 1000.0


class Camera(NamedTuple):
    """A pinhole camera without distortion.

    Parameters
    ----------
    fx_px, fy_px : float
        Focal lengths of x and y, px.
    cx_px, cy_px : float
        Principal point, full-frame px.
    """

    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float

    @classmethod
    def of_frames(cls, size: tuple[int, int], focal_px: float, cx_px: float | None, cy_px: float | None) -> "Camera":
        """Return the camera of frames of (width, height) px; a principal point that is not given is their middle."""
        width, height = size
        cx, cy = width / 2 if cx_px is None else cx_px, height / 2 if cy_px is None else cy_px
        return cls(fx_px=focal_px, fy_px=focal_px, cx_px=cx, cy_px=cy)


def unproject(depth: NDArray[Any], pixel_x: NDArray[Any], pixel_y: NDArray[Any], camera: Camera) -> NDArray[np.float64]:
    """Turn pixels with depth into points.

    Parameters
    ----------
    depth : ndarray of shape (N,), mm
        Distance along the optical axis.
    pixel_x, pixel_y : ndarray of shape (N,), full-frame px
    camera : Camera

    Returns
    -------
    ndarray of shape (N, 3), float64, metres
    """
    z = np.asarray(depth, dtype=np.float64) / MM_PER_M
    x = (np.asarray(pixel_x, dtype=np.float64) - camera.cx_px) * z / camera.fx_px
    y = (np.asarray(pixel_y, dtype=np.float64) - camera.cy_px) * z / camera.fy_px
    return np.stack([x, y, z], axis=-1)


def project(points: NDArray[Any], camera: Camera) -> NDArray[np.float64]:
    """Return the full-frame pixel positions, shape (N, 2), of points of shape (N, 3) in metres with z > 0."""
    values = np.asarray(points, dtype=np.float64)
    return values[:, :2] / values[:, 2:] * (camera.fx_px, camera.fy_px) + (camera.cx_px, camera.cy_px)


def depth_points(
    depth: NDArray[Any], camera: Camera, *, origin: tuple[int, int] = (0, 0)
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Back-project every pixel of a depth map that has a value.

    Parameters
    ----------
    depth : ndarray of shape (h, w), mm
        0 and NaN are missing.
    camera : Camera
    origin : tuple of int
        Full-frame (x, y) of the map's pixel (0, 0): a crop has the points of the full frame.

    Returns
    -------
    points : ndarray of shape (N, 3), float64, metres
        In row order of the pixels.
    pixel : ndarray of shape (N, 2), intp
        Full-frame (x, y) of each point.
    """
    row, column = np.nonzero(np.isfinite(depth) & (depth > 0))
    pixel = np.stack([column + origin[0], row + origin[1]], axis=-1)
    return unproject(depth[row, column], pixel[:, 0], pixel[:, 1], camera), pixel
