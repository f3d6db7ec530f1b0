"""Predictions of folds: read, checked and put together."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.errors import ArtefactError
from merflow.evaluation.bootstrap import subject_confusions
from merflow.files import atomic_path

COLUMNS = ("clip", "subject", "seed", "label", "predicted")
ORACLE_COLUMN = "oracle_predicted"
"""What a clip was called after the epoch with the best accuracy on its own test fold: a leak, see ``oracle``."""


def read_predictions(paths: Sequence[Path]) -> pd.DataFrame:
    """Return the predictions of all folds, with a column ``fold`` (the name of the folder), sorted by seed and clip.

    Parameters
    ----------
    paths : sequence of Path
        ``folds/{fold}/predictions.csv``.

    Raises
    ------
    ArtefactError
        When a file lacks a column, a clip is predicted twice by one seed, or only some folds have ``oracle_predicted``.
    """
    if not paths:
        raise ArtefactError("expected the predictions of at least one fold, but got none.")
    tables = [_read_one(path).assign(fold=path.parent.name) for path in map(Path, paths)]
    parts = [part for part in tables if len(part)]
    if not parts:
        raise ArtefactError(f"expected predictions of at least one clip, but all {len(paths)} folds are empty.")
    _check_oracle(parts)
    table = pd.concat(parts, ignore_index=True).sort_values(["seed", "clip"], kind="stable", ignore_index=True)
    twice = table[table.duplicated(["seed", "clip"])]
    if len(twice):
        raise ArtefactError(
            f"expected one prediction a clip and seed, but {twice['clip'].iloc[0]} is predicted twice by seed "
            f"{twice['seed'].iloc[0]}, in folds {sorted(table['fold'][table['clip'] == twice['clip'].iloc[0]])}. "
            "The folds are of different runs: delete the folds folder of the experiment and run again."
        )
    return table


def write_predictions(table: pd.DataFrame, path: Path) -> None:
    """Write the predictions of all folds as one table, column ``fold`` last."""
    with atomic_path(path) as partial:
        table.to_csv(partial, index=False, float_format="%.6g", lineterminator="\n")


def read_collected(path: Path) -> pd.DataFrame:
    """Return the predictions of a whole experiment, as ``write_predictions`` wrote them.

    Raises
    ------
    ArtefactError
        When the file is missing or lacks a column.
    """
    return _read_one(path, columns=(*COLUMNS, "fold"))


def confusions_of(table: pd.DataFrame, classes: Sequence[str], *, column: str = "predicted") -> NDArray[np.int64]:
    """Return confusion matrices of shape (seeds, subjects, classes, classes), seeds and subjects sorted.

    Parameters
    ----------
    table : DataFrame
        As from ``read_predictions``.
    classes : sequence of str
        The fixed class list.
    column : str
        Which prediction to hold against the label.
    """
    return subject_confusions(
        class_indices(table["label"], classes),
        class_indices(table[column], classes),
        subjects=table["subject"].tolist(),
        runs=table["seed"].tolist(),
        classes=len(classes),
    )


def class_indices(names: pd.Series, classes: Sequence[str]) -> NDArray[np.int64]:
    """Return the position of each class name in `classes`.

    Raises
    ------
    ArtefactError
        On a name that is not in the list.
    """
    position = {name: index for index, name in enumerate(classes)}
    unknown = sorted(set(names) - set(position))
    if unknown:
        raise ArtefactError(f"expected the classes {', '.join(classes)}, but found {', '.join(unknown)}.")
    return np.array([position[name] for name in names], dtype=np.int64)


def classes_of(table: pd.DataFrame) -> tuple[str, ...]:
    """Return the class list that a table of predictions was made with, from its score columns."""
    return tuple(str(name).removeprefix("score_") for name in table.columns if str(name).startswith("score_"))


def _check_oracle(parts: Sequence[pd.DataFrame]) -> None:
    """Refuse folds of which only some say what the oracle's epoch predicted: they are of two settings."""
    having = [part for part in parts if ORACLE_COLUMN in part.columns]
    lacking = [part for part in parts if ORACLE_COLUMN not in part.columns or part[ORACLE_COLUMN].isna().any()]
    if having and lacking:
        raise ArtefactError(
            f"expected {ORACLE_COLUMN} for every clip of every fold or for none, but fold {lacking[0]['fold'].iloc[0]} "
            "lacks it. The folds are of different settings: delete the folds folder of the experiment and run again."
        )


def _read_one(path: Path, columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    if not path.is_file():
        raise ArtefactError(f"{path}: expected predictions, but there is no file.")
    texts = {name: str for name in (*columns, ORACLE_COLUMN) if name != "seed"}
    table = pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=[""])
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ArtefactError(f"{path}: expected the columns {', '.join(columns)}; missing {', '.join(missing)}.")
    return table
