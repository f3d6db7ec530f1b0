"""Foreign files: HDF5 lets a file read other files, run plug-ins, and claim more than it holds. All this is refused.

Everything here is known from the file's structure, before any value is read; what chunks become is found out by
:mod:`merflow.untrusted.hdf5_chunks`.
"""

import math
import os
from collections.abc import Container, Iterator, Sequence
from typing import Any

import h5py
from h5py import h5a, h5d, h5l, h5o, h5s, h5t

from merflow.untrusted.hdf5_chunks import CHECKSUM_BYTES, LargeChunks, chunk_bytes, zstd_size
from merflow.untrusted.hdf5_texts import SharedTexts, quoted, shortened

MAX_OBJECTS = 100_000
"""Links of one file; a subject of 1 000 clips has some 8 000."""

MAX_ARRAY_BYTES = 2**28
"""Size that any array may claim. A larger one must be stored, or compressed at most `MAX_RATIO` times."""

MAX_BY_ROW_BYTES = 2**30
"""The same of an array that is read row by row: examples of blank pictures are no bomb."""

MAX_RATIO = 64
"""Large arrays of pictures, flow and depth compress 2 to 10 times."""

MAX_CHUNK_BYTES = 2**28
"""A row of the longest sequences takes 2**25."""

MAX_ATTRIBUTE_BYTES = 2**20

_OF_SCALES = ("DIMENSION_LIST", "REFERENCE_LIST")
"""Attributes in which HDF5 notes which scales an array has, and which arrays a scale is of; merflow reads neither."""

_GZIP, _SHUFFLE, _FLETCHER32, _ZSTD = 1, 2, 3, 32015
_FILTERS = {_GZIP: "gzip", _SHUFFLE: "shuffle", _FLETCHER32: "fletcher32", _ZSTD: "zstd"}
_PLAIN = {h5t.INTEGER, h5t.FLOAT, h5t.STRING, h5t.ENUM}
_CLASSES = {
    h5t.REFERENCE: "object references",
    h5t.COMPOUND: "records",
    h5t.VLEN: "arrays of varying length",
    h5t.ARRAY: "arrays of arrays",
    h5t.OPAQUE: "opaque bytes",
}
_SLACK = 1024  # what filters may add to a chunk that does not compress


def foreign_problem(file: h5py.File, *, later: Container[str] = ()) -> str:
    """Return why a file must not be read, ``expected ..., found ...``; empty = nothing is wrong.

    Parameters
    ----------
    file : h5py.File
        Open, nothing read yet.
    later : container of str
        Arrays that are read row by row: their large chunks are not inflated now, since :class:`LargeChunks` does it
        when a row is asked for, and they may claim up to `MAX_BY_ROW_BYTES`.
    """
    if file.userblock_size:
        return "expected HDF5 from the first byte, found other content before it"
    return next(filter(None, _problems(file, later)), "")


def _problems(file: h5py.File, later: Container[str]) -> Iterator[str]:
    texts = SharedTexts(file)
    yield texts.problem_of_sizes()
    links: list[tuple[str, int]] = []

    def note(name: bytes, info: Any) -> bool | None:
        links.append((name.decode("utf-8", "backslashreplace"), info.type))
        return True if len(links) > MAX_OBJECTS else None

    file.id.links.visit(note, info=True)
    if len(links) > MAX_OBJECTS:
        yield f"expected at most {MAX_OBJECTS} links, found more"
    for name, kind in links:
        if kind != h5l.TYPE_HARD:
            what = {h5l.TYPE_EXTERNAL: "a link to another file", h5l.TYPE_SOFT: "a soft link"}
            found = what.get(kind, "a link of a foreign kind")
            yield f"expected groups and arrays, found {found} at /{shortened(name)}"
    for name in (".", *(name for name, _ in links)):
        problem = _object_problem(file, name, texts, by_row=name in later)
        if problem:
            yield f"{problem} at /{shortened(name.removeprefix('.'))}"


def _object_problem(file: h5py.File, name: str, texts: SharedTexts, *, by_row: bool) -> str:
    node = h5o.open(file.id, name.encode())
    if not isinstance(node, h5py.h5g.GroupID | h5d.DatasetID):
        return "expected groups and arrays, found a named type"
    problem = _attributes_problem(node, texts)
    return problem or (_array_problem(file, node, by_row=by_row) if isinstance(node, h5d.DatasetID) else "")


def _attributes_problem(node: h5py.h5g.GroupID | h5d.DatasetID, texts: SharedTexts) -> str:
    entries = 0
    for index in range(h5a.get_num_attrs(node)):
        attribute = h5a.open(node, index=index)
        kind, count = attribute.get_type(), attribute.get_space().get_simple_extent_npoints()
        name = attribute.name.decode("utf-8", "backslashreplace")
        scales = isinstance(node, h5d.DatasetID) and name in _OF_SCALES and _of_scales(kind)
        problem = "" if scales else _type_problem(kind)
        if not problem and count * kind.get_size() > MAX_ATTRIBUTE_BYTES:
            problem = f"expected attributes of at most {MAX_ATTRIBUTE_BYTES} bytes, found a larger one"
        if problem:
            return f"{problem} in the attribute {quoted(name)}"
        if kind.get_class() == h5t.STRING and kind.is_variable_str():
            entries += count
    return texts.problem(entries)


def _of_scales(kind: h5t.TypeID) -> bool:
    """Whether a type is one of those that HDF5 gives `_OF_SCALES`: references to objects of the same file."""
    if kind.get_class() == h5t.VLEN:
        return bool(kind.get_super() == h5t.STD_REF_OBJ)
    if kind.get_class() != h5t.COMPOUND or kind.get_nmembers() != 2:
        return False
    return bool(kind.get_member_type(0) == h5t.STD_REF_OBJ and kind.get_member_class(1) == h5t.INTEGER)


def _type_problem(kind: h5t.TypeID) -> str:
    if kind.get_class() in _PLAIN:
        return ""
    return f"expected numbers and texts, found {_CLASSES.get(kind.get_class(), 'a foreign type')}"


def _array_problem(file: h5py.File, node: h5d.DatasetID, *, by_row: bool) -> str:
    """Return what is wrong with where an array lies, how it is coded, and what it claims."""
    plan = node.get_create_plist()
    if plan.get_external_count():
        return "expected the values in the file itself, found an array that lies in another file"
    if plan.get_layout() == h5d.VIRTUAL:
        return "expected the values in the file itself, found a virtual array, made of other files"
    codes = [plan.get_filter(index)[0] for index in range(plan.get_nfilters())]
    if not set(codes) <= set(_FILTERS) or len(set(codes)) < len(codes) or {_GZIP, _ZSTD} <= set(codes):
        found = ", ".join(_FILTERS.get(code, f"number {code}") for code in codes)
        return f"expected the filters {', '.join(_FILTERS.values())}, each once at most, found {found}"
    if node.get_space().get_simple_extent_type() == h5s.NULL:
        return "expected an array, found an empty data space"
    problem = _type_problem(node.get_type())
    if problem or not math.prod(node.shape):
        return problem
    claimed = math.prod(node.shape) * node.get_type().get_size()
    stored = min(node.get_storage_size(), file.id.get_filesize())
    if claimed > (MAX_BY_ROW_BYTES if by_row else MAX_ARRAY_BYTES) and claimed > MAX_RATIO * stored:
        return f"expected what the file has room for, found an array that claims {claimed} bytes of {stored} stored"
    return _chunk_problem(file, node, codes, inflate=not by_row) if plan.get_layout() == h5d.CHUNKED else ""


def _chunk_problem(file: h5py.File, node: h5d.DatasetID, codes: Sequence[int], *, inflate: bool) -> str:
    size = chunk_bytes(node)
    if size > MAX_CHUNK_BYTES:
        return f"expected chunks of at most {MAX_CHUNK_BYTES} bytes, found one that claims {size}"
    chunks: list[Any] = []
    node.chunk_iter(chunks.append)
    most = max((chunk.size for chunk in chunks), default=0)
    if most > size + size // 100 + _SLACK:
        return f"expected chunks of at most {size} bytes, found one that stores {most}"
    if _ZSTD in codes:
        return _zstd_problem(file, chunks, size, place=codes.index(_ZSTD))
    if _GZIP in codes and inflate:
        return LargeChunks(h5py.Dataset(node)).problem_of_any()
    return ""


def _zstd_problem(file: h5py.File, chunks: Sequence[Any], size: int, *, place: int) -> str:
    """Compare what each frame says of its own size, to which the plug-in holds it, with the chunk's."""
    descriptor = file.id.get_vfd_handle()
    for chunk in chunks:
        if chunk.filter_mask >> place & 1:  # stored without this filter
            continue
        found = zstd_size(os.pread(descriptor, 18, chunk.byte_offset))
        if found is None or found > size + CHECKSUM_BYTES:
            return f"expected chunks of {size} bytes, found one that claims {'no size' if found is None else found}"
    return ""
