"""``examples.h5``: exactly what a network sees, in one file that training reads alone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from merflow.artefacts.provenance import canonical_json, stamp
from merflow.artefacts.reader import open_artefact
from merflow.artefacts.writer import read_back
from merflow.files import atomic_path


@dataclass(frozen=True, slots=True)
class Examples:
    """The labelled examples of one experiment on one dataset, one row a clip.

    Attributes
    ----------
    x : ndarray of shape (n, ...), float32
        Network input.
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
    """

    x: NDArray[np.float32]
    label: NDArray[np.int64]
    subject: NDArray[np.str_]
    clip: NDArray[np.str_]
    expression: NDArray[np.str_]
    classes: tuple[str, ...]
    label_set: str
    dims: tuple[str, ...]

    def __post_init__(self) -> None:
        lengths = {len(self.x), len(self.label), len(self.subject), len(self.clip), len(self.expression)}
        if len(lengths) != 1:
            raise ValueError(f"the columns of examples must have one length, but have {sorted(lengths)}")
        if len(self.dims) != self.x.ndim:
            raise ValueError(f"x has shape {self.x.shape}, but its axes are named {self.dims}")
        if not np.isfinite(self.x).all():
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
    x = file.create_dataset(
        "x", data=examples.x.astype(np.float32), chunks=True, fletcher32=True, shuffle=True, compression="gzip",
        compression_opts=1,
    )  # fmt: skip
    x.attrs["dims"] = list(examples.dims)
    x.attrs["units"] = "network input"
    x.attrs["description"] = "what the network sees, one row a clip"
    label = file.create_dataset("label", data=examples.label.astype(np.int64))
    label.attrs["dims"] = ["clip"]
    label.attrs["units"] = "class index"
    label.attrs["description"] = "index into the root attribute classes"
    for name in ("subject", "clip", "expression"):
        node = file.create_dataset(name, data=getattr(examples, name).tolist(), dtype=h5py.string_dtype())
        node.attrs["dims"] = ["clip"]
        node.attrs["units"] = ""
        node.attrs["description"] = f"{name} of each row"


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
            classes=tuple(json.loads(file.attrs["classes"])),
            label_set=str(file.attrs["label_set"]),
            dims=tuple(file["x"].attrs["dims"]),
            **texts,
        )
