"""Lists of folds: what a job that trains several has put in their place. They lie in the folder of the experiment."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from merflow.errors import ArtefactError
from merflow.files import sha256
from merflow.job_lists import Lists
from merflow.training.fold_record import OF_FOLD, RECORD, WEIGHTS, check_fold

FOLDS = "folds"
"""Folder of the folds, in that of the experiment."""


class Row(NamedTuple):
    """One fold.

    Parameters
    ----------
    fold : str
    sha256 : str
        Of its record, which has the digests of its files.
    """

    fold: str
    sha256: str


def _parse(cells: Sequence[str]) -> Row:
    fold, digest = cells
    return Row(fold, digest)


FOLD_LISTS = Lists("folds", Row._fields, _parse)


def row_of(folder: Path) -> Row:
    """Return the row of the fold that lies in a folder."""
    return Row(folder.name, sha256(folder / RECORD))


def listed_folds(path: Path, *, with_weights: bool = False) -> list[Path]:
    """Return the folders of the folds that a list names, in its order, once each is found to be whole.

    Parameters
    ----------
    path : Path
    with_weights : bool
        Whether weights must be there too; they may be deleted for room.

    Raises
    ------
    ArtefactError
        When the list cannot be read, or a fold is missing, damaged or was replaced after it was listed. It names the
        next move.
    """
    folders = []
    for row in FOLD_LISTS.read(path):
        folder = path.parent / FOLDS / row.fold
        check_fold(folder, place=folder, with_weights=with_weights)
        if row_of(folder) != row:
            raise ArtefactError(
                f"{folder}: expected the fold whose {RECORD} is listed in {path.name} (sha256 {row.sha256[:16]}), but "
                f"found another ({row_of(folder).sha256[:16]}): it was replaced after it was listed. Delete {path} and "
                "give the same command again."
            )
        folders.append(folder)
    return folders


def weights_of_folds(path: Path) -> list[Path]:
    """Return the folders of weights of the folds that a list names; refuse as :func:`listed_folds` does."""
    return [folder / WEIGHTS for folder in listed_folds(path, with_weights=True)]


def forget_others(folder: Path) -> None:
    """Remove the lists that name another content of a fold than it has now.

    Parameters
    ----------
    folder : Path
        Of the fold.
    """
    row = row_of(folder)
    FOLD_LISTS.forget(folder.parents[1], lambda other: other.fold == row.fold and other.sha256 != row.sha256)


def forget_missing_folds(experiment: Path) -> None:
    """Remove the lists of an experiment that name a fold which lacks its tables or its record.

    A list that outlives its folds would keep the workflow from training them again.

    Parameters
    ----------
    experiment : Path
        Its folder; it may not exist.
    """
    folds = experiment / FOLDS
    FOLD_LISTS.forget(experiment, lambda row: not all((folds / row.fold / name).is_file() for name in OF_FOLD))
