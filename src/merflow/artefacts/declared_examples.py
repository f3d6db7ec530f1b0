"""What ``examples.h5`` declares: types, axes and attributes, known from the structure before a value is read."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import h5py
import numpy as np

from merflow.artefacts.examples import APEX_AND_LENGTH
from merflow.untrusted.hdf5_texts import quoted

TEXTS = ("subject", "clip", "expression", "digest", "copy_digest")
OPTIONAL_TEXTS = ("fold",)
"""Texts of each row that are there where a clip has one."""

LEFT_OUT = "left_out_"
"""Before the name of each column of the labelled clips that no row is of."""

LEFT_OUT_TEXTS = tuple(LEFT_OUT + name for name in ("clip", "subject", "expression", "fold"))
LEFT_OUT_LABEL = LEFT_OUT + "label"

ARRAYS = (
    *("x", "label", "aus", "aus_known", "copies", "copy_of", "apex_and_length", *TEXTS),
    *(*LEFT_OUT_TEXTS, LEFT_OUT_LABEL),
)
ATTRIBUTES = ("classes", "label_set", "au_numbers", "edges", "input")

NODE = "node"
"""Axis of the rows of a graph that its edges join."""

_INPUTS = ("float32", "uint8")
_TYPES: Mapping[str, str] = {
    "label": "int64",
    LEFT_OUT_LABEL: "int64",
    "aus": "uint8",
    "aus_known": "uint8",
    "copy_of": "int64",
    "apex_and_length": "int64",
}
_EXPRESSIONS = {"micro", "macro"}


def examples_problem(file: h5py.File) -> str:
    """Return where a file is not as its writer lays it out, ``expected ..., found ...``; empty = nowhere.

    Parameters
    ----------
    file : h5py.File
        That holds every one of `ARRAYS` and `ATTRIBUTES`.

    Raises
    ------
    TypeError, ValueError, KeyError
        Where an attribute is none of what it is read as; the caller tells.
    """
    return next(filter(None, _problems(file)), "")


def _problems(file: h5py.File) -> Iterator[str]:
    for name in (*ARRAYS, *_optional(file)):
        if not isinstance(file[name], h5py.Dataset):
            yield f"expected an array, found a group at /{name}"
            return
    x = file["x"]
    if str(x.dtype) not in _INPUTS or x.ndim < 2:
        yield f"expected rows of {' or '.join(_INPUTS)}, found {x.dtype} of shape {x.shape} at /x"
    types = {**_TYPES, "label": "uint8", LEFT_OUT_LABEL: "uint8"} if _multi(file) else _TYPES
    for name, shape in _shapes(file).items():
        node = file[name]
        texts = name in (*TEXTS, *OPTIONAL_TEXTS, *LEFT_OUT_TEXTS)
        if texts:
            right = h5py.check_string_dtype(node.dtype) is not None
        else:
            right = str(node.dtype) == types.get(name, str(x.dtype))
        if not right or node.shape != shape:
            kind = "texts" if texts else types.get(name, str(x.dtype))
            yield f"expected {kind} of shape {shape}, found {node.dtype} of shape {node.shape} at /{name}"
    columns = file["apex_and_length"].shape[1]
    if columns not in (0, len(APEX_AND_LENGTH)):
        yield f"expected the columns {', '.join(APEX_AND_LENGTH)} or none, found {columns} at /apex_and_length"
    yield from _attribute_problems(file)
    yield _edges_problem(file)


def _shapes(file: h5py.File) -> dict[str, tuple[int, ...]]:
    """Return the shape that each array must have beside x, whose own is free."""
    clips, row, copies = len(file["x"]), file["x"].shape[1:], len(file["copy_of"])
    one_a_clip = ("label", "aus_known", "subject", "clip", "expression", "digest", *_optional(file))
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(one_a_clip, (clips,))
    units = len(file.attrs["au_numbers"])
    columns = file["apex_and_length"].shape[-1] if file["apex_and_length"].ndim else 0
    left_out = len(file[LEFT_OUT_LABEL]) if file[LEFT_OUT_LABEL].ndim else 0
    shapes |= dict.fromkeys((*LEFT_OUT_TEXTS, LEFT_OUT_LABEL), (left_out,))
    if _multi(file):
        classes = len(json.loads(file.attrs["classes"]))
        shapes |= {"label": (clips, classes), LEFT_OUT_LABEL: (left_out, classes)}
    shapes |= {"copy_of": (copies,), "copy_digest": (copies,)}
    return {**shapes, "copies": (copies, *row), "aus": (clips, units), "apex_and_length": (clips, columns)}


def _optional(file: h5py.File) -> list[str]:
    return [name for name in OPTIONAL_TEXTS if name in file]


def _multi(file: h5py.File) -> bool:
    """Whether labels are told one by one, as a second axis says."""
    return bool(file["label"].ndim == 2)


def _attribute_problems(file: h5py.File) -> Iterator[str]:
    classes, edges, given = (json.loads(file.attrs[name]) for name in ("classes", "edges", "input"))
    if not _is_list_of(classes, str) or not classes or len(set(classes)) < len(classes) or not all(classes):
        yield f"expected the names of classes, each once, found {quoted(classes)} in the attribute classes"
    if not isinstance(edges, list) or not all(_is_list_of(edge, int) and len(edge) == 2 for edge in edges):
        yield f"expected pairs of nodes, found {quoted(edges)} in the attribute edges"
    if not isinstance(given, dict) or not _is_list_of(list(given.values()), str):
        yield f"expected texts by name, found {quoted(given)} in the attribute input"
    if not isinstance(file.attrs["label_set"], str):
        yield f"expected a text, found {quoted(file.attrs['label_set'])} in the attribute label_set"
    numbers = np.asarray(file.attrs["au_numbers"])
    if numbers.dtype.kind not in "iu" or numbers.ndim != 1:
        yield f"expected whole numbers, found {quoted(numbers.tolist())} in the attribute au_numbers"


def _edges_problem(file: h5py.File) -> str:
    """Compare the edges of a graph, in each frame the same, with how many nodes its rows have."""
    dims, edges = [str(name) for name in file["x"].attrs["dims"]], json.loads(file.attrs["edges"])
    if len(dims) != file["x"].ndim:
        return f"expected the names of {file['x'].ndim} axes, found {quoted(dims)} in the attribute dims of /x"
    nodes = file["x"].shape[dims.index(NODE)] if NODE in dims else 0
    wrong = [edge for edge in edges if not 0 <= min(edge) <= max(edge) < nodes]
    return f"expected edges among {nodes} nodes, found {quoted(wrong[:3])} in the attribute edges" if wrong else ""


def values_problem(file: h5py.File, texts: Mapping[str, Any]) -> str:
    """Return which value cannot be, by its own or beside the others; empty = none.

    Parameters
    ----------
    file : h5py.File
        Of which :func:`examples_problem` finds nothing.
    texts : mapping of str to ndarray of str
        Its columns of texts.
    """
    problem = _label_problem(file, "label") or _label_problem(file, LEFT_OUT_LABEL)
    if problem:
        return problem
    apex_and_length = file["apex_and_length"][()]
    for name in ("aus", "aus_known"):
        if (file[name][()] > 1).any():
            return f"expected 0 and 1, found other values at /{name}"
    if (
        apex_and_length.size
        and not ((apex_and_length[:, 0] >= 0) & (apex_and_length[:, 0] < apex_and_length[:, 1])).all()
    ):
        return "expected an apex among the frames of the clip, found another at /apex_and_length"
    columns = apex_and_length[:, 1] if apex_and_length.size else np.zeros(0)
    if columns.size and columns.max() > file["x"].shape[1]:
        return f"expected at most {file['x'].shape[1]} frames a clip, found {columns.max()} at /apex_and_length"
    clips = [*texts["clip"], *texts[LEFT_OUT + "clip"]]
    if len(set(clips)) < len(clips) or not all(map(str.isprintable, clips)):
        return "expected the name of each clip once, found duplicates or characters that cannot be printed at /clip"
    for name in ("expression", LEFT_OUT + "expression"):
        foreign = set(texts[name]) - _EXPRESSIONS
        if foreign:
            return f"expected {' or '.join(sorted(_EXPRESSIONS))}, found {quoted(str(min(foreign)))} at /{name}"
    return ""


def _label_problem(file: h5py.File, name: str) -> str:
    """Return which label of a column cannot be; empty = none."""
    label, classes = file[name][()], len(json.loads(file.attrs["classes"]))
    if _multi(file):
        return f"expected 0 and 1, found {label.max()} at /{name}" if (label > 1).any() else ""
    if label.size and not 0 <= label.min() <= label.max() < classes:
        return f"expected labels from 0 to {classes - 1}, found {label.min()} to {label.max()} at /{name}"
    return ""


def _is_list_of(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(type(value) is kind for value in values)
