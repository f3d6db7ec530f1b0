"""Cropping: which vertices of a straightened mesh are the face, and which lie off its surface."""

import numpy as np
from numpy.typing import NDArray

from merflow.landmarks.outline import BROWS, JAW, OUTER_EYE_CORNERS
from merflow.stages.meshes.settings import MeshSettings

FloatArray = NDArray[np.float64]
Bools = NDArray[np.bool_]


def in_face(
    vertices: FloatArray, triangles: NDArray[np.integer], landmarks: FloatArray, settings: MeshSettings
) -> Bools:
    """Tell which vertices (V,) are the face.

    R: within the convex hull of the jaw and the raised brows as seen from the front, and a margin around it; not too
    far behind the foremost landmark; and part of a piece that is large enough, so that nothing flies before the face.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3)
        Straightened, mm.
    triangles : ndarray of shape (T, 3)
    landmarks : ndarray of shape (68, 3)
        Straightened, mm; jaw, brows and corners of the eyes are there.
    settings : MeshSettings
    """
    from scipy.spatial import ConvexHull

    first, second = OUTER_EYE_CORNERS
    raised = landmarks[list(BROWS), :2].copy()
    raised[:, 1] += settings.brow_extension * np.linalg.norm(landmarks[second] - landmarks[first])
    edges = ConvexHull(np.concatenate([landmarks[list(JAW), :2], raised])).equations
    outside = (vertices[:, :2] @ edges[:, :2].T + edges[:, 2]).max(axis=1)
    near = vertices[:, 2] > np.nanmax(landmarks[:, 2]) - settings.depth_mm
    inside = (outside <= settings.margin_mm) & near
    return np.asarray(inside & _in_large_parts(inside, triangles, settings.smallest_part))


def off_surface(vertices: FloatArray, triangles: NDArray[np.integer], settings: MeshSettings) -> Bools:
    """Tell which vertices (V,), each in a triangle, are spikes.

    The distance to the nearest neighbour is compared with the mean of this distance over the neighbours. On the head of
    the generator the ratio is at most 1.53; 95 % of the vertices that are moved off by 6 mm have more than 2.2.
    """
    first, second = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    ends, others = np.concatenate([first, second]), np.concatenate([second, first])
    nearest = np.full(len(vertices), np.inf)
    np.minimum.at(nearest, ends, np.linalg.norm(vertices[ends] - vertices[others], axis=1))
    usual = np.bincount(ends, nearest[others], len(vertices)) / np.bincount(ends, minlength=len(vertices))
    return np.asarray(nearest > settings.spike_ratio * usual)


def _in_large_parts(inside: Bools, triangles: NDArray[np.integer], share: float) -> Bools:
    """Tell which vertices are in parts of at least a share of the largest part's vertices; parts hang together."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    kept = triangles[inside[triangles].all(axis=1)]
    pairs = np.concatenate([kept[:, :2], kept[:, 1:]])
    joined = coo_array((np.ones(len(pairs), dtype=bool), (pairs[:, 0], pairs[:, 1])), shape=(len(inside),) * 2)
    _, part = connected_components(joined, directed=False)
    in_triangle = np.zeros(len(inside), dtype=bool)
    in_triangle[kept] = True
    sizes = np.bincount(part[in_triangle], minlength=int(part.max()) + 1)
    return np.asarray(in_triangle & (sizes[part] >= share * sizes.max()))
