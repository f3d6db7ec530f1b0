"""Bake the ambient occlusion of the mean head by ray casting (Open3D)."""

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.head import HeadModel

RAYS = 192
REACH_MM = 80.0  # what lies further away darkens little
LAMPS = np.array([0.0, 0.6, 1.0]) / np.hypot(0.6, 1.0)
SKY = 0.15  # brightness of the sky away from the lamps, which makes the chin shade the neck
LIFT_MM = 0.3  # rays start this far above the surface, or they would hit it


def ambient_occlusion(head: HeadModel) -> NDArray[np.float64]:
    """Return the open share of the sky (V,) at each vertex of the mean head, cosine-weighted; far hits count less.

    The sky is brighter above and in front, where the studio's lamps are.
    """
    import open3d as o3d

    vertices, normals = head.mean, head.vertex_normals(head.mean)
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(vertices.astype(np.float32), head.triangles.astype(np.uint32))  # type: ignore[call-overload]
    light, total = np.zeros(len(vertices)), np.zeros(len(vertices))
    for sky in _cosine_sky(RAYS):
        direction = normals + sky  # a unit sphere on the tip of the normal is a cosine-weighted hemisphere
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        rays = np.concatenate([vertices + LIFT_MM * normals, direction], axis=1).astype(np.float32)
        hit = scene.cast_rays(o3d.core.Tensor(rays), nthreads=1)["t_hit"].numpy()  # type: ignore[call-overload]
        brightness = SKY + np.maximum(direction @ LAMPS, 0.0) ** 2
        light += brightness * np.where(np.isfinite(hit), np.clip(hit / REACH_MM, 0, 1) ** 0.7, 1.0)
        total += brightness
    return _smoothed(head, light / total)


def _cosine_sky(n: int) -> NDArray[np.float64]:
    """Return n points of the unit sphere on a Fibonacci lattice, shortened a little so that no direction is 0."""
    k = np.arange(n) + 0.5
    z, phi = 1 - 2 * k / n, np.pi * (1 + 5**0.5) * k
    ring = np.sqrt(1 - z**2)
    return 0.999 * np.stack([ring * np.cos(phi), ring * np.sin(phi), z], axis=1)


def _smoothed(head: HeadModel, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average each vertex with its triangles once: ray casting at folds of the lids is noisy from vertex to vertex."""
    corners = head.weld[head.triangles]
    n = int(head.weld.max()) + 1
    welded = np.bincount(head.weld, values, n) / np.bincount(head.weld, minlength=n)
    at_triangles = np.repeat(welded[corners].mean(axis=1), 3)
    around = np.bincount(corners.ravel(), at_triangles, n) / np.bincount(corners.ravel(), minlength=n)
    return np.asarray((0.5 * welded + 0.5 * around)[head.weld])
