"""The place of a fold: it appears there whole, with its record, once it is trained."""

import glob
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from merflow.errors import ArtefactError
from merflow.training.fold_record import write_record


def new_workplace(folder: Path) -> Path:
    """Make the folder in which one job trains the fold of `folder`, beside it.

    Each job has its own: one that was forgotten, as on a node that was cut off, may still write when the next one
    trains the same fold.
    """
    workplace = _beside(folder)
    workplace.mkdir(parents=True)
    return workplace


def _beside(folder: Path) -> Path:
    """Return a name beside a folder that no other job has, and that :func:`finish` cleans away."""
    return folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")


def finish(
    workplace: Path, folder: Path, made_of: Mapping[str, Any], *, seeds: Sequence[int], files: Iterable[Path]
) -> None:
    """Put a fold that is trained in its place, and remove what jobs before it left of it.

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
        if folder.is_dir():
            folder.rename(_beside(folder))
        workplace.rename(folder)
    except OSError as error:
        raise ArtefactError(
            f"{folder}: expected to put a trained fold there, but {error}. If another job has trained the fold after "
            "this one began, that fold is as good; else give the same command again."
        ) from error
    for left in folder.parent.glob(f".{glob.escape(folder.name)}.????????"):
        shutil.rmtree(left, ignore_errors=True)  # its job may still write there
