"""PLY, binary: the tables of a header, read at once each, and vertices with s and t written.

Open3D 0.20 drops s and t, and the texture's name with them, so this is merflow's own. The format is that of G. Turk,
The PLY Polygon File Format (1994); the texture's name stands in the header as ``comment TextureFile <name>``, which is
how MeshLab and CloudCompare find it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError
from merflow.meshes.mesh import Mesh, check_indices, checked, split_at_seams, triangulated
from merflow.untrusted.mesh_limits import (
    MAX_CORNERS,
    MAX_FACES,
    MAX_HEADER_BYTES,
    MAX_VERTICES,
    check_number,
    mesh_bytes,
)

_ORDERS = {"binary_little_endian": "<", "binary_big_endian": ">"}
_TYPES = {
    **{"char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4"},
    **{"int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4"},
    **{"float": "f4", "double": "f8", "float32": "f4", "float64": "f8"},
}
_MOST = {"vertex": MAX_VERTICES, "face": MAX_FACES}
_INDICES = ("vertex_indices", "vertex_index")
_COORDINATES = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"))
_TEXTURE = "TextureFile"
_MAX_PROPERTIES = 64


class _Property(NamedTuple):
    """A column of a table; `length` is the type of its length where it is a list, else empty."""

    name: str
    dtype: str
    length: str = ""


class _Element(NamedTuple):
    name: str
    rows: int
    properties: list[_Property]


class _Header(NamedTuple):
    order: str
    elements: list[_Element]
    textures: list[str]
    size: int


def read_ply(path: Path) -> Mesh:
    """Read a binary PLY: x, y, z, faces, and texture coordinates of each vertex or of each corner (``texcoord``).

    Faces of more than three corners become triangles.

    Raises
    ------
    BadClipError
        When the file is missing, too large, cut, in text, or is no mesh: see also
        :func:`merflow.meshes.mesh.checked`.
    """
    data = mesh_bytes(path)
    header = _header(data, path)
    tables: dict[str, NDArray[Any]] = {}
    at = header.size
    for element in header.elements:
        tables[element.name], at = _table(data, at, element, header.order, path)
        if {*_MOST} <= {*tables}:
            break
    missing = [name for name in _MOST if name not in tables]
    if missing:
        raise BadClipError(f"expected the elements vertex and face, found no {missing[0]}", source=str(path))
    vertices = _columns(tables["vertex"], ("x", "y", "z"))
    if vertices is None:
        raise BadClipError(f"expected vertices with x, y, z, found {_names(tables['vertex'])}", source=str(path))
    if len({*header.textures}) > 1:
        raise BadClipError(f"expected one texture, found {', '.join(header.textures)}", source=str(path))
    return checked(_mesh(vertices, tables["vertex"], tables["face"], header.textures, path), path)


def write_ply(path: Path, mesh: Mesh) -> None:
    """Write a binary little-endian PLY of float32 x, y, z, s, t and of triangles: the same mesh gives the same bytes.

    Parameters
    ----------
    path : Path
    mesh : Mesh
        Its texture, if it names one, is named in the header and is not written.
    """
    columns = ["x", "y", "z"] + (["s", "t"] if mesh.uv is not None else [])
    vertices = np.empty(len(mesh.vertices), dtype=[(name, "<f4") for name in columns])
    for name, values in zip("xyz", mesh.vertices.T, strict=True):
        vertices[name] = values
    if mesh.uv is not None:
        vertices["s"], vertices["t"] = mesh.uv[:, 0], 1.0 - mesh.uv[:, 1]
    faces = np.empty(len(mesh.triangles), dtype=[("n", "u1"), ("corners", "<i4", (3,))])
    faces["n"], faces["corners"] = 3, mesh.triangles
    lines = [
        *("ply", "format binary_little_endian 1.0"),
        *([f"comment {_TEXTURE} {mesh.texture}"] if mesh.texture else []),
        f"element vertex {len(vertices)}",
        *(f"property float {name}" for name in columns),
        f"element face {len(faces)}",
        *("property list uchar int vertex_indices", "end_header", ""),
    ]
    path.write_bytes("\n".join(lines).encode() + vertices.tobytes() + faces.tobytes())


def _mesh(
    vertices: NDArray[np.float64],
    of_vertex: NDArray[Any],
    of_face: NDArray[Any],
    textures: Sequence[str],
    path: Path,
) -> Mesh:
    name = next((name for name in _INDICES if name in _names(of_face)), None)
    if name is None:
        raise BadClipError(f"expected faces with {_INDICES[0]}, found {_names(of_face)}", source=str(path))
    corners = _list(of_face, name, "corners", path)
    triangles = triangulated(corners).reshape(-1, 3)
    uv = next(filter(lambda found: found is not None, (_columns(of_vertex, pair) for pair in _COORDINATES)), None)
    if uv is None and "texcoord" in _names(of_face) and len(corners):
        check_indices(triangles, len(vertices), "vertices", path)
        k = corners.shape[1]
        each = _list(of_face, "texcoord", "texture coordinates", path)
        if each.shape[1] != 2 * k:
            raise BadClipError(f"expected {2 * k} texture coordinates a face, found {each.shape[1]}", source=str(path))
        pairs, ids = np.unique(each.reshape(-1, 2).astype(np.float64), axis=0, return_inverse=True)
        uv_triangles = triangulated(ids.reshape(-1, k)).reshape(-1, 3)
        vertices, triangles, uv = split_at_seams(vertices, triangles, pairs, uv_triangles)
    down = None if uv is None else np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1).astype(np.float32)
    if len(triangles):
        check_indices(triangles, len(vertices), "vertices", path)
    return Mesh(vertices, triangles.astype(np.int32), down, textures[0] if textures else "")


def _header(data: bytes, path: Path) -> _Header:
    end = data.find(b"end_header", 0, MAX_HEADER_BYTES)
    size = data.find(b"\n", end) + 1
    if not data.startswith(b"ply") or end < 0 or not size:
        raise BadClipError("expected a PLY, found another file, or no end of its header", source=str(path))
    order, elements, textures = "", list[_Element](), list[str]()
    for line in data[:end].decode("utf-8", "replace").splitlines()[1:]:
        words = line.split()
        match words:
            case ["format", kind, *_]:
                order = _order(kind, path)
            case ["comment", word, *rest] if word == _TEXTURE and rest:
                textures.append(_file_name(" ".join(rest)))
            case ["element", name, rows] if rows.isascii() and rows.isdigit() and len(rows) < 20:
                check_number(int(rows), _MOST.get(name, MAX_FACES), _plural(name), path)
                elements.append(_Element(name, int(rows), []))
            case ["property", "list", count, kind, name] if elements and {count, kind} <= {*_TYPES}:
                elements[-1].properties.append(_Property(name, _TYPES[kind], _TYPES[count]))
            case ["property", kind, name] if elements and kind in _TYPES:
                elements[-1].properties.append(_Property(name, _TYPES[kind]))
            case [] | ["comment" | "obj_info", *_]:
                pass
            case _:
                raise BadClipError(f"expected a header of PLY, found the line {line[:80]!r}", source=str(path))
    for element in elements:
        _check_properties(element, path)
    if not order:
        raise BadClipError("expected the format of the PLY in its header, found none", source=str(path))
    return _Header(order, elements, textures, size)


def _check_properties(element: _Element, path: Path) -> None:
    """Refuse an element without columns, with too many, or with two of one name."""
    if len({one.name for one in element.properties}) < len(element.properties) or not (
        0 < len(element.properties) <= _MAX_PROPERTIES
    ):
        raise BadClipError(
            f"expected 1 to {_MAX_PROPERTIES} properties of {element.name}, each named once, found "
            f"{len(element.properties)}",
            source=str(path),
        )


def _order(kind: str, path: Path) -> str:
    if kind not in _ORDERS:
        raise BadClipError(
            f"expected a binary PLY, found the format {kind}: save it as binary, in MeshLab by the box Binary encoding",
            source=str(path),
        )
    return _ORDERS[kind]


def _table(data: bytes, at: int, element: _Element, order: str, path: Path) -> tuple[NDArray[Any], int]:
    """Return the rows of an element, and where the next one begins. Lists have the length that the first row gives."""
    fields: list[tuple[Any, ...]] = []
    first = at
    for one in element.properties:
        if one.length:
            count = np.dtype(order + one.length)
            length = 0
            if element.rows:
                _check_there(data, first + count.itemsize, element, path)
                length = int(np.frombuffer(data, count, 1, first)[0])
                if not 0 <= length <= 2 * MAX_CORNERS:
                    raise BadClipError(
                        f"expected faces of at most {MAX_CORNERS} corners, found a list of {length}", source=str(path)
                    )
            fields += [(f"{one.name} n", count), (one.name, order + one.dtype, (length,))]
        else:
            fields.append((one.name, order + one.dtype))
        first = at + np.dtype(fields).itemsize
    dtype = np.dtype(fields)
    end = at + dtype.itemsize * element.rows
    _check_there(data, end, element, path)
    return np.frombuffer(data, dtype, element.rows, at), end


def _check_there(data: bytes, end: int, element: _Element, path: Path) -> None:
    if end > len(data):
        raise BadClipError(
            f"expected {element.rows} {_plural(element.name)} as the header says, found a file of {len(data)} bytes "
            f"where {end} are needed: it was cut, or its faces have different numbers of corners",
            source=str(path),
        )


def _list(table: NDArray[Any], name: str, what: str, path: Path) -> NDArray[Any]:
    """Return a list (rows, length) that is as long in each row."""
    values = np.asarray(table[name])
    if values.ndim != 2 or (len(values) and (table[f"{name} n"] != values.shape[1]).any()):
        raise BadClipError(
            f"expected faces of one number of {what}, found several: triangulate the mesh and save it again",
            source=str(path),
        )
    if what == "corners" and len(values) and not 3 <= values.shape[1] <= MAX_CORNERS:
        raise BadClipError(f"expected faces of 3 to {MAX_CORNERS} corners, found {values.shape[1]}", source=str(path))
    return values.reshape(len(values), -1) if len(values) else np.empty((0, 3), dtype=np.int64)


def _columns(table: NDArray[Any], names: Sequence[str]) -> NDArray[np.float64] | None:
    if not {*names} <= {*_names(table)} or any(table[name].ndim > 1 for name in names):
        return None
    return np.stack([table[name].astype(np.float64) for name in names], axis=1)


def _names(table: NDArray[Any]) -> list[str]:
    return [name for name in table.dtype.names or () if not name.endswith(" n")]


def _plural(name: str) -> str:
    return {"vertex": "vertices", "face": "faces"}.get(name, f"rows of {name}")


def _file_name(text: str) -> str:
    """Return the last part of a path: a texture lies beside its mesh, wherever it lay when the mesh was made."""
    return text.replace("\\", "/").rpartition("/")[2]
