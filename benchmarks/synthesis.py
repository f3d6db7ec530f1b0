"""Rendering: the z-buffer against ray casting, on the head itself."""

from collections.abc import Iterator

import numpy as np

from benchmarks.timing import Case
from merflow.synthesis.camera import Camera
from merflow.synthesis.head import load_head
from merflow.synthesis.identity import identity_geometry, sample_identity
from merflow.synthesis.rasterise import rasterise


def synthesis_cases() -> Iterator[Case]:
    """Yield the comparison of one 1280x720 frame."""
    import open3d as o3d

    head, camera = load_head(), Camera()
    vertices = identity_geometry(head, sample_identity(0)) * (1, -1, -1) + (0, 0, 650)
    triangles = head.triangles
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(vertices.astype(np.float32), triangles.astype(np.uint32))  # type: ignore[call-overload]
    columns, rows = np.meshgrid(np.arange(camera.width), np.arange(camera.height))
    directions = np.stack(
        [(columns - camera.cx) / camera.f, (rows - camera.cy) / camera.f, np.ones(columns.shape)], axis=-1
    )
    from_origin = np.concatenate([np.zeros_like(directions), directions], axis=-1).astype(np.float32)
    rays = o3d.core.Tensor(from_origin)  # type: ignore[call-overload]
    yield Case(
        "z-buffer of a head, 1280x720",
        "Open3D ray casting, one thread",
        lambda: rasterise(vertices, triangles, camera),
        lambda: scene.cast_rays(rays, nthreads=1),
    )
