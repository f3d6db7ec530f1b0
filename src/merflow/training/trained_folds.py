"""Folds that a job has trained, on the way to their place: each is whole, and says what it was made of."""

import glob
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from merflow.artefacts.provenance import canonical_json
from merflow.errors import ArtefactError
from merflow.files import atomic_path, sha256

MADE_OF = "made_of.json"
"""Written last into the folder of a fold: what it was made of, and the SHA-256 of each of its files."""


def new_workplace(folder: Path) -> Path:
    """Make the folder in which one job trains the fold of `folder`, beside it.

    Each job has its own: one that was forgotten, as on a node that was cut off, may still write when the next one
    trains the same fold.
    """
    workplace = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    workplace.mkdir(parents=True)
    return workplace


def finish(workplace: Path, folder: Path, made_of: Mapping[str, Any], *, files: Iterable[Path]) -> None:
    """Put a fold that is trained where it is kept, and remove what jobs before it left of it.

    Parameters
    ----------
    workplace : Path
        As :func:`new_workplace` made it for `folder`.
    folder : Path
        What lies there is replaced.
    made_of : mapping
        Everything that decides its bytes, its name too: see ``merflow.training.batch.made_of``.
    files : iterable of Path
        All that the fold consists of, in `workplace`.

    Raises
    ------
    ArtefactError
        When a later job has trained the fold meanwhile and removed a part of the workplace, or puts its own there.
    """
    try:
        digests = {path.relative_to(workplace).as_posix(): sha256(path) for path in sorted(files)}
        with atomic_path(workplace / MADE_OF) as partial:
            partial.write_text(canonical_json({"made_of": dict(made_of), "files": digests}), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        workplace.rename(folder)
    except OSError as error:
        raise ArtefactError(
            f"{folder}: expected to put a trained fold there, but {error}. If another job has trained the fold after "
            "this one began, that fold is as good; else give the same command again."
        ) from error
    for left in folder.parent.glob(f".{glob.escape(folder.name)}.????????"):
        shutil.rmtree(left, ignore_errors=True)  # its job may still write there


def is_made_of(folder: Path, made_of: Mapping[str, Any]) -> bool:
    """Tell whether a folder holds a fold that was made of these very things, and that is whole."""
    record = _record(folder)
    wanted = json.loads(canonical_json(dict(made_of)))
    return record is not None and record["made_of"] == wanted and _is_whole(folder, record)


def collect(folder: Path, place: Path) -> None:
    """Give a fold that was trained its place, and leave it where it was, for a job that is killed before it ends.

    Parameters
    ----------
    folder : Path
        As :func:`finish` has left it.
    place : Path
        ``folds/{fold}``. What lies there under the same names is replaced. Where the file system has hard links, no
        byte is written twice.

    Raises
    ------
    ArtefactError
        When the fold is not there, or not whole.
    """
    record = _record(folder)
    if record is None or not _is_whole(folder, record):
        raise ArtefactError(
            f"{folder}: expected a fold that a job has trained, but found none that is whole: it was deleted or "
            "changed by hand. Give the same command again: the fold is trained anew."
        )
    if (place / "weights").exists():
        shutil.rmtree(place / "weights")
    (place / "weights").mkdir(parents=True)
    for name in record["files"]:
        (place / name).unlink(missing_ok=True)
        try:
            os.link(folder / name, place / name)
        except OSError:  # a file system without hard links, or two of them
            shutil.copyfile(folder / name, place / name)


def forget_trained(folder: Path) -> None:
    """Remove all trained folds of an experiment, once they are in their place."""
    if folder.exists():
        shutil.rmtree(folder)


def _record(folder: Path) -> dict[str, Any] | None:
    """Return what a fold says of itself; None where there is none."""
    path = folder / MADE_OF
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _is_whole(folder: Path, record: Mapping[str, Any]) -> bool:
    return all((folder / name).is_file() and sha256(folder / name) == sha for name, sha in record["files"].items())
