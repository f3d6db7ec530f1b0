"""Meshes of simple things before a face: tubes along a line, and ribbons."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Int32Array = NDArray[np.int32]

_SIDES = 8


@dataclass(frozen=True, slots=True)
class Mesh:
    """Vertices (V, 3), mm, triangles (T, 3) and their linear albedo (T, 3)."""

    vertices: FloatArray
    triangles: Int32Array
    albedo: FloatArray


def joined(meshes: list[Mesh]) -> Mesh:
    """Return several meshes, at least one, as one."""
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes[:-1])])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([m.triangles + start for m, start in zip(meshes, starts, strict=True)]).astype(np.int32),
        np.concatenate([mesh.albedo for mesh in meshes]),
    )


def tube(line: FloatArray, radii: float | FloatArray, colour: FloatArray, *, closed: bool = False) -> Mesh:
    """Return a tube around a line.

    Parameters
    ----------
    line : ndarray of shape (n, 3)
        Points of its axis, mm.
    radii : float or ndarray of shape (n,)
        mm; 0 at an end closes it.
    colour : ndarray of shape (3,)
        Linear albedo.
    closed : bool
        The last point is joined to the first.
    """
    ahead = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    if not closed:
        ahead[0], ahead[-1] = line[1] - line[0], line[-1] - line[-2]
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    upright = np.where(np.abs(ahead[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    across = np.cross(ahead, upright)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    over = np.cross(across, ahead)
    phase = np.arange(_SIDES) * (2 * np.pi / _SIDES)
    ring = np.cos(phase)[None, :, None] * across[:, None] + np.sin(phase)[None, :, None] * over[:, None]
    radius = np.broadcast_to(np.asarray(radii, dtype=np.float64), len(line))
    vertices = (line[:, None] + radius[:, None, None] * ring).reshape(-1, 3)
    return _sheet(vertices, len(line), _SIDES, colour, closed=(closed, True))


def ribbon(line: FloatArray, half_width: float, colour: FloatArray) -> Mesh:
    """Return a strip along a line of shape (n, 3), its width along x, 2 `half_width` mm wide."""
    sides = np.stack([line, line], axis=1)
    sides[:, 0, 0] -= half_width
    sides[:, 1, 0] += half_width
    return _sheet(sides.reshape(-1, 3), len(line), 2, colour, closed=(False, False))


def disc(rim: FloatArray, colour: FloatArray) -> Mesh:
    """Return the surface inside a closed line of shape (n, 3) that its middle sees whole."""
    n = len(rim)
    here = np.arange(n)
    triangles = np.stack([np.full(n, n), here, (here + 1) % n], axis=1).astype(np.int32)
    return Mesh(np.concatenate([rim, rim.mean(axis=0, keepdims=True)]), triangles, np.tile(colour, (n, 1)))


def _sheet(vertices: FloatArray, rows: int, columns: int, colour: FloatArray, *, closed: tuple[bool, bool]) -> Mesh:
    """Join a grid of vertices to triangles; `closed` says whether its last row and column meet the first."""
    row, column = (a.ravel() for a in np.mgrid[: rows - (not closed[0]), : columns - (not closed[1])])
    below, right = (row + 1) % rows, (column + 1) % columns
    a, b, c, d = row * columns + column, row * columns + right, below * columns + column, below * columns + right
    triangles = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)]).astype(np.int32)
    return Mesh(vertices, triangles, np.tile(np.asarray(colour, dtype=np.float64), (len(triangles), 1)))
