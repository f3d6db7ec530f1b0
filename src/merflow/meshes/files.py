"""Files of meshes by their suffix, and the text of their 3D landmarks."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError
from merflow.meshes.mesh import Mesh
from merflow.meshes.obj import read_obj, write_obj
from merflow.meshes.ply import read_ply, write_ply
from merflow.meshes.vrml import read_vrml
from merflow.untrusted.mesh_limits import mesh_lines

N_LANDMARKS = 68
_LANDMARK_BYTES = 2**20
_READERS = {".ply": read_ply, ".obj": read_obj, ".wrl": read_vrml}
_WRITERS = {".ply": write_ply, ".obj": write_obj}


def read_mesh(path: Path) -> Mesh:
    """Read a mesh, PLY, OBJ or VRML by its suffix; raises BadClipError as these do, and for another suffix."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise BadClipError(
            f"expected a mesh as .ply, .obj or .wrl, found {path.suffix or 'no suffix'}", source=str(path)
        )
    return reader(path)


def write_mesh(path: Path, mesh: Mesh) -> None:
    """Write a mesh, PLY or OBJ by its suffix."""
    _WRITERS[path.suffix.lower()](path, mesh)


def read_landmarks(path: Path) -> NDArray[np.float64]:
    """Read 3D landmarks: a line ``x y z`` each, in the order and the unit of the mesh; ``#`` begins a comment.

    Returns
    -------
    ndarray of shape (68, 3)
        dlib's order.

    Raises
    ------
    BadClipError
        When the file is missing, has another number of points, or one that is not finite.
    """
    lines = [line.partition(b"#")[0].split() for line in mesh_lines(path, most=_LANDMARK_BYTES)]
    try:
        rows = [[float(word) for word in words] for words in lines if words]
    except ValueError as error:
        raise BadClipError(f"expected lines of x y z, found another word: {error}", source=str(path)) from error
    if path.suffix.lower() == ".bnd":
        raise BadClipError(
            f"expected {N_LANDMARKS} landmarks in dlib's order, found {len(rows)} of BU-4DFE: which of these are which "
            "of those was not published; write landmarks of each frame, and set the dataset's landmarks to them",
            source=str(path),
        )
    if len(rows) != N_LANDMARKS or {len(row) for row in rows} != {3}:
        raise BadClipError(
            f"expected {N_LANDMARKS} lines of x y z, found {len(rows)} of {sorted({len(row) for row in rows})} numbers",
            source=str(path),
        )
    points = np.array(rows)
    wrong = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(wrong):
        raise BadClipError(f"expected finite landmarks, found landmark {wrong[0]} missing", source=str(path))
    return points


def write_landmarks(path: Path, points: NDArray[np.float64]) -> None:
    """Write 3D landmarks (68, 3) as :func:`read_landmarks` reads them, four decimals each."""
    lines = "%.4f %.4f %.4f\n" * len(points) % tuple(points.ravel().tolist())
    path.write_bytes(("# x y z of 68 landmarks, dlib's order\n" + lines).encode())
