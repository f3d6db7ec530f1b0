"""``examples.h5``: exactly what a network sees, in one file that training reads alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from merflow.artefacts.provenance import canonical_json, stamp
from merflow.artefacts.reader import open_artefact
from merflow.artefacts.writer import read_back
from merflow.files import atomic_path

Edges = tuple[tuple[int, int], ...]


def _nothing() -> NDArray[Any]:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Examples:
    """The labelled examples of one experiment on one dataset, one row a clip.

    Attributes
    ----------
    x : ndarray of shape (n, ...), float32 or uint8
        Network input; pictures stay whole grey levels.
    label : ndarray of shape (n,), int64
        Index into `classes`.
    subject, clip, expression : ndarray of shape (n,), str
        Who, which clip, and ``micro`` or ``macro``.
    classes : tuple of str
        Class names in the order of the label set.
    label_set : str
        Name of the label set.
    dims : tuple of str
        Names of the axes of `x`.
    aus : ndarray of shape (n, a), uint8
        1 where the clip shows an action unit; a = 0 when nothing is known of them.
    au_numbers : tuple of int
        FACS number of each column of `aus`.
    edges : tuple of (int, int)
        Pairs of nodes that a graph joins within one frame, each once; empty when `x` is no graph.
    copies : ndarray of shape (m, ...), like `x`
        Altered copies of clips for training: never tested, and in training only with the clip that they are copies of.
    copy_of : ndarray of shape (m,), int64
        Row of that clip.
    """

    x: NDArray[Any]
    label: NDArray[np.int64]
    subject: NDArray[np.str_]
    clip: NDArray[np.str_]
    expression: NDArray[np.str_]
    classes: tuple[str, ...]
    label_set: str
    dims: tuple[str, ...]
    aus: NDArray[np.uint8] = field(default_factory=_nothing)
    au_numbers: tuple[int, ...] = ()
    edges: Edges = ()
    copies: NDArray[Any] = field(default_factory=_nothing)
    copy_of: NDArray[np.int64] = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        if not self.au_numbers:
            object.__setattr__(self, "aus", np.zeros((len(self.x), 0), dtype=np.uint8))
        if not len(self.copy_of):
            object.__setattr__(self, "copies", self.x[:0])
        columns = (self.x, self.label, self.subject, self.clip, self.expression, self.aus)
        lengths = {len(column) for column in columns}
        if len(lengths) != 1:
            raise ValueError(f"the columns of examples must have one length, but have {sorted(lengths)}")
        if len(self.dims) != self.x.ndim:
            raise ValueError(f"x has shape {self.x.shape}, but its axes are named {self.dims}")
        if self.aus.shape[1] != len(self.au_numbers):
            raise ValueError(f"aus has {self.aus.shape[1]} columns, but {len(self.au_numbers)} action units are named")
        if self.copies.shape != (len(self.copy_of), *self.x.shape[1:]):
            raise ValueError(f"{len(self.copy_of)} copies of x {self.x.shape} cannot be of shape {self.copies.shape}")
        if len(self.copy_of) and not 0 <= self.copy_of.min() <= self.copy_of.max() < len(self.x):
            raise ValueError(f"copies must be of rows 0 to {len(self.x) - 1}, but are of {sorted(set(self.copy_of))}")
        if not (np.isfinite(self.x).all() and np.isfinite(self.copies).all()):
            raise ValueError("x holds values that are not finite; a stage upstream must exclude such a clip")


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
    """Write examples with their provenance; the file appears only when whole.

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
    with atomic_path(path) as partial:
        with h5py.File(partial, "w", libver=("v110", "v110")) as file:
            stamp(
                file, kind="examples", dataset=dataset, experiment=experiment, params=params, code=code, inputs=inputs
            )
            file.attrs["label_set"] = examples.label_set
            file.attrs["classes"] = canonical_json(list(examples.classes))
            _write_arrays(file, examples)
        read_back(partial)


def _write_arrays(file: h5py.File, examples: Examples) -> None:
    file.attrs["au_numbers"] = np.array(examples.au_numbers, dtype=np.int64)
    file.attrs["edges"] = canonical_json(examples.edges)
    row, copy = list(examples.dims), ["copy", *examples.dims[1:]]
    _write(file, "x", examples.x, dims=row, units="network input", text="what the network sees, one row a clip")
    _write(file, "label", examples.label, dims=["clip"], units="class index", text="index into the root's classes")
    _write(file, "aus", examples.aus, dims=["clip", "au"], units="1", text="1 where the clip shows au_numbers[au]")
    _write(file, "copies", examples.copies, dims=copy, units="network input", text="altered copies, for training only")
    _write(file, "copy_of", examples.copy_of, dims=["copy"], units="1", text="row of x that each copy is of")
    for name in ("subject", "clip", "expression"):
        text = f"{name} of each row"
        _write(file, name, getattr(examples, name).astype(object), dims=["clip"], units="", text=text)


def _write(file: h5py.File, name: str, values: NDArray[Any], *, dims: list[str], units: str, text: str) -> None:
    options: dict[str, Any] = {"dtype": h5py.string_dtype()} if values.dtype == object else {}
    if values.ndim > 1 and values.size:
        options = {"chunks": True, "fletcher32": True, "shuffle": True, "compression": "gzip", "compression_opts": 1}
    node = file.create_dataset(name, data=values, **options)
    node.attrs["dims"], node.attrs["units"], node.attrs["description"] = dims, units, text


def read_examples(path: Path, *, dataset: str | None = None, experiment: str | None = None) -> Examples:
    """Read the examples of an experiment.

    Raises
    ------
    ArtefactError
        When the file is missing, unfinished, or of another version, dataset or experiment.
    """
    expected = {"kind": "examples", "dataset": dataset, "experiment": experiment}
    with open_artefact(path, expected) as file:
        texts = {name: np.asarray(file[name].asstr()[:], dtype=np.str_) for name in ("subject", "clip", "expression")}
        return Examples(
            x=file["x"][()],
            label=file["label"][()],
            aus=file["aus"][()],
            au_numbers=tuple(file.attrs["au_numbers"].tolist()),
            edges=tuple((int(a), int(b)) for a, b in json.loads(file.attrs["edges"])),
            copies=file["copies"][()],
            copy_of=file["copy_of"][()],
            classes=tuple(json.loads(file.attrs["classes"])),
            label_set=str(file.attrs["label_set"]),
            dims=tuple(file["x"].attrs["dims"]),
            **texts,
        )
