"""Trained folds before they are moved to their place. Each appears whole, with its record."""

import glob
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from merflow.errors import ArtefactError
from merflow.training.adoption import link_or_copy
from merflow.training.fold_record import RECORD, check_fold, write_record


def new_workplace(folder: Path) -> Path:
    """Make the folder in which one job trains the fold of `folder`, beside it.

    Each job has its own: one that was forgotten, as on a node that was cut off, may still write when the next one
    trains the same fold.
    """
    workplace = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    workplace.mkdir(parents=True)
    return workplace


def finish(
    workplace: Path, folder: Path, made_of: Mapping[str, Any], *, seeds: Sequence[int], files: Iterable[Path]
) -> None:
    """Put a fold that is trained where it is kept, and remove what jobs before it left of it.

    Parameters
    ----------
    workplace : Path
        As :func:`new_workplace` made it for `folder`.
    folder : Path
        What lies there is replaced.
    made_of : mapping
        Everything that decides the bytes of a seed, the name of the fold too: see ``merflow.training.batch.made_of``.
    seeds : sequence of int
        In the order of the rows of its tables.
    files : iterable of Path
        All that the fold consists of, in `workplace`.

    Raises
    ------
    ArtefactError
        When a later job has trained the fold meanwhile and removed a part of the workplace, or puts its own there.
    """
    try:
        write_record(workplace, made_of=made_of, seeds=seeds, files=files)
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


def collect(folder: Path, place: Path) -> None:
    """Give a fold that was trained its place, and leave it where it was, for a job that is killed before it ends.

    Parameters
    ----------
    folder : Path
        As :func:`finish` has left it.
    place : Path
        ``folds/{fold}``. What lies there under the same names is replaced, the record last. Where the file system has
        hard links, no byte is written twice.

    Raises
    ------
    ArtefactError
        When the fold is not there, or not whole.
    """
    record = check_fold(folder, place=place)
    (place / RECORD).unlink(missing_ok=True)
    if (place / "weights").exists():
        shutil.rmtree(place / "weights")
    (place / "weights").mkdir(parents=True)
    for name in (*record.files, RECORD):
        link_or_copy(folder / name, place / name)


def forget_trained(folder: Path) -> None:
    """Remove all trained folds of an experiment, once they are in their place."""
    if folder.exists():
        shutil.rmtree(folder)
