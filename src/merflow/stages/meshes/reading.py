"""Read the meshes of a clip back from a shard, whether its frames have one topology or each its own."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.errors import ArtefactError


@dataclass(frozen=True, slots=True)
class FaceMesh:
    """One frame; V vertices, T triangles.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3), float32
        Frontal frame, mm; NaN = missing.
    triangles : ndarray of shape (T, 3), int32
    uv : ndarray of shape (V, 2), float32, or None
        In `texture`, 0 to 1, v down.
    texture : ndarray of shape (h, w, 3), uint8, or None
    """

    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]
    uv: NDArray[np.float32] | None
    texture: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True)
class ClipMeshes:
    """All frames of a clip.

    Parameters
    ----------
    frames : list of FaceMesh
    constant : bool
        Whether a vertex is the same one in all frames.
    """

    frames: list[FaceMesh]
    constant: bool


def read_meshes(shard: Shard, clip: str) -> ClipMeshes:
    """Read the meshes of a clip from a shard of kind ``meshes``.

    Raises
    ------
    ArtefactError
        When the numbers of vertices and triangles are not those of the arrays, or a triangle has no such vertices.
    """
    attrs = shard.attrs(clip)
    n_vertices, n_triangles = ([int(n) for n in attrs[f"{name}_counts"]] for name in ("vertex", "triangle"))
    vertices, triangles = shard.read(clip, "vertices"), shard.read(clip, "triangles")
    textured = shard.has(clip, "texture") and shard.has(clip, "uv")
    uv = shard.read(clip, "uv") if textured else None
    constant = len(n_triangles) == 1
    expected_uv = n_vertices[0] if constant else sum(n_vertices)
    if (
        min(n_vertices + n_triangles) < 0
        or sum(n_vertices) != len(vertices)
        or sum(n_triangles) != len(triangles)
        or len(n_triangles) not in (1, len(n_vertices))
        or (constant and len(set(n_vertices)) > 1)
        or (uv is not None and len(uv) != expected_uv)
        or triangles.shape[1] != 3
    ):
        raise ArtefactError(f"{shard.path}: expected arrays of the sizes that the clip {clip} tells, found others")
    of_frame = np.split(vertices, np.cumsum(n_vertices)[:-1])
    faces = [triangles] * len(of_frame) if constant else np.split(triangles, np.cumsum(n_triangles)[:-1])
    coordinates = None if uv is None else [uv] * len(of_frame) if constant else np.split(uv, np.cumsum(n_vertices)[:-1])
    textures = shard.read(clip, "texture") if textured else None
    for points, corners in zip(of_frame, faces, strict=True):
        if len(corners) and int(corners.max()) >= len(points):
            raise ArtefactError(f"{shard.path}: expected triangles of {len(points)} vertices in {clip}, found others")
    frames = [
        FaceMesh(
            of_frame[k],
            faces[k],
            None if coordinates is None else coordinates[k],
            None if textures is None else textures[k],
        )
        for k in range(len(of_frame))
    ]
    return ClipMeshes(frames, constant)
