"""Compare a shard with the schema of its kind. A file with a valid seal may still be forged."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

from merflow.artefacts.kinds import KINDS
from merflow.artefacts.schema import DIM_SIZES, Field
from merflow.artefacts.viewers import scale_names
from merflow.untrusted.hdf5_texts import quoted


class _Attribute(NamedTuple):
    """Type of an attribute, and its length: a number, that of a dimension, any (``-1``), or none for a single value."""

    of: Literal["numbers", "whole numbers", "texts"]
    length: int | str | None = None


_ATTRIBUTES: Mapping[str, _Attribute] = {
    "frames": _Attribute("whole numbers", "frame"),
    "roles": _Attribute("texts", "frame"),
    "native_origin": _Attribute("whole numbers", 2),
    "native_size": _Attribute("whole numbers", 2),
    "image_size": _Attribute("whole numbers", 2),
    "score": _Attribute("numbers"),
    "faces_found": _Attribute("whole numbers"),
    "notes": _Attribute("texts"),
    "nasal_shift_mm": _Attribute("numbers"),
    "camera": _Attribute("numbers", 4),
    "aligned_size": _Attribute("whole numbers"),
    "factor": _Attribute("numbers"),
    "interocular_px": _Attribute("numbers"),
    "apex": _Attribute("whole numbers"),
    "n_frames": _Attribute("whole numbers"),
    "recorded": _Attribute("whole numbers", -1),
    "fps": _Attribute("numbers"),
    "vertex_counts": _Attribute("whole numbers", "frame"),
    "triangle_counts": _Attribute("whole numbers", -1),
    "yaws": _Attribute("numbers", -1),
    "mm_per_px": _Attribute("numbers"),
    "missing_vertices": _Attribute("whole numbers", "frame"),
    "domains": _Attribute("texts", "domain"),
    "passed_hz": _Attribute("numbers", -1),
}
"""Of every attribute that a schema names, in whatever kind."""

_TYPES = {"numbers": "fiu", "whole numbers": "iu", "texts": "OSU"}


def schema_problem(file: h5py.File, kind: str) -> str:
    """Return where a shard is not as its kind declares, ``expected ..., found ... at /...``; empty = nowhere.

    Names, types, axes, sizes and what attributes point at are known without reading an array.
    :func:`values_problem` is for the values.

    Parameters
    ----------
    file : h5py.File
        That :func:`merflow.untrusted.hdf5_structure.foreign_problem` has passed.
    kind : str
        A key of ``KINDS``.
    """
    clips = file["clips"]
    if not isinstance(clips, h5py.Group):
        return "expected a group, found an array at /clips"
    for clip, group in clips.items():
        problem = next(filter(None, _problems(clip, group, kind)), "")
        if problem:
            return f"{problem} at {quoted(f'/clips/{clip}')}"
    return ""


def values_problem(values: NDArray[Any], field: Field, sizes: Mapping[str, int]) -> str:
    """Return why values cannot be those of a field; empty = they can.

    Parameters
    ----------
    values : ndarray
    field : Field
    sizes : mapping of str to int
        By axis, as :func:`axis_sizes` gives them.
    """
    if values.dtype.kind == "f":
        wrong = np.isinf(values) if field.missing else ~np.isfinite(values)
        return f"expected finite values, found {int(wrong.sum())} that are not" if wrong.any() else ""
    below = math.prod(sizes[dim] for dim in field.index_of) if field.index_of else None
    lowest = 0 if field.index_of else field.lowest
    if not values.size or lowest is None:
        return ""
    least, most = int(values.min()), int(values.max())
    if least >= lowest and (below is None or most < below):
        return ""
    wanted = (
        f"values of {lowest} or more" if below is None else f"indices of {' and '.join(field.index_of)} below {below}"
    )
    return f"expected {wanted}, found {least} to {most}"


def axis_sizes(group: h5py.Group, kind: str) -> dict[str, int]:
    """Return the size of every axis of a clip, which :func:`schema_problem` has found to be one in all its fields."""
    fields = KINDS[kind].fields
    there = [name for name in fields if name in group]
    found = {dim: size for name in there for dim, size in zip(fields[name].dims, group[name].shape, strict=True)}
    return dict(DIM_SIZES) | found


def _problems(clip: str, group: h5py.Group | h5py.Dataset, kind: str) -> Iterator[str]:
    schema = KINDS[kind]
    if not isinstance(group, h5py.Group):
        yield "expected a group, found an array"
        return
    if not clip.isprintable():
        yield "expected the name of a clip, found characters that cannot be printed"
    there = set(schema.fields) & set(group)
    axes = {axis for name in there for axis in schema.fields[name].dims}
    scales = {axis: name for axis, name in scale_names(schema.dims).items() if axis in axes and name not in there}
    found = set(group) - set(scales.values())
    yield _names_problem("fields", found, set(schema.fields), {n for n, f in schema.fields.items() if f.optional})
    yield _names_problem("attributes", set(group.attrs), set(schema.attrs), set())
    sizes = dict(DIM_SIZES)
    for name in sorted(there):
        yield from _field_problems(group[name], name, schema.fields[name], sizes)
    for axis, name in scales.items():
        yield _scale_problem(group.get(name), name, sizes[axis])
    for name in schema.attrs:
        yield _attribute_problem(group.attrs[name], name, sizes)
    if kind == "sequences":
        yield _sequence_problem(group.attrs, sizes)


def _names_problem(what: str, found: set[str], known: set[str], optional: set[str]) -> str:
    missing, unknown = sorted(known - optional - found), sorted(found - known)
    if not (missing or unknown):
        return ""
    return f"expected the {what} {', '.join(sorted(known))}, found {quoted(sorted(found))}"


def _field_problems(node: h5py.Dataset | h5py.Group, name: str, field: Field, sizes: dict[str, int]) -> Iterator[str]:
    if not isinstance(node, h5py.Dataset):
        yield f"expected an array, found a group {name}"
        return
    if node.dtype != np.dtype(field.dtype):
        yield f"expected {name} of type {np.dtype(field.dtype)}, found {node.dtype}"
    if node.ndim != len(field.dims):
        yield f"expected {name} with the axes {', '.join(field.dims)}, found the shape {node.shape}"
        return
    for dim, size in zip(field.dims, node.shape, strict=True):
        if sizes.setdefault(dim, size) != size:
            yield f"expected {name} of {sizes[dim]} along {dim}, found the shape {node.shape}"


def _scale_problem(node: h5py.Dataset | h5py.Group | None, name: str, length: int) -> str:
    if isinstance(node, h5py.Dataset) and node.shape == (length,):
        return ""
    return f"expected {length} places along {name}, found {'none' if node is None else 'others'}"


def _attribute_problem(value: Any, name: str, sizes: Mapping[str, int]) -> str:
    expected, found = _ATTRIBUTES[name], np.asarray(value)
    if found.dtype.kind not in _TYPES[expected.of]:
        return f"expected the attribute {name} of {expected.of}, found {found.dtype}"
    length = sizes.get(expected.length, -1) if isinstance(expected.length, str) else expected.length
    if found.ndim != (0 if length is None else 1) or (length not in (None, -1) and len(found) != length):
        return f"expected {'one value' if length is None else length} in the attribute {name}, found {found.shape}"
    if found.dtype.kind == "f" and np.isinf(found).any():
        return f"expected a finite attribute {name}, found {value}"
    return ""


def _sequence_problem(attrs: Mapping[str, Any], sizes: Mapping[str, int]) -> str:
    """Compare what a sequence says of its frames with how many it has: its differences are one fewer."""
    frames, n_frames, apex = sizes["frame"], int(attrs["n_frames"]), int(attrs["apex"])
    if sizes["node"] != frames - 1:
        return f"expected {frames - 1} differences of {frames} frames, found {sizes['node']}"
    if not 2 <= n_frames <= frames:
        return f"expected 2 to {frames} frames in the attribute n_frames, found {n_frames}"
    return "" if 0 <= apex < n_frames else f"expected an apex among the {n_frames} frames of the clip, found {apex}"
