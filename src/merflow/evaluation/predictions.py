"""Predictions of folds: read, checked and put together."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.errors import ArtefactError
from merflow.files import atomic_path

COLUMNS = ("clip", "subject", "seed", "label", "predicted")


def read_predictions(paths: Sequence[Path]) -> pd.DataFrame:
    """Return the predictions of all folds, with a column ``fold`` (the name of the folder), sorted by seed and clip.

    Parameters
    ----------
    paths : sequence of Path
        ``folds/{fold}/predictions.csv``.

    Raises
    ------
    ArtefactError
        When a file lacks a column, or a clip is predicted twice by one seed.
    """
    if not paths:
        raise ArtefactError("expected the predictions of at least one fold, but got none.")
    parts = [part for part in (_read_one(Path(path)) for path in paths) if len(part)]
    if not parts:
        raise ArtefactError(f"expected predictions of at least one clip, but all {len(paths)} folds are empty.")
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


def _read_one(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise ArtefactError(f"{path}: expected predictions, but there is no file.")
    texts = {name: str for name in COLUMNS if name != "seed"}
    table = pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=[""])
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise ArtefactError(f"{path}: expected the columns {', '.join(COLUMNS)}; missing {', '.join(missing)}.")
    return table.assign(fold=path.parent.name)
