"""A mesh as seen from the front or from a side, without perspective: what each pixel sees. Compiled with Numba."""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from merflow.meshes.views import View

Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Projection:
    """What each pixel of a view sees; H = W = its size.

    Parameters
    ----------
    triangle : ndarray of shape (H, W), int32
        -1 where there is none.
    weights : ndarray of shape (H, W, 3), float32
        Of the triangle's corners; 0 where there is none.
    z : ndarray of shape (H, W), float32
        Distance towards the viewer from the view's middle, mm; NaN where there is none.
    """

    triangle: NDArray[np.int32]
    weights: Float32Array
    z: Float32Array

    def without(self, mask: NDArray[np.bool_]) -> "Projection":
        """Return a view that sees nothing where the mask (H, W) is true."""
        return Projection(
            np.where(mask, np.int32(-1), self.triangle),
            np.where(mask[..., None], np.float32(0), self.weights),
            np.where(mask, np.float32(np.nan), self.z),
        )


def project(vertices: NDArray[np.floating], triangles: NDArray[np.integer], view: View) -> Projection:
    """Find the triangle nearest to the viewer through each pixel centre.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3)
        Frontal frame, mm. A triangle with a corner that is NaN is not there.
    triangles : ndarray of shape (T, 3)
    view : View
    """
    turned = view.turned(vertices.astype(np.float64))
    corners = np.ascontiguousarray(triangles, dtype=np.int32)
    return Projection(*_fill(np.ascontiguousarray(view.pixels(turned)), turned[:, 2].copy(), corners, view.size_px))


def look_up(
    projection: Projection, triangles: NDArray[np.integer], uv: NDArray[np.floating], texture: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return the texture (H, W, 3) that each pixel sees, bilinear; 0 where it sees none.

    Parameters
    ----------
    projection : Projection
    triangles : ndarray of shape (T, 3)
    uv : ndarray of shape (V, 2)
        0 to 1, v down.
    texture : ndarray of shape (h, w, 3), uint8
    """
    import cv2

    seen = projection.triangle >= 0
    height, width = texture.shape[:2]
    columns, rows = _places(projection.triangle, projection.weights, triangles, uv, width, height)
    colours = cv2.remap(texture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(colours * seen[..., None], dtype=np.uint8)


@numba.njit(cache=True)
def _places(triangle: Any, weights: Any, triangles: Any, uv: Any, width: int, height: int) -> Any:
    """Return column and row of the texture that each pixel sees, px; 0 where it sees none."""
    columns, rows = np.zeros(triangle.shape, dtype=np.float32), np.zeros(triangle.shape, dtype=np.float32)
    for y in range(triangle.shape[0]):
        for x in range(triangle.shape[1]):
            t = triangle[y, x]
            if t < 0:
                continue
            u = v = 0.0
            for corner in range(3):
                vertex = triangles[t, corner]
                u += weights[y, x, corner] * uv[vertex, 0]
                v += weights[y, x, corner] * uv[vertex, 1]
            columns[y, x], rows[y, x] = u * width - 0.5, v * height - 0.5
    return columns, rows


@numba.njit(cache=True)
def _fill(xy: Any, z: Any, triangles: Any, size: int) -> Any:
    """Fill the pictures; a pixel on an edge belongs to the triangle that is nearer to the viewer, or comes first.

    A missing vertex is NaN in all coordinates, and so is the area of its triangles.
    """
    triangle = np.full((size, size), -1, dtype=np.int32)
    weights = np.zeros((size, size, 3), dtype=np.float32)
    nearest = np.full((size, size), np.nan, dtype=np.float32)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, bx, by, cx, cy = xy[a, 0], xy[a, 1], xy[b, 0], xy[b, 1], xy[c, 0], xy[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0 or not np.isfinite(area):
            continue
        scale = 1.0 / area
        x0, x1 = max(int(np.ceil(min(ax, bx, cx))), 0), min(int(np.floor(max(ax, bx, cx))), size - 1)
        y0, y1 = max(int(np.ceil(min(ay, by, cy))), 0), min(int(np.floor(max(ay, by, cy))), size - 1)
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                pa = ((bx - x) * (cy - y) - (by - y) * (cx - x)) * scale
                pb = ((cx - x) * (ay - y) - (cy - y) * (ax - x)) * scale
                pc = ((ax - x) * (by - y) - (ay - y) * (bx - x)) * scale
                if pa < 0.0 or pb < 0.0 or pc < 0.0:
                    continue
                depth = pa * z[a] + pb * z[b] + pc * z[c]
                if triangle[y, x] < 0 or depth > nearest[y, x]:
                    triangle[y, x], nearest[y, x] = t, depth
                    weights[y, x, 0], weights[y, x, 1], weights[y, x, 2] = pa, pb, pc
    return triangle, weights, nearest
