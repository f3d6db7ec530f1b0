"""One Catmull-Clark step as a sparse matrix: what is linear in the coarse vertices is linear in the fine ones."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Subdivision:
    """Result of one step on a mesh of n vertices, e edges and f quads.

    Parameters
    ----------
    matrix : csr_array of shape (n + e + f, n)
        Rows: moved coarse vertices, edge points, face points. Every row sums to 1.
    quads : ndarray of shape (4 f, 4)
        Fine quads, wound as the coarse ones; fine quads 4 i to 4 i + 3 lie in coarse quad i.
    """

    matrix: sp.csr_array
    quads: IntArray


def catmull_clark(quads: IntArray, n_vertices: int) -> Subdivision:
    """Refine a quad mesh once (Catmull and Clark 1978), with cubic B-splines along its borders.

    Parameters
    ----------
    quads : ndarray of shape (f, 4)
        Vertex ids of each face; every vertex must be used.
    n_vertices : int
        Coarse vertices.

    Returns
    -------
    Subdivision
    """
    edges, edge_of_side, faces_of_edge = _edges(quads)
    n, e, f = n_vertices, len(edges), len(quads)
    face_points = _rows(np.repeat(np.arange(f), 4), quads.ravel(), np.full(4 * f, 0.25), (f, n))
    middles = _rows(np.repeat(np.arange(e), 2), edges.ravel(), np.full(2 * e, 0.5), (e, n))
    faces_to_edges = _rows(
        edge_of_side.ravel(), np.repeat(np.arange(f), 4), 0.5 / faces_of_edge[edge_of_side].ravel(), (e, f)
    )
    border = faces_of_edge == 1
    inner_weight = sp.diags_array(np.where(border, 0.0, 1.0))
    edge_points = sp.diags_array(np.where(border, 1.0, 0.5)) @ middles + inner_weight @ faces_to_edges @ face_points
    vertex_points = _vertex_points(quads, edges, border, face_points, middles)
    matrix = sp.csr_array(sp.vstack([vertex_points, edge_points, face_points]))
    fine = np.stack(
        [quads, n + edge_of_side, np.repeat(n + e + np.arange(f)[:, None], 4, 1), n + np.roll(edge_of_side, 1, 1)], -1
    )
    return Subdivision(matrix, fine.reshape(-1, 4))


def _edges(quads: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return the edges (e, 2), the edge of each quad side (f, 4) and how many faces share each edge (e,)."""
    sides = np.sort(np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    edges, inverse, counts = np.unique(sides, axis=0, return_inverse=True, return_counts=True)
    return edges, inverse.reshape(quads.shape), counts


def _vertex_points(
    quads: IntArray, edges: IntArray, border: NDArray[np.bool_], face_points: sp.csr_array, middles: sp.csr_array
) -> sp.csr_array:
    """Return the rows of the moved coarse vertices: (Q + 2 R + (k - 3) P) / k inside, 1/8 3/4 1/8 on a border."""
    n = face_points.shape[1]
    valence = np.bincount(edges.ravel(), minlength=n).astype(float)
    at_faces = _rows(quads.ravel(), np.repeat(np.arange(len(quads)), 4), np.ones(quads.size), (n, len(quads)))
    at_edges = _rows(edges.ravel(), np.repeat(np.arange(len(edges)), 2), np.ones(edges.size), (n, len(edges)))
    n_faces = np.bincount(quads.ravel(), minlength=n).astype(float)
    inner = (
        sp.diags_array(1.0 / (valence * n_faces)) @ at_faces @ face_points
        + sp.diags_array(2.0 / valence**2) @ at_edges @ middles
        + sp.diags_array((valence - 3.0) / valence)
    )
    rim = edges[border]
    around = _rows(rim.ravel(), rim[:, ::-1].ravel(), np.full(rim.size, 0.125), (n, n)) + 0.75 * sp.eye_array(n)
    on_border = np.isin(np.arange(n), rim).astype(float)
    return sp.csr_array(sp.diags_array(1.0 - on_border) @ inner + sp.diags_array(on_border) @ around)


def _rows(row: IntArray, column: IntArray, value: NDArray[np.float64], shape: tuple[int, int]) -> sp.csr_array:
    """Return a sparse matrix from triplets; repeated entries add up."""
    return sp.csr_array(sp.coo_array((value, (row, column)), shape=shape))
