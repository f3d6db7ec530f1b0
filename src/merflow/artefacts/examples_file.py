"""``examples.h5``: the examples of one experiment in one file, which training reads alone."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from merflow.artefacts.declared_examples import (
    ARRAYS,
    ATTRIBUTES,
    LEFT_OUT,
    LEFT_OUT_LABEL,
    LEFT_OUT_TEXTS,
    OPTIONAL_TEXTS,
    TEXTS,
    examples_problem,
    values_problem,
)
from merflow.artefacts.digest import content_digest
from merflow.artefacts.examples import APEX_AND_LENGTH, Examples
from merflow.artefacts.hdf5 import open_to_read, pass_on
from merflow.artefacts.labelled_clips import LabelledClips
from merflow.artefacts.new_file import new_file
from merflow.artefacts.provenance import canonical_json, stamp
from merflow.artefacts.reader import open_artefact
from merflow.artefacts.refusals import rebuild, well_formed
from merflow.artefacts.rows import LazyRows, Rows, keep_read
from merflow.artefacts.viewers import describe_for_viewers, scale_names
from merflow.errors import ArtefactError
from merflow.paths import names_in_examples
from merflow.untrusted.hdf5_chunks import LargeChunks
from merflow.untrusted.long_texts import read_texts

IN_MEMORY_BYTES = 2**28
"""Examples up to this size are read at once; larger ones stay in the file, and each batch reads its own rows."""

READ_BY_ROW = ("x",)
"""Arrays whose large chunks are looked into when a row is asked for, not when the file is opened."""

_FILTERS = {"fletcher32": True, "shuffle": True, "compression": "gzip", "compression_opts": 1}


def write_examples(
    examples: Examples,
    path: Path,
    *,
    dataset: str,
    experiment: str,
    params: Mapping[str, Any],
    code: str,
    inputs: Mapping[str, str],
) -> None:
    """Write examples with their provenance; the file appears only when whole, and holds the digest of every row.

    Parameters
    ----------
    examples : Examples
    path : Path
        ``results/{dataset}/{experiment}/examples.h5``.
    dataset, experiment : str
        What the path says.
    params, code, inputs
        As for a shard: resolved settings, code fingerprint, input hashes.
    """
    with new_file(path, later=READ_BY_ROW) as (file, _):
        stamp(file, kind="examples", dataset=dataset, experiment=experiment, params=params, code=code, inputs=inputs)
        file.attrs["label_set"] = examples.label_set
        file.attrs["classes"] = canonical_json(list(examples.classes))
        _write_arrays(file, examples)
        dims = {name: tuple(node.attrs["dims"]) for name, node in file.items()}
        describe_for_viewers(file, dims, names=scale_names(dims))


def _write_arrays(file: h5py.File, examples: Examples) -> None:
    file.attrs["au_numbers"] = np.array(examples.au_numbers, dtype=np.int64)
    file.attrs["edges"] = canonical_json(examples.edges)
    file.attrs["input"] = canonical_json(dict(examples.input))
    row, copy = list(examples.dims), ["copy", *examples.dims[1:]]
    digest = _write_rows(file, examples, dims=row)
    if examples.multi:
        shown = "1 where the clip shows the label of the root's classes"
        _write(file, "label", examples.label, dims=["clip", "label"], units="1", text=shown)
    else:
        _write(file, "label", examples.label, dims=["clip"], units="class index", text="index into the root's classes")
    _write(file, "aus", examples.aus, dims=["clip", "au"], units="1", text="1 where the clip shows au_numbers[au]")
    known = "1 where it is known which units the clip shows; where 0, its row of aus says nothing"
    _write(file, "aus_known", examples.aus_known.astype(np.uint8), dims=["clip"], units="1", text=known)
    _write(file, "copies", examples.copies, dims=copy, units="network input", text="altered copies, for training only")
    _write(file, "copy_of", examples.copy_of, dims=["copy"], units="1", text="row of x that each copy is of")
    _write(
        file,
        "apex_and_length",
        examples.apex_and_length,
        dims=["clip", "mark"],
        units="frame",
        text=f"of sequences: {APEX_AND_LENGTH}",
    )
    texts = {"subject": examples.subject, "clip": examples.clip, "expression": examples.expression, "digest": digest}
    if examples.fold.any():
        texts["fold"] = examples.fold
    for name, values in texts.items():
        _write(file, name, values.astype(object), dims=["clip"], units="", text=f"{name} of each row")
    _write(
        file, "copy_digest", examples.copy_digest.astype(object), dims=["copy"], units="", text="digest of each copy"
    )
    _write_left_out(file, examples)


def _write_left_out(file: h5py.File, examples: Examples) -> None:
    """Write the labelled clips that no row is of, none where there are none."""
    rows = examples.labelled.take(np.zeros(0, dtype=np.int64)) if examples.left_out is None else examples.left_out
    text = "of each labelled clip that a stage left out: folds are drawn with it"
    for name in LEFT_OUT_TEXTS:
        values = getattr(rows, name.removeprefix(LEFT_OUT)).astype(object)
        _write(file, name, values, dims=["left_out"], units="", text=f"{name.removeprefix(LEFT_OUT)} {text}")
    dims = ["left_out", "label"] if examples.multi else ["left_out"]
    _write(file, LEFT_OUT_LABEL, rows.label, dims=dims, units="as label", text=f"label {text}")


def _write_rows(file: h5py.Group, examples: Examples, *, dims: list[str]) -> NDArray[np.str_]:
    """Write what the network sees, and return the digest of each row.

    Rows that are in no memory go one by one, each read and digested once, and are read back one by one too.
    """
    x, what = examples.x, {"units": "network input", "text": "what the network sees, one row a clip"}
    if not isinstance(x, LazyRows):
        _write(file, "x", x, dims=dims, **what)
        return examples.digest
    node = file.create_dataset("x", shape=x.shape, dtype=x.dtype, chunks=(1, *x.shape[1:]), **_FILTERS)
    digests = []
    for row in range(len(x)):
        values = x[np.array([row])][0]
        node[row] = values
        digests.append(content_digest(values))
    _describe(node, dims=dims, **what)
    return np.array(digests, dtype=np.str_)


def _write(file: h5py.File, name: str, values: NDArray[Any], *, dims: list[str], units: str, text: str) -> None:
    options: dict[str, Any] = {"dtype": h5py.string_dtype()} if values.dtype == object else {}
    if values.ndim > 1 and values.size:
        options = {"chunks": True, **_FILTERS}
    _describe(file.create_dataset(name, data=values, **options), dims=dims, units=units, text=text)


def _describe(node: h5py.Dataset, *, dims: list[str], units: str, text: str) -> None:
    node.attrs["dims"], node.attrs["units"], node.attrs["description"] = dims, units, text


def read_examples(
    path: str | Path,
    *,
    dataset: str | None = None,
    experiment: str | None = None,
    in_memory_bytes: int = IN_MEMORY_BYTES,
    kept_bytes: int = 0,
) -> Examples:
    """Read the examples of an experiment.

    Parameters
    ----------
    path : path
        ``results/<dataset>/<experiment>/examples.h5``.
    dataset, experiment : str, optional
        What the file must say of itself; where it is None what the path names, for a file in its place in a results
        folder.
    in_memory_bytes : int
        Rows that take more than this, decompressed, stay in the file; those that have altered copies never do.
    kept_bytes : int
        Of rows that stay in the file, so many bytes stay in memory once they are read, for who reads them again.

    Raises
    ------
    ArtefactError
        When the file is missing, unfinished, or of another version, dataset or experiment, or lacks an array or an
        attribute, as one of an earlier merflow does, or holds other types, shapes or values than its writer lets pass.
        Rows that stay in the file raise it when they are read, if it is damaged or no longer the same file.
    """
    path = Path(path)
    named = {"dataset": dataset, "experiment": experiment}
    expected = names_in_examples(path) | {name: value for name, value in named.items() if value is not None}
    with open_artefact(path, expected | {"kind": "examples"}, later=READ_BY_ROW) as file, well_formed(path):
        _check_whole(path, file)
        _refuse(path, examples_problem(file))
        texts = {name: read_texts(file[name]) for name in (*TEXTS, *OPTIONAL_TEXTS, *LEFT_OUT_TEXTS) if name in file}
        _refuse(path, values_problem(file, texts))
        left_out = {name.removeprefix(LEFT_OUT): texts.pop(name) for name in LEFT_OUT_TEXTS}
        return Examples(
            x=_read_rows(path, file["x"], sys.maxsize if len(file["copy_of"]) else in_memory_bytes, kept_bytes),
            label=file["label"][()],
            aus=file["aus"][()],
            aus_known=file["aus_known"][()].astype(np.bool_),
            au_numbers=tuple(file.attrs["au_numbers"].tolist()),
            edges=tuple((int(a), int(b)) for a, b in json.loads(file.attrs["edges"])),
            copies=file["copies"][()],
            copy_of=file["copy_of"][()],
            apex_and_length=file["apex_and_length"][()],
            input=json.loads(file.attrs["input"]),
            classes=tuple(json.loads(file.attrs["classes"])),
            label_set=str(file.attrs["label_set"]),
            dims=tuple(file["x"].attrs["dims"]),
            left_out=LabelledClips(**left_out, label=file[LEFT_OUT_LABEL][()]) if len(left_out["clip"]) else None,
            **texts,
        )


def _check_whole(path: Path, file: h5py.File) -> None:
    """Refuse a file of a merflow that wrote less: what it lacks has no default that would be true of it."""
    lacking = [name for name in ARRAYS if name not in file] + [name for name in ATTRIBUTES if name not in file.attrs]
    if lacking:
        raise ArtefactError(
            f"{path}: expected the arrays {', '.join(ARRAYS)} and the attributes {', '.join(ATTRIBUTES)}, found "
            f"{', '.join(sorted(file))}: {', '.join(lacking)} is missing, since another merflow wrote the file. "
            f"Rebuild: {rebuild(path)}"
        )


def _read_rows(path: Path, node: h5py.Dataset, in_memory_bytes: int, kept_bytes: int) -> Rows:
    """Return the rows themselves, or the means to read each when it is asked for."""
    at_once = node.dtype.kind == "f" or node.size * node.dtype.itemsize <= in_memory_bytes
    one_a_row = node.chunks == (1, *node.shape[1:])
    if at_once or not one_a_row:
        _refuse_chunk(path, LargeChunks(node).problem_of_any() if node.chunks else "")
    if at_once:
        rows: NDArray[Any] = node[()]
        return rows
    unseen = set(range(len(node))) if one_a_row else set[int]()
    row_bytes = node.nbytes // len(node)
    opened = _identity(os.fstat(node.file.id.get_vfd_handle()))

    def read(row: int) -> NDArray[Any]:
        with well_formed(path):
            try:
                _refuse_another(path, opened)
                with open_to_read(path) as file:
                    if row in unseen:
                        _refuse_chunk(path, LargeChunks(file["x"]).problem_of_row(row))
                        unseen.discard(row)
                    values: NDArray[Any] = file["x"][row]
                    return values
            except OSError as error:
                pass_on(path, error, size=row_bytes)
                raise ArtefactError(f"{path}: row {row} cannot be read ({error}). Rebuild: {rebuild(path)}") from error

    return LazyRows(node.shape, node.dtype, keep_read(read, node.shape, node.dtype, up_to=kept_bytes))


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _refuse_another(path: Path, opened: tuple[int, int, int]) -> None:
    """Refuse a file that is not the one whose labels and digests were read: its rows may be of other clips."""
    if _identity(path.stat()) != opened:
        raise ArtefactError(
            f"{path}: expected the file that was opened, found another: it was replaced or changed while it was read. "
            "Run the same command again."
        )


def _refuse_chunk(path: Path, problem: str) -> None:
    _refuse(path, f"{problem} at /x" if problem else "")


def _refuse(path: Path, problem: str) -> None:
    if problem:
        raise ArtefactError(f"{path}: {problem}. Rebuild: {rebuild(path)}")
