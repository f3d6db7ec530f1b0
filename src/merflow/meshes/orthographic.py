"""A mesh as seen from the front or from a side, without perspective: what each pixel sees. Compiled with Numba."""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class View:
    """A square picture of the frontal frame, turned about the vertical axis through its middle.

    Parameters
    ----------
    yaw : float
        Degrees. Positive yaw turns the face to image right, so that its image-left side is seen.
    size_px : int
        Side of the picture.
    mm_per_px : float
        Size of a pixel.
    middle : tuple of float
        (x, y, z) of the frontal frame, mm, which lies in the middle of every view.
    """

    yaw: float
    size_px: int
    mm_per_px: float
    middle: tuple[float, float, float]

    def turned(self, vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return vertices (V, 3) of the frontal frame in that of the view, mm: x right, y up, z towards the viewer."""
        angle = np.radians(self.yaw)
        turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
        moved: NDArray[np.float64] = (vertices - self.middle) @ turn.T
        return moved

    def pixels(self, turned: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (x, y) px of turned points (V, 3): pixel centres at integers, y down."""
        half = (self.size_px - 1) / 2
        places: NDArray[np.float64] = turned[:, :2] * [1 / self.mm_per_px, -1 / self.mm_per_px] + half
        return places


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
    finite = np.asarray(np.isfinite(turned).all(axis=1))
    numbers = np.flatnonzero(finite[triangles].all(axis=1)).astype(np.int32)
    whole = triangles[numbers].astype(np.int32)
    places, weights, z = _fill(np.ascontiguousarray(view.pixels(turned)), turned[:, 2].copy(), whole, view.size_px)
    numbered = np.append(numbers, np.int32(-1))  # place -1 is the last one
    return Projection(numbered[places], weights, z)


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
    corners = uv[triangles[projection.triangle]].astype(np.float32)
    at = np.einsum("hwk,hwkc->hwc", projection.weights, corners)
    columns, rows = (at[..., axis] * texture.shape[1 - axis] - 0.5 for axis in (0, 1))
    colours = cv2.remap(texture, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.where(seen[..., None], colours, 0), dtype=np.uint8)


@numba.njit(cache=True)
def _fill(xy: Any, z: Any, triangles: Any, size: int) -> Any:
    """Fill the pictures; a pixel on an edge belongs to the triangle that is nearer to the viewer, or comes first."""
    triangle = np.full((size, size), -1, dtype=np.int32)
    weights = np.zeros((size, size, 3), dtype=np.float32)
    nearest = np.full((size, size), np.nan, dtype=np.float32)
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, bx, by, cx, cy = xy[a, 0], xy[a, 1], xy[b, 0], xy[b, 1], xy[c, 0], xy[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0:
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
