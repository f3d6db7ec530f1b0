"""The file of the demo's head: coordinates in steps of 0.01 mm, sparse deltas, fixed bytes.

=================  ======================  =======================================================================
name               dtype, shape            meaning (n coarse vertices, f quads, V refined vertices)
=================  ======================  =======================================================================
base               i2 (n, 3)               coarse vertices, 0.01 mm, origin midway between the eyeballs
quads              u2 (f, 4)               coarse vertex ids
materials          u1 (f,)                 index into :data:`MATERIALS`
masks              u1 (4, n)               :data:`MASKS`, 0 to 255
macros             i2 (6, n, 3)            deltas of caucasian, asian, african x female, male; eyes held
pair_names         str (41,)               names of the identity pairs
pairs_start        u4 (83,)                delta k (pair k // 2, minus or plus end) holds entries start[k]:start[k+1]
pairs_vertex       u2 (entries,)           coarse vertex of each entry
pairs_delta        i2 (3, entries)         its displacement x, y, z, 0.01 mm
au_numbers         u1 (20,)                FACS number of each action unit
aus_*              as pairs_*              displacement of each action unit at full amplitude
landmarks          i4 (68,)                refined vertex of each landmark
ao                 u1 (V,)                 ambient occlusion, 0 to 255
=================  ======================  =======================================================================
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

QUANTUM_MM = 0.01
MATERIALS = ("skin", "eye_left", "eye_right", "teeth", "tongue", "inside_mouth")
"""What a quad is made of; left and right are those of the image."""
MASKS = ("lips", "inside_mouth", "eyelids", "ears")

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip entry can have


def pack_sparse(name: str, deltas: Sequence[NDArray[np.int16]]) -> dict[str, NDArray[Any]]:
    """Return the three arrays ``<name>_start``, ``_vertex``, ``_delta`` that hold the rows of `deltas` that move."""
    moving = [np.flatnonzero(delta.any(axis=1)) for delta in deltas]
    return {
        f"{name}_start": np.cumsum([0, *map(len, moving)]).astype(np.uint32),
        f"{name}_vertex": np.concatenate(moving).astype(np.uint16),
        f"{name}_delta": np.concatenate([d[m] for d, m in zip(deltas, moving, strict=True)]).T.astype(np.int16),
    }


def unpack_sparse(name: str, arrays: Mapping[str, NDArray[Any]], n_vertices: int) -> NDArray[np.float32]:
    """Return the dense deltas (k, n, 3), mm, that :func:`pack_sparse` packed."""
    start = arrays[f"{name}_start"].astype(np.int64)
    dense = np.zeros((len(start) - 1, n_vertices, 3), dtype=np.float32)
    for k, (low, high) in enumerate(pairwise(start)):
        dense[k, arrays[f"{name}_vertex"][low:high]] = arrays[f"{name}_delta"][:, low:high].T * QUANTUM_MM
    return dense


def write_asset(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a compressed ``.npz`` without times: the same arrays give the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
            info.create_system = 3
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, buffer.getvalue(), compresslevel=9)


def read_asset(path: Path) -> dict[str, NDArray[Any]]:
    """Read what :func:`write_asset` wrote."""
    with np.load(path, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
