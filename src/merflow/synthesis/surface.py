"""What the surface under each pixel is made of: texture, normal and occlusion. Compiled with numba."""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.rasterise import Raster

Float32Array = NDArray[np.float32]
Int32Array = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class SurfaceSamples:
    """Surface properties under the covered pixels of an image, N of them.

    Parameters
    ----------
    pixel : ndarray of shape (N,), int64
        Flat index (row * W + column) of each pixel.
    albedo : ndarray of shape (N, 3), float32
        Linear RGB reflectance.
    normal : ndarray of shape (N, 3), float32
        Unit normal in the frame of the vertex normals.
    occlusion : ndarray of shape (N,), float32
        Ambient occlusion: 1 open, 0 closed.
    """

    pixel: NDArray[np.int64]
    albedo: Float32Array
    normal: Float32Array
    occlusion: Float32Array


def sample_surface(
    raster: Raster,
    triangles: Int32Array,
    *,
    normals: Float32Array,
    uv: Float32Array,
    occlusion: Float32Array,
    texture: Float32Array,
) -> SurfaceSamples:
    """Interpolate vertex properties and look up the texture for each covered pixel.

    Parameters
    ----------
    raster : Raster
        What each pixel sees.
    triangles : ndarray of shape (T, 3), int32
        Vertex ids.
    normals : ndarray of shape (V, 3), float32
        Unit normals.
    uv : ndarray of shape (V, 2), float32
        Texture coordinates in [0, 1]; u along the columns, v along the rows.
    occlusion : ndarray of shape (V,), float32
        Ambient occlusion.
    texture : ndarray of shape (h, w, 3), float32
        Linear RGB; read bilinearly, repeated at its border.

    Returns
    -------
    SurfaceSamples
    """
    pixel = np.flatnonzero(raster.triangle >= 0)
    albedo, normal, open_share = _sample(
        pixel,
        raster.triangle.ravel(),
        raster.barycentric.reshape(-1, 3),
        triangles,
        normals,
        uv,
        occlusion,
        texture,
    )
    return SurfaceSamples(pixel, albedo, normal, open_share)


@numba.njit(cache=True)
def _sample(pixel, triangle, weights, triangles, normals, uv, occlusion, texture):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Input validated; see :func:`sample_surface`."""
    n = pixel.shape[0]
    albedo = np.empty((n, 3), dtype=np.float32)
    normal = np.empty((n, 3), dtype=np.float32)
    open_share = np.empty(n, dtype=np.float32)
    height, width = texture.shape[:2]
    for i in range(n):
        u = v = o = nx = ny = nz = 0.0
        seen = triangle[pixel[i]]
        for corner in range(3):
            vertex = triangles[seen, corner]
            w = weights[pixel[i], corner]
            u += w * uv[vertex, 0]
            v += w * uv[vertex, 1]
            o += w * occlusion[vertex]
            nx += w * normals[vertex, 0]
            ny += w * normals[vertex, 1]
            nz += w * normals[vertex, 2]
        length = max(np.sqrt(nx * nx + ny * ny + nz * nz), 1e-12)
        normal[i, 0], normal[i, 1], normal[i, 2] = nx / length, ny / length, nz / length
        open_share[i] = o
        x = min(max(u * width - 0.5, 0.0), width - 1.0)
        y = min(max(v * height - 0.5, 0.0), height - 1.0)
        x0, y0 = int(x), int(y)
        x1, y1 = min(x0 + 1, width - 1), min(y0 + 1, height - 1)
        fx, fy = x - x0, y - y0
        for c in range(3):
            top = texture[y0, x0, c] * (1.0 - fx) + texture[y0, x1, c] * fx
            bottom = texture[y1, x0, c] * (1.0 - fx) + texture[y1, x1, c] * fx
            albedo[i, c] = top * (1.0 - fy) + bottom * fy
    return albedo, normal, open_share
