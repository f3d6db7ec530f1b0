"""The examples of an experiment as ``.npz``: what a network sees, for training in a program of one's own."""

import json
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Examples, LazyRows, Rows, read_examples
from merflow.artefacts.examples_file import READ_BY_ROW
from merflow.artefacts.reader import open_artefact
from merflow.counts import count
from merflow.errors import ArtefactError
from merflow.export.forms import EXAMPLES
from merflow.export.fresh import check_free
from merflow.export.record import Report
from merflow.files import atomic_path
from merflow.version import VERSION

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Earliest time of an entry of a zip: the same examples give the same bytes."""

_ROWS_AT_ONCE = 16


def export_examples(place: Path, out: Path) -> Report:
    """Write the examples of an experiment.

    Parameters
    ----------
    place : Path
        ``results/<dataset>/<experiment>``, or its ``examples.h5``.
    out : Path
        ``.npz`` file to make. ``numpy.load(out)`` gives ``x``, ``y``, ``subject``, ``clip``, ``expression``, ``fold``,
        ``classes``, ``aus``, ``aus_known``, ``au_numbers``, ``edges``, ``apex_and_length``, ``copies``, ``copy_of``,
        and ``about``, a text of JSON: dataset, experiment, settings, names of the axes.

    Raises
    ------
    ArtefactError
        When there are no examples, or something is at `out`.
    """
    place, out = Path(place), Path(out)
    path = place if place.suffix == ".h5" else place / "examples.h5"
    if out.suffix != ".npz":
        raise ArtefactError(f"{out}: expected the name of a file that ends in .npz, such as examples.npz")
    check_free(out)
    examples = read_examples(path)
    about = _about(path, examples)
    arrays = _arrays(examples) | {"about": np.array(json.dumps(about, ensure_ascii=False))}
    with atomic_path(out) as partial:
        write_npz(partial, arrays)
    return Report(
        form=EXAMPLES,
        out=out,
        about=about,
        clips=len(examples.clip),
        files=1,
        megabytes=out.stat().st_size / 1e6,
        left_out={},
        notes=[
            f"x {examples.x.dtype} {tuple(examples.x.shape)}: {', '.join(examples.dims)}",
            f"{count(len(set(examples.subject.tolist())), 'subject')}; classes: {', '.join(examples.classes)}",
        ],
    )


def write_npz(path: Path, arrays: dict[str, Rows]) -> None:
    """Write arrays as :func:`numpy.savez_compressed` does, rows that stay in their file a few at a time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, values in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            with archive.open(entry, "w", force_zip64=True) as file:
                _write_array(file, values)


def _write_array(file: IO[bytes], values: Rows) -> None:
    if not isinstance(values, LazyRows):
        np.lib.format.write_array(file, np.asarray(values), allow_pickle=False)
        return
    descr = np.lib.format.dtype_to_descr(values.dtype)
    header = {"descr": descr, "fortran_order": False, "shape": tuple(values.shape)}
    np.lib.format.write_array_header_2_0(file, header)
    for first in range(0, len(values), _ROWS_AT_ONCE):
        rows = values[np.arange(first, min(first + _ROWS_AT_ONCE, len(values)))]
        file.write(np.ascontiguousarray(rows).tobytes())


def _arrays(examples: Examples) -> dict[str, Rows]:
    """Return what is written, with the name `y` for labels, which programs of this field use."""
    texts: dict[str, NDArray[Any]] = {
        name: np.asarray(getattr(examples, name), dtype=np.str_)
        for name in ("subject", "clip", "expression", "fold", "classes")
    }
    names = ("aus", "aus_known", "apex_and_length", "copies", "copy_of")
    numbers: dict[str, Rows] = {name: getattr(examples, name) for name in names}
    lists: dict[str, Rows] = {
        "au_numbers": np.array(examples.au_numbers, dtype=np.int64),
        "edges": np.array(examples.edges, dtype=np.int64).reshape(-1, 2),
    }
    return {"x": examples.x, "y": examples.label, **texts, **numbers, **lists}


def _about(path: Path, examples: Examples) -> dict[str, Any]:
    with open_artefact(path, {"kind": "examples"}, later=READ_BY_ROW) as file:
        root = {name: str(file.attrs[name]) for name in ("dataset", "experiment", "params", "code")}
    return {
        "form": EXAMPLES,
        "merflow": VERSION,
        "dataset": root["dataset"],
        "experiment": root["experiment"],
        "label_set": examples.label_set,
        "dims": list(examples.dims),
        "input": dict(examples.input),
        "settings": json.loads(root["params"]),
        "code": root["code"],
    }
