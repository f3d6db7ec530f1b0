"""The camera of the demo: a pinhole without distortion, by default with CAS(ME)^3's size and focal length."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Camera:
    """Pinhole camera: x right, y down, z forward; pixel centres at integer coordinates.

    Parameters
    ----------
    f : float
        Focal length in px, the same for x and y; by default the one that the Lite-Point-GCN authors use for CAS(ME)^3.
    cx, cy : float
        Principal point, px.
    width, height : int
        Image size, px.
    """

    f: float = 1324.65
    cx: float = 639.5
    cy: float = 359.5
    width: int = 1280
    height: int = 720

    def project(self, points: FloatArray) -> FloatArray:
        """Project camera-frame points to the image.

        Parameters
        ----------
        points : ndarray of shape (..., 3)
            Camera frame, any length unit, z > 0.

        Returns
        -------
        ndarray of shape (..., 2)
            (x, y) in px. By hand: (0, 0, z) lands on (cx, cy) for every z.
        """
        xy: FloatArray = points[..., :2] * (self.f / points[..., 2:3]) + np.array([self.cx, self.cy])
        return xy

    def unproject(self, xy: FloatArray, depth: FloatArray) -> FloatArray:
        """Return the camera-frame points seen at ``xy``, the inverse of :meth:`project`.

        Parameters
        ----------
        xy : ndarray of shape (..., 2)
            Pixel coordinates (x, y).
        depth : ndarray of shape (...)
            z of each point, any length unit.

        Returns
        -------
        ndarray of shape (..., 3)
            Points in the unit of ``depth``.
        """
        z = np.asarray(depth, dtype=np.float64)[..., None]
        return np.concatenate([(xy - np.array([self.cx, self.cy])) * (z / self.f), z], axis=-1)

    def cropped(self, x0: int, y0: int, x1: int, y1: int) -> "Camera":
        """Return the camera of the window from (x0, y0) to (x1, y1), px and end-exclusive, within the image."""
        left, top = max(x0, 0), max(y0, 0)
        right, bottom = min(x1, self.width), min(y1, self.height)
        return Camera(f=self.f, cx=self.cx - left, cy=self.cy - top, width=right - left, height=bottom - top)

    def scaled(self, factor: int) -> "Camera":
        """Return the camera with ``factor`` times finer pixels: factor x factor of them cover an old one."""
        shift = (factor - 1) / 2
        return Camera(
            f=self.f * factor,
            cx=self.cx * factor + shift,
            cy=self.cy * factor + shift,
            width=self.width * factor,
            height=self.height * factor,
        )
