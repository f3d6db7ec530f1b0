"""VRML 2.0 (WRL): the one surface of a scan, an IndexedFaceSet, parsed as whole columns by NumPy.

Of the language only this is read: nothing that a file names is opened, and nothing in it is carried out.
"""

import re
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError
from merflow.meshes.mesh import Mesh, check_indices, checked, fan_corners, split_at_seams
from merflow.untrusted.mesh_limits import MAX_CORNERS, MAX_FACES, MAX_VERTICES, check_number, mesh_bytes

_HEAD = b"#VRML V2.0"
_STRING_OR_COMMENT = re.compile(rb'"[^"]*"|#[^\n\r]*')
_DEF = rb"(?:DEF\s+\S{1,100}\s+)?"
_LISTS = {
    "points": re.compile(rb"\bcoord\s+" + _DEF + rb"Coordinate\s*\{\s*point\s*\["),
    "faces": re.compile(rb"\bcoordIndex\s*\["),
    "texture coordinates": re.compile(rb"\btexCoord\s+" + _DEF + rb"TextureCoordinate\s*\{\s*point\s*\["),
    "faces of the texture": re.compile(rb"\btexCoordIndex\s*\["),
}
_MOVED = re.compile(rb"\b(?:translation|rotation|scale|center|scaleOrientation)\s+[-+.\d]")
_TEXTURE = re.compile(rb'\bImageTexture\s*\{\s*url\s*(?:\[\s*)?"([^"]{0,1000})"')
_END_OF_FACE = -1
_Number = TypeVar("_Number", np.float64, np.int64)


def read_vrml(path: Path) -> Mesh:
    """Read ``point``, ``coordIndex``, ``texCoord`` and ``texCoordIndex`` of a VRML 2.0, and the name of the texture.

    Faces of more than three corners become triangles. A vertex that has several texture coordinates is repeated
    (:func:`merflow.meshes.mesh.split_at_seams`). Normals and colours are passed over.

    Raises
    ------
    BadClipError
        When the file is missing, too large, no VRML 2.0, holds several surfaces, or moves its surface (``Transform``):
        see also :func:`merflow.meshes.mesh.checked`.
    """
    data = mesh_bytes(path)
    if not data.lstrip().startswith(_HEAD):
        raise BadClipError(
            f"expected a VRML 2.0, whose first line begins with {_HEAD.decode()}, found {data[:20]!r}", source=str(path)
        )
    text = _STRING_OR_COMMENT.sub(lambda match: match[0] if match[0].startswith(b'"') else b"", data)
    if _MOVED.search(text):
        raise BadClipError(
            "expected coordinates as they are, found a Transform that moves them: export the mesh without",
            source=str(path),
        )
    vertices = _numbers(text, "points", path).reshape(-1, 3)
    corners = _indices(text, "faces", path)
    uv = _numbers(text, "texture coordinates", path).reshape(-1, 2)
    uv_corners = _indices(text, "faces of the texture", path)
    return _mesh(vertices, corners, uv, uv_corners, texture=_texture(text), path=path)


def write_vrml(path: Path, mesh: Mesh) -> None:
    """Write a VRML 2.0 of one surface, with texture coordinates where it has some, as :func:`read_vrml` reads it."""
    faces = "%d, %d, %d, -1,\n" * len(mesh.triangles) % tuple(mesh.triangles.ravel().tolist())
    points = "%.4f %.4f %.4f,\n" * len(mesh.vertices) % tuple(mesh.vertices.ravel().tolist())
    look, coordinates = "", ""
    if mesh.uv is not None:
        up = np.stack([mesh.uv[:, 0], 1.0 - mesh.uv[:, 1]], axis=1)
        pairs = "%.6f %.6f,\n" * len(up) % tuple(up.ravel().tolist())
        coordinates = f"texCoord TextureCoordinate {{ point [\n{pairs}] }}\ntexCoordIndex [\n{faces}]\n"
        look = f'appearance Appearance {{ texture ImageTexture {{ url "{mesh.texture}" }} }}\n'
    text = (
        f"#VRML V2.0 utf8\nShape {{\n{look}geometry IndexedFaceSet {{\ncoord Coordinate {{ point [\n{points}] }}\n"
        f"coordIndex [\n{faces}]\n{coordinates}}}\n}}\n"
    )
    path.write_bytes(text.encode())


def _mesh(
    vertices: NDArray[np.float64],
    corners: NDArray[np.int64],
    uv: NDArray[np.float64],
    uv_corners: NDArray[np.int64],
    *,
    texture: str,
    path: Path,
) -> Mesh:
    triangles, sizes = _triangles(corners, path)
    if len(triangles):
        check_indices(triangles, len(vertices), "vertices", path)
    if not len(uv) or not len(triangles):
        return checked(Mesh(vertices, triangles.astype(np.int32), None, texture), path)
    uv_triangles, uv_sizes = _triangles(uv_corners, path) if len(uv_corners) else (triangles, sizes)
    if not np.array_equal(sizes, uv_sizes):
        raise BadClipError(
            f"expected texCoordIndex of the {len(sizes)} faces of coordIndex, found one of other faces",
            source=str(path),
        )
    check_indices(uv_triangles, len(uv), "texture coordinates", path)
    vertices, triangles, of_vertex = split_at_seams(vertices, triangles, uv, uv_triangles)
    down = np.stack([of_vertex[:, 0], 1.0 - of_vertex[:, 1]], axis=1).astype(np.float32)
    return checked(Mesh(vertices, triangles.astype(np.int32), down, texture), path)


def _triangles(corners: NDArray[np.int64], path: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the triangles (T, 3) of faces that -1 ends, and the corners of each face (F,)."""
    if not len(corners):
        return np.empty((0, 3), dtype=np.int64), np.empty(0, dtype=np.int64)
    closed = corners if corners[-1] == _END_OF_FACE else np.append(corners, _END_OF_FACE)
    ends = np.flatnonzero(closed == _END_OF_FACE)
    sizes = np.diff(ends, prepend=-1) - 1
    check_number(len(sizes), MAX_FACES, "faces", path)
    if sizes.min() < 3 or sizes.max() > MAX_CORNERS:
        wrong = int(sizes.min() if sizes.min() < 3 else sizes.max())
        raise BadClipError(f"expected faces of 3 to {MAX_CORNERS} corners, found one of {wrong}", source=str(path))
    check_number(int((sizes - 2).sum()), MAX_FACES, "triangles", path)
    return closed[closed != _END_OF_FACE][fan_corners(sizes)], sizes


def _numbers(text: bytes, name: str, path: Path) -> NDArray[np.float64]:
    """Return the numbers of a list; none where the file has no such list."""
    found = _list(text, name, path)
    columns = 3 if name == "points" else 2
    values = _parsed(found, np.float64, name, path)
    check_number(len(values) // columns, MAX_VERTICES, name, path)
    if len(values) % columns:
        raise BadClipError(f"expected {columns} numbers for each of the {name}, found {len(values)}", source=str(path))
    return values


def _indices(text: bytes, name: str, path: Path) -> NDArray[np.int64]:
    values = _parsed(_list(text, name, path), np.int64, name, path)
    if len(values) and values.min() < _END_OF_FACE:
        raise BadClipError(
            f"expected {name} of indices from 0 and -1 at their ends, found {values.min()}", source=str(path)
        )
    return values


def _list(text: bytes, name: str, path: Path) -> bytes:
    """Return what stands between the brackets of a list; empty where there is none.

    Raises
    ------
    BadClipError
        When it does not end, or there are several: a file of several surfaces.
    """
    matches = [match for _, match in zip(range(2), _LISTS[name].finditer(text), strict=False)]
    if not matches:
        return b""
    if len(matches) > 1:
        raise BadClipError(f"expected one surface, found several lists of {name}", source=str(path))
    start = matches[0].end()
    end = text.find(b"]", start)
    if end < 0:
        raise BadClipError(f"expected the list of {name} to end, found the end of the file", source=str(path))
    return text[start:end].replace(b",", b" ")


def _parsed(text: bytes, kind: type[_Number], name: str, path: Path) -> NDArray[_Number]:
    if not text.strip():
        return np.empty(0, dtype=kind)
    try:
        return np.fromstring(text, dtype=kind, sep=" ")
    except ValueError as error:
        raise BadClipError(f"expected numbers for {name}, found another word: {error}", source=str(path)) from error


def _texture(text: bytes) -> str:
    """Return the name of the texture, without folder; empty where none is named."""
    match = _TEXTURE.search(text)
    return match[1].decode("utf-8", "replace").replace("\\", "/").rpartition("/")[2] if match else ""
