"""The demo's head: one topology in which shape, identity and expression are linear in the coarse vertices.

Head frame: mm, origin midway between the centres of the eyeballs, +x the subject's left (image right), +y up,
+z towards the camera. The asset is built by ``tools/build_head_asset.py``; ``assets/PROVENANCE.md`` says from what.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from merflow.synthesis.action_units import ACTION_UNITS
from merflow.synthesis.asset import MASKS, MATERIALS, QUANTUM_MM, read_asset, unpack_sparse
from merflow.synthesis.subdivision import catmull_clark
from merflow.synthesis.texture_map import AXIS_BEHIND_EYES_MM, texture_coordinates

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]

ASSET = Path(__file__).parent / "assets" / "head.npz"
MACRO_NAMES = tuple((race, gender) for race in ("caucasian", "asian", "african") for gender in ("female", "male"))
"""Order of :attr:`HeadModel.macros`."""


@dataclass(frozen=True, slots=True)
class HeadModel:
    """Everything that all subjects share; n coarse vertices, V refined ones, T triangles.

    Parameters
    ----------
    subdivision : csr_array of shape (V, n)
        Refined vertices = ``subdivision @ coarse``.
    triangles : ndarray of shape (T, 3), int32
        Refined vertex ids, counter-clockwise seen from outside.
    materials : ndarray of shape (V,), uint8
        Index into :data:`merflow.synthesis.asset.MATERIALS`.
    weld : ndarray of shape (V,), int32
        Vertices that a seam of the texture map splits share a number; normals are smooth across it.
    uv : ndarray of shape (V, 2), float32
        Texture coordinates in [0, 1]; u to the right, v down.
    ao : ndarray of shape (V,), float32
        Ambient occlusion of the mean head: 1 open sky, 0 none.
    masks : mapping of str to ndarray of shape (V,), float32
        ``lips``, ``inside_mouth``, ``eyelids``, ``ears`` in [0, 1].
    landmarks : ndarray of shape (68,), int32
        Vertex of each landmark, dlib's order, 0-based.
    base : ndarray of shape (n, 3)
        Coarse vertices before any delta, mm.
    macros : ndarray of shape (6, n, 3)
        Deltas, mm, ordered as :data:`MACRO_NAMES`.
    pair_names : tuple of str
        Names of the identity pairs, p of them.
    pairs : ndarray of shape (p, 2, n, 3), float32
        Deltas of each pair's minus and plus end, mm.
    au_bases : mapping of int to ndarray of shape (V, 3), float64
        Displacement at full amplitude of each action unit, mm.
    mean : ndarray of shape (V, 3)
        The mean head (the six macro deltas in equal parts), mm.
    """

    subdivision: sp.csr_array
    triangles: NDArray[np.int32]
    materials: NDArray[np.uint8]
    weld: NDArray[np.int32]
    uv: Float32Array
    ao: Float32Array
    masks: Mapping[str, Float32Array]
    landmarks: NDArray[np.int32]
    base: FloatArray
    macros: FloatArray
    pair_names: tuple[str, ...]
    pairs: Float32Array
    au_bases: Mapping[int, FloatArray]
    mean: FloatArray

    @property
    def pivot(self) -> FloatArray:
        """The point (3,) about which the head turns, mm: 40 mm below the eyes, on the head's axis."""
        return np.array([0.0, -40.0, -AXIS_BEHIND_EYES_MM])

    def au_bases_per_mm(self) -> dict[int, FloatArray]:
        """Return each action unit's displacement (V, 3) when its most mobile point moves by 1 mm, mm."""
        return {au: basis / ACTION_UNITS[au].full_mm for au, basis in self.au_bases.items()}

    def vertex_normals(self, vertices: FloatArray) -> FloatArray:
        """Return outward unit normals of any pose of the mesh, area-weighted, smooth across seams of the texture.

        Parameters
        ----------
        vertices : ndarray of shape (V, 3)
            Head frame, or any frame of the same handedness; in a mirrored one the normals point inward.

        Returns
        -------
        ndarray of shape (V, 3)
        """
        a, b, c = (vertices[self.triangles[:, k]] for k in range(3))
        crosses = np.cross(b - a, c - a)
        corners, n = self.weld[self.triangles], int(self.weld.max()) + 1
        sums = np.stack(
            [sum(np.bincount(corners[:, k], crosses[:, axis], n) for k in range(3)) for axis in range(3)], axis=1
        )
        normals: FloatArray = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        return normals[self.weld]


@cache
def load_head() -> HeadModel:
    """Return the committed head, refined once. It is cached and shared: do not write to its arrays."""
    return head_from_asset(read_asset(ASSET))


def head_from_asset(arrays: Mapping[str, NDArray[Any]]) -> HeadModel:
    """Refine the arrays of the asset; without ``ao`` (while the asset is being built) the sky is open everywhere.

    Parameters
    ----------
    arrays : mapping of str to ndarray
        As described in :mod:`merflow.synthesis.asset`.

    Returns
    -------
    HeadModel
    """
    base, macros = arrays["base"] * QUANTUM_MM, arrays["macros"] * QUANTUM_MM
    n = len(base)
    refined = catmull_clark(arrays["quads"].astype(np.int64), n)
    quads, materials, weld = _split_at_seams(refined.quads, np.repeat(arrays["materials"], 4))
    subdivision = refined.matrix[weld]
    mean: FloatArray = subdivision @ (base + macros.mean(axis=0))
    ends = unpack_sparse("pairs", arrays, n)
    aus = unpack_sparse("aus", arrays, n)
    masks = subdivision @ (arrays["masks"].T / 255.0)
    return HeadModel(
        subdivision=subdivision,
        triangles=_triangles(quads, mean),
        materials=materials,
        weld=weld.astype(np.int32),
        uv=texture_coordinates(mean, materials),
        ao=(arrays["ao"] / 255.0 if "ao" in arrays else np.ones(len(weld))).astype(np.float32),
        masks={name: masks[:, k].astype(np.float32) for k, name in enumerate(MASKS)},
        landmarks=arrays["landmarks"].astype(np.int32),
        base=base,
        macros=macros,
        pair_names=tuple(str(name) for name in arrays["pair_names"]),
        pairs=ends.reshape(-1, 2, n, 3),
        au_bases={int(au): subdivision @ delta for au, delta in zip(arrays["au_numbers"], aus, strict=True)},
        mean=mean,
    )


def _split_at_seams(
    quads: NDArray[np.int64], materials: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    """Give every vertex one material, by copying those where materials meet to the end of the list.

    Returns the quads, the material of each vertex, and the vertex that each one copies (the first ones: themselves).
    """
    n = int(quads.max()) + 1
    of_vertex = np.full(n, len(MATERIALS), dtype=np.uint8)
    np.minimum.at(of_vertex, quads.ravel(), np.repeat(materials, 4))
    foreign = of_vertex[quads] != materials[:, None]
    keys = quads[foreign] * len(MATERIALS) + np.repeat(materials[:, None], 4, axis=1)[foreign]
    copies, inverse = np.unique(keys, return_inverse=True)
    split = quads.copy()
    split[foreign] = n + inverse
    sources = np.concatenate([np.arange(n), copies // len(MATERIALS)])
    return split, np.concatenate([of_vertex, (copies % len(MATERIALS)).astype(np.uint8)]), sources


def _triangles(quads: NDArray[np.int64], mean: FloatArray) -> NDArray[np.int32]:
    """Cut each quad along its shorter diagonal, which keeps creases such as lids and lips from being bridged."""
    first = np.linalg.norm(mean[quads[:, 0]] - mean[quads[:, 2]], axis=1)
    second = np.linalg.norm(mean[quads[:, 1]] - mean[quads[:, 3]], axis=1)
    turned = np.where((second < first)[:, None], np.roll(quads, -1, axis=1), quads)
    return np.concatenate([turned[:, [0, 1, 2]], turned[:, [0, 2, 3]]]).astype(np.int32)
