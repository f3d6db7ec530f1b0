"""Mesh: vertices, triangles and texture coordinates, and what every mesh that was read must hold."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError

FloatArray = NDArray[np.float64]
Int32Array = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Mesh:
    """A triangle mesh; V vertices, T triangles.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3), float64
        In the unit of the file, x right, y up, z towards the viewer of a frontal face.
    triangles : ndarray of shape (T, 3), int32
        Vertex ids from 0 on.
    uv : ndarray of shape (V, 2), float32, or None
        Texture coordinates, 0 to 1; u to the right, v down, as rows of a picture run. Files count v from the bottom.
    texture : str
        Name of the texture's file, without folder, as the mesh says it; empty = it says none.
    """

    vertices: FloatArray
    triangles: Int32Array
    uv: NDArray[np.float32] | None = None
    texture: str = ""


def checked(mesh: Mesh, path: Path) -> Mesh:
    """Return a mesh that was read, once it can be used.

    Raises
    ------
    BadClipError
        When it has no vertex or no face, a coordinate that is not finite, or a face of vertices that are not there.
    """
    n = len(mesh.vertices)
    if n == 0 or len(mesh.triangles) == 0:
        raise BadClipError(
            f"expected a mesh, found {n} vertices and {len(mesh.triangles)} triangles: export it again",
            source=str(path),
        )
    _check_finite(mesh.vertices, "vertices", path)
    if mesh.uv is not None:
        _check_finite(mesh.uv, "texture coordinates", path)
    check_indices(mesh.triangles, n, "vertices", path)
    return mesh


def check_textured(mesh: Mesh, path: Path, texture: Path | None) -> NDArray[np.float32]:
    """Return the texture coordinates of a mesh that has them, and a texture to look them up in.

    Raises
    ------
    BadClipError
        When one of the two is missing.
    """
    if texture is None:
        named = f"the mesh names {mesh.texture!r}, which is not beside it" if mesh.texture else "the mesh names none"
        raise BadClipError(
            f"expected a texture beside the mesh, found none: {named}. Add it, or set meshes.textures to false",
            source=str(path),
        )
    if mesh.uv is None:
        raise BadClipError(
            f"expected texture coordinates, for there is the texture {texture.name}, found a mesh without any: export "
            "it again with s and t of each vertex (PLY), or with vt (OBJ)",
            source=str(path),
        )
    return mesh.uv


def degenerate(mesh: Mesh) -> NDArray[np.bool_]:
    """Tell which triangles (T,) have no area: they name a vertex twice, or their corners lie in one line."""
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    return np.asarray((np.cross(b - a, c - a) == 0).all(axis=1))


def triangulated(corners: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the triangles (F, k - 2, 3) of faces (F, k) of k corners each: a fan around the first corner."""
    k = corners.shape[1]
    fan = np.stack([np.zeros(k - 2, dtype=int), np.arange(1, k - 1), np.arange(2, k)], axis=1)
    return corners[:, fan].astype(np.int64)


def fan_corners(sizes: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the corners of the triangles (T, 3) of faces of several sizes, in their order.

    Parameters
    ----------
    sizes : ndarray of shape (F,)
        Corners of each face, at least 3; the corners of all faces are counted one after the other, from 0.
    """
    starts = np.cumsum(sizes) - sizes
    places = np.cumsum(sizes - 2) - (sizes - 2)
    corners = np.empty((int((sizes - 2).sum()), 3), dtype=np.int64)
    for size in np.unique(sizes):
        chosen = sizes == size
        fans = triangulated(starts[chosen, None] + np.arange(size))
        corners[places[chosen, None] + np.arange(size - 2)] = fans
    return corners


def split_at_seams(
    vertices: FloatArray, corners: NDArray[np.int64], uv: NDArray[np.float64], uv_corners: NDArray[np.int64]
) -> tuple[FloatArray, NDArray[np.int64], NDArray[np.float64]]:
    """Give each vertex one texture coordinate: one that has several, on a seam of the texture, is repeated.

    The first V vertices keep their places, so that vertices are the same from frame to frame; repeated ones follow.

    Parameters
    ----------
    vertices : ndarray of shape (V, 3)
    corners : ndarray of shape (T, 3)
        Vertex of each corner.
    uv : ndarray of shape (n, 2)
    uv_corners : ndarray of shape (T, 3)
        Texture coordinate of each corner.

    Returns
    -------
    vertices : ndarray of shape (V + repeated, 3)
    triangles : ndarray of shape (T, 3)
    uv : ndarray of shape (V + repeated, 2)
        0 for a vertex that no triangle has.
    """
    pairs, inverse = np.unique(corners.ravel() * len(uv) + uv_corners.ravel(), return_inverse=True)
    owner, coordinate = np.divmod(pairs, len(uv))
    repeats = np.concatenate([[False], owner[1:] == owner[:-1]])
    ids = np.where(repeats, len(vertices) + np.cumsum(repeats) - 1, owner)
    grown = np.concatenate([vertices, vertices[owner[repeats]]])
    of_vertex = np.zeros((len(grown), 2))
    of_vertex[ids] = uv[coordinate]
    return grown, ids[inverse].reshape(corners.shape), of_vertex


def _check_finite(values: NDArray[np.floating], what: str, path: Path) -> None:
    wrong = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(wrong):
        raise BadClipError(
            f"expected finite {what}, found {len(wrong)} that are not, the first is number {wrong[0]} (from 0)",
            source=str(path),
        )


def check_indices(corners: NDArray[np.integer], n: int, what: str, path: Path, *, first: int = 0) -> None:
    """Raise BadClipError where a face names one of `n` vertices or coordinates that is not there.

    Parameters
    ----------
    corners : ndarray of int
        From 0 on.
    n : int
    what : str
        What is counted, for the message.
    path : Path
    first : int
        What the file counts from, for the message.
    """
    low, high = int(corners.min()), int(corners.max())
    if low < 0 or high >= n:
        wrong = low if low < 0 else high
        raise BadClipError(
            f"expected faces of {what} {first} to {n - 1 + first}, found the index {wrong + first}", source=str(path)
        )
