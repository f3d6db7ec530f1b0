"""Files of meshes by their suffix, and the text of their 3D landmarks."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError
from merflow.landmarks.binghamton import N_BINGHAMTON, dlib_landmarks
from merflow.meshes.mesh import Mesh
from merflow.meshes.obj import read_obj, write_obj
from merflow.meshes.ply import read_ply, write_ply
from merflow.meshes.vrml import read_vrml, write_vrml
from merflow.untrusted.mesh_limits import mesh_lines

N_LANDMARKS = 68
_NUMBERED = 4  # index x y z, as the files of BU-4DFE have it
_LANDMARK_BYTES = 2**20
_READERS = {".ply": read_ply, ".obj": read_obj, ".wrl": read_vrml}
_WRITERS = {".ply": write_ply, ".obj": write_obj, ".wrl": write_vrml}


def read_mesh(path: Path) -> Mesh:
    """Read a mesh, PLY, OBJ or VRML by its suffix; raises BadClipError as these do, and for another suffix."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise BadClipError(
            f"expected a mesh as .ply, .obj or .wrl, found {path.suffix or 'no suffix'}", source=str(path)
        )
    return reader(path)


def write_mesh(path: Path, mesh: Mesh) -> None:
    """Write a mesh, PLY, OBJ or VRML by its suffix."""
    _WRITERS[path.suffix.lower()](path, mesh)


def read_landmarks(path: Path) -> NDArray[np.float64]:
    """Read 3D landmarks: a line ``x y z`` each, in the frame and the unit of the mesh; ``#`` begins a comment.

    68 are in dlib's order. 83 are those of BU-4DFE or BP4D, whose lines may begin with their number.

    Returns
    -------
    ndarray of shape (68, 3)
        dlib's order. Of 83 as :func:`merflow.landmarks.binghamton.dlib_landmarks` tells them, those of the bridge of
        the nose missing (NaN).

    Raises
    ------
    BadClipError
        When the file is missing, has another number of points, one that is not finite, or 83 in another order.
    """
    lines = [line.partition(b"#")[0].split() for line in mesh_lines(path, most=_LANDMARK_BYTES)]
    try:
        rows = [[float(word) for word in words] for words in lines if words]
    except ValueError as error:
        raise BadClipError(f"expected lines of x y z, found another word: {error}", source=str(path)) from error
    widths = {len(row) for row in rows}
    numbered = len(rows) == N_BINGHAMTON and widths == {_NUMBERED}
    if not (numbered or (len(rows) in (N_LANDMARKS, N_BINGHAMTON) and widths == {3})):
        raise BadClipError(
            f"expected {N_LANDMARKS} lines of x y z, or {N_BINGHAMTON} of a number and x y z, found {len(rows)} of "
            f"{sorted(widths)} numbers",
            source=str(path),
        )
    table = np.array(rows)
    if numbered and not (np.diff(table[:, 0]) == 1).all():
        raise BadClipError("expected lines whose numbers count up by 1, found others", source=str(path))
    points = table[:, -3:]
    wrong = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(wrong):
        raise BadClipError(
            f"expected finite landmarks, found landmark {wrong[0]} missing: mark it, or take the files of this frame "
            "away",
            source=str(path),
        )
    return points if len(points) == N_LANDMARKS else dlib_landmarks(points, source=str(path))


def write_landmarks(path: Path, points: NDArray[np.float64]) -> None:
    """Write 3D landmarks (68, 3) as :func:`read_landmarks` reads them, four decimals each."""
    lines = "%.4f %.4f %.4f\n" * len(points) % tuple(points.ravel().tolist())
    path.write_bytes(("# x y z of 68 landmarks, dlib's order\n" + lines).encode())


def write_binghamton(path: Path, points: NDArray[np.float64]) -> None:
    """Write 83 landmarks (83, 3) as BU-4DFE has them, a number and ``x y z`` a line."""
    path.write_text("".join(f"{k} {x:.6f} {y:.6f} {z:.6f}\n" for k, (x, y, z) in enumerate(points)))
