"""OBJ with its material (MTL): vertices, texture coordinates and faces, parsed as whole columns by NumPy.

Open3D 0.20 reads the right number of vertices in another order (407 mm on the head of the generator), and a vertex is
then no longer the same one in the next frame. Here vertices keep their order.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError
from merflow.meshes.mesh import Mesh, check_indices, checked, fan_corners, split_at_seams
from merflow.untrusted.mesh_limits import MAX_CORNERS, MAX_FACES, MAX_VERTICES, check_number, mesh_lines

_MATERIAL = "face"
_MTL_BYTES = 2**20


def read_obj(path: Path) -> Mesh:
    """Read ``v``, ``vt`` and ``f`` of an OBJ, and the name of the texture from the material beside it.

    Faces of more than three corners become triangles. A vertex that has several texture coordinates is repeated
    (:func:`merflow.meshes.mesh.split_at_seams`). Normals, groups and colours of vertices are passed over.

    Raises
    ------
    BadClipError
        When the file is missing, too large or no mesh, counts vertices backwards, or names several textures: see also
        :func:`merflow.meshes.mesh.checked`.
    """
    lines = mesh_lines(path)
    by_kind: dict[bytes, list[bytes]] = {}
    for line in lines:
        kind, _, rest = line.partition(b" ") if b"\t" not in line else line.replace(b"\t", b" ").partition(b" ")
        if kind in _KEPT:
            by_kind.setdefault(kind, []).append(rest)
    vertices = _numbers(by_kind.get(b"v", []), 3, "vertices", path)
    uv = _numbers(by_kind.get(b"vt", []), 2, "texture coordinates", path)
    corners, uv_corners = _faces(by_kind.get(b"f", []), path)
    if len(corners):
        check_indices(corners, len(vertices), "vertices", path, first=1)
    texture = _texture(path, by_kind.get(b"mtllib", []), by_kind.get(b"usemtl", []))
    if uv_corners is None or not len(corners):
        return checked(Mesh(vertices, corners.astype(np.int32), None, texture), path)
    check_indices(uv_corners, len(uv), "texture coordinates", path, first=1)
    vertices, triangles, of_vertex = split_at_seams(vertices, corners, uv, uv_corners)
    down = np.stack([of_vertex[:, 0], 1.0 - of_vertex[:, 1]], axis=1).astype(np.float32)
    return checked(Mesh(vertices, triangles.astype(np.int32), down, texture), path)


_KEPT = frozenset({b"v", b"vt", b"f", b"mtllib", b"usemtl"})


def write_obj(path: Path, mesh: Mesh) -> None:
    """Write an OBJ of four decimals, and beside it the MTL that names the texture, if the mesh has one.

    The same mesh gives the same bytes.
    """
    parts = [f"mtllib {path.stem}.mtl\nusemtl {_MATERIAL}\n"] if mesh.texture else []
    parts.append("v %.4f %.4f %.4f\n" * len(mesh.vertices) % tuple(mesh.vertices.ravel().tolist()))
    corners = mesh.triangles + 1
    if mesh.uv is None:
        parts.append("f %d %d %d\n" * len(corners) % tuple(corners.ravel().tolist()))
    else:
        up = np.stack([mesh.uv[:, 0], 1.0 - mesh.uv[:, 1]], axis=1)
        parts.append("vt %.6f %.6f\n" * len(up) % tuple(up.ravel().tolist()))
        parts.append("f %d/%d %d/%d %d/%d\n" * len(corners) % tuple(np.repeat(corners.ravel(), 2).tolist()))
    path.write_bytes("".join(parts).encode())
    if mesh.texture:
        text = f"newmtl {_MATERIAL}\nKa 1 1 1\nKd 1 1 1\nKs 0 0 0\nmap_Kd {mesh.texture}\n"
        path.with_suffix(".mtl").write_bytes(text.encode())


def _numbers(rows: Sequence[bytes], columns: int, what: str, path: Path) -> NDArray[np.float64]:
    """Return the first columns of rows of numbers; each row has as many numbers as the first one."""
    check_number(len(rows), MAX_VERTICES, what, path)
    if not rows:
        return np.empty((0, columns))
    widths = {len(row.split()) for row in rows}
    if len(widths) > 1 or min(widths) < columns:
        raise BadClipError(
            f"expected {columns} numbers for each of the {what}, found lines of {_and(sorted(widths))}",
            source=str(path),
        )
    try:
        values = np.fromstring(b" ".join(rows), sep=" ")
    except ValueError as error:
        raise BadClipError(f"expected numbers for {what}, found {_first_word(rows)!r}", source=str(path)) from error
    return values.reshape(len(rows), -1)[:, :columns]


def _faces(rows: Sequence[bytes], path: Path) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
    """Return the vertex of each corner of the triangles (T, 3), and the texture coordinate; None = there are none."""
    check_number(len(rows), MAX_FACES, "faces", path)
    if not rows:
        return np.empty((0, 3), dtype=np.int64), None
    sizes = np.array([len(row.split()) for row in rows])
    if sizes.min() < 3 or sizes.max() > MAX_CORNERS:
        wrong = int(sizes.min() if sizes.min() < 3 else sizes.max())
        raise BadClipError(f"expected faces of 3 to {MAX_CORNERS} corners, found one of {wrong}", source=str(path))
    check_number(int((sizes - 2).sum()), MAX_FACES, "triangles", path)
    parts = _corner_parts(b" ".join(rows), int(sizes.sum()), path)
    triangles = parts[fan_corners(sizes)]
    return triangles[..., 0], triangles[..., 1] if parts.shape[1] > 1 else None


def _corner_parts(text: bytes, n_corners: int, path: Path) -> NDArray[np.int64]:
    """Return vertex, and texture coordinate where there is one, of each corner (corners, 1 or 2), counted from 0."""
    first = text.split(None, 1)[0]
    slashes, double = first.count(b"/"), b"//" in first
    alike = text.count(b"/") == slashes * n_corners and text.count(b"//") == double * n_corners
    values = None
    if alike:
        try:
            values = np.fromstring(text.replace(b"/", b" "), dtype=np.int64, sep=" ")
        except ValueError:
            alike = False
    per_corner = 1 + slashes - double
    if not alike or values is None or len(values) != per_corner * n_corners:
        raise BadClipError(
            f"expected corners of faces written alike, as {first[:40].decode(errors='replace')} is, found others",
            source=str(path),
        )
    lowest = int(values.min())
    if lowest < 0:
        raise BadClipError(
            f"expected vertices counted from 1, found the index {lowest}, which counts backwards: export it again with "
            "absolute indices",
            source=str(path),
        )
    return values.reshape(n_corners, per_corner)[:, : 1 if double else 2] - 1


def _texture(path: Path, libraries: Sequence[bytes], used: Sequence[bytes]) -> str:
    """Return the name of the texture that the materials in use name; empty where none is named.

    Raises
    ------
    BadClipError
        When they name several.
    """
    textures: dict[str, str] = {}
    for library in libraries:
        beside = path.parent / _file_name(library)
        if beside.is_file():
            textures |= _textures_of(beside)
    names = {_text(name) for name in used}
    found = sorted({textures[name] for name in names & {*textures}} if names else {*textures.values()})
    if len(found) > 1:
        raise BadClipError(f"expected one texture, found {', '.join(found)}", source=str(path))
    return found[0] if found else ""


def _textures_of(path: Path) -> dict[str, str]:
    """Return the texture of each material of an MTL."""
    textures, material = dict[str, str](), ""
    for line in mesh_lines(path, most=_MTL_BYTES):
        word, _, rest = line.partition(b" ")
        if word == b"newmtl":
            material = _text(rest)
        elif word.lower() == b"map_kd" and rest.strip():
            textures[material] = _file_name(rest)
    return textures


def _file_name(text: bytes) -> str:
    """Return the last part of a path: what an OBJ names lies beside it, wherever it lay when it was made."""
    return _text(text).replace("\\", "/").rpartition("/")[2]


def _text(data: bytes) -> str:
    return data.strip().decode("utf-8", "replace")


def _first_word(rows: Sequence[bytes]) -> str:
    """Return the first word of the rows that is no number."""
    for word in b" ".join(rows).split():
        try:
            float(word)
        except ValueError:
            return word[:40].decode("utf-8", "replace")
    return ""


def _and(numbers: Sequence[int]) -> str:
    return " and ".join(map(str, numbers[:3]))
