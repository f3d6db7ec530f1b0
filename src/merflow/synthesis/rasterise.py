"""A z-buffer: which triangle each pixel sees, and where in it. Compiled with numba, one thread."""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.camera import Camera

Float32Array = NDArray[np.float32]
Int32Array = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Raster:
    """What each pixel sees.

    Parameters
    ----------
    triangle : ndarray of shape (H, W), int32
        Index of the nearest triangle, -1 for background.
    barycentric : ndarray of shape (H, W, 3), float32
        Weights of the triangle's vertices at the surface point (perspective-correct); undefined for background.
    depth : ndarray of shape (H, W), float32
        z of the surface point in the unit of the vertices; infinity for background.
    """

    triangle: Int32Array
    barycentric: Float32Array
    depth: Float32Array

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Mask (H, W) of the pixels that see the mesh."""
        return self.triangle >= 0


def rasterise(vertices: NDArray[np.float64], triangles: Int32Array, camera: Camera) -> Raster:
    """Find the nearest triangle through each pixel centre.

    Both sides of a triangle are drawn, as ray casting would; all triangles must lie in front of the camera.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3), float64
        Camera frame, z > 0.
    triangles : ndarray of shape (T, 3), int32
        Vertex ids.
    camera : Camera
        Projection and image size.

    Returns
    -------
    Raster
    """
    xy = camera.project(vertices)
    z = np.ascontiguousarray(vertices[:, 2], dtype=np.float64)
    triangle, barycentric, depth = _rasterise(np.ascontiguousarray(xy), z, triangles, camera.height, camera.width)
    return Raster(triangle, barycentric, depth)


@numba.njit(cache=True)
def _rasterise(xy, z, triangles, height, width):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Input validated; see :func:`rasterise`.

    A pixel is inside when the cross products with the three edges have the sign of the area; two triangles get the
    exact negative of one another for a shared edge, so no pixel on it is lost. Screen-space weights divided by z are
    weights on the surface.
    """
    triangle = np.full((height, width), -1, dtype=np.int32)
    barycentric = np.empty((height, width, 3), dtype=np.float32)
    depth = np.full((height, width), np.inf, dtype=np.float32)
    inverse_z = 1.0 / z
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, bx, by, cx, cy = xy[a, 0], xy[a, 1], xy[b, 0], xy[b, 1], xy[c, 0], xy[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0:
            continue
        scale = 1.0 / area
        za, zb, zc = inverse_z[a] * scale, inverse_z[b] * scale, inverse_z[c] * scale
        x0 = max(int(np.ceil(min(ax, bx, cx))), 0)
        x1 = min(int(np.floor(max(ax, bx, cx))), width - 1)
        y0 = max(int(np.ceil(min(ay, by, cy))), 0)
        y1 = min(int(np.floor(max(ay, by, cy))), height - 1)
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                pa = ((bx - x) * (cy - y) - (by - y) * (cx - x)) * za
                pb = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) * zb
                pc = ((ax - x) * (by - y) - (ay - y) * (bx - x)) * zc
                if pa < 0.0 or pb < 0.0 or pc < 0.0:
                    continue
                pixel_z = 1.0 / (pa + pb + pc)
                if pixel_z < depth[y, x]:
                    depth[y, x] = pixel_z
                    triangle[y, x] = t
                    barycentric[y, x, 0] = pa * pixel_z
                    barycentric[y, x, 1] = pb * pixel_z
                    barycentric[y, x, 2] = pc * pixel_z
    return triangle, barycentric, depth
