"""Predictions of folds: read, checked and put together."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.errors import ArtefactError
from merflow.evaluation.bootstrap import subject_confusions, subject_label_confusions
from merflow.evaluation.headlines import TRUTH, told_one_by_one
from merflow.evaluation.label_file import COLLECTED, is_label_file, per_clip, read_label_file
from merflow.evaluation.own_table import check_seal
from merflow.evaluation.prediction_file import FLOAT_FORMAT, ORACLE_COLUMN, classes_of, read_prediction_file, refuse
from merflow.evaluation.whole_folds import check_clips_of_seeds, check_once, check_same_settings, check_whole
from merflow.files import sealed_path
from merflow.training.scores import gives_shares, threshold

__all__ = [
    "ORACLE_COLUMN",
    "class_indices",
    "classes_of",
    "confusions_of",
    "predictions_text",
    "read_collected",
    "read_predictions",
    "write_predictions",
]


def read_predictions(
    paths: Sequence[Path], *, seeds: Sequence[int] | None = None, model: str = "", fold_is_subject: bool = False
) -> pd.DataFrame:
    """Return the predictions of all folds, with a column ``fold`` (the name of the folder), sorted by seed and clip.

    A row is that of a clip, or of a clip and label, the labels of a clip in their order.

    Metrics are made from whole folds alone: every seed in every fold, every clip of a fold by every seed. A fold
    without rows is passed over: all its clips were left out before training.

    Parameters
    ----------
    paths : sequence of Path
        ``folds/{fold}/predictions.csv``.
    seeds : sequence of int, optional
        Of the experiment's settings; where it is None, those of the first fold.
    model : str
        That gave the scores: shares of 1, or distances (``merflow.training.scores``); empty = any numbers pass.
    fold_is_subject : bool
        Whether each fold tests the one subject that it is called after.

    Raises
    ------
    ArtefactError
        When a file is not as merflow writes it (``read_prediction_file``), a fold is not whole, a clip has another
        subject or label by another seed, is predicted twice by one seed, or the folds are of different settings.
    """
    if not paths:
        raise ArtefactError("expected the predictions of at least one fold, but got none.")
    tables = {path: _read_fold(path, model).assign(fold=path.parent.name) for path in map(Path, paths)}
    check_same_kind(tables)
    clips = {path: per_clip(table) if told_one_by_one(table) else table for path, table in tables.items()}
    check_same_settings(clips)
    check_whole(clips, seeds=seeds, fold_is_subject=fold_is_subject)
    parts = [part for part in tables.values() if len(part)]
    if not parts:
        raise ArtefactError(f"expected predictions of at least one clip, but all {len(paths)} folds are empty.")
    table = pd.concat(parts, ignore_index=True).sort_values(["seed", "clip"], kind="stable", ignore_index=True)
    check_once(pd.concat(clips.values(), ignore_index=True))
    return table[[*COLLECTED, *(name for name in table if name not in COLLECTED)]] if TRUTH in table else table


def _read_fold(path: Path, model: str) -> pd.DataFrame:
    """Return the predictions of one fold, of a model whose name is empty where it is not known."""
    shares = bool(model) and gives_shares(model)
    if is_label_file(path):
        return read_label_file(path, shares=shares, above=threshold(model) if model else None)
    return read_prediction_file(path, shares=shares)


def check_same_kind(tables: Mapping[Path, pd.DataFrame]) -> None:
    """Refuse folds of which some tell classes and others labels, or folds of other labels than the first with rows.

    Raises
    ------
    ArtefactError
        Names the first fold that differs.
    """
    first = next(iter(tables.values()))
    names: tuple[str, ...] = ()
    for path, table in tables.items():
        if told_one_by_one(table) != told_one_by_one(first):
            refuse(path, "predictions of the kind of the first fold, classes or labels", "those of the other kind")
        if told_one_by_one(table) and len(table):
            names = names or classes_of(table)
            if classes_of(table) != names:
                refuse(path, f"the labels {', '.join(names)} of the first fold", ", ".join(classes_of(table)))


def write_predictions(table: pd.DataFrame, path: Path) -> None:
    """Write the predictions of all folds as one table, sealed, column ``fold`` last."""
    with sealed_path(path) as partial:
        partial.write_text(predictions_text(table), encoding="utf-8")


def predictions_text(table: pd.DataFrame) -> str:
    """Return the content of ``predictions.csv``."""
    text: str = table.to_csv(index=False, float_format=FLOAT_FORMAT, lineterminator="\n")
    return text


def read_collected(path: Path) -> pd.DataFrame:
    """Return the predictions of a whole experiment, as ``write_predictions`` wrote them.

    Raises
    ------
    ArtefactError
        When the file is missing, not as merflow wrote it, or a fold in it is not whole.
    """
    if is_label_file(path):
        table = read_label_file(path, collected=True)
        check_clips_of_seeds(path, per_clip(table))
    else:
        table = read_prediction_file(path, shares=False, more=("fold",))
        check_clips_of_seeds(path, table)
    check_seal(path)
    return table


def confusions_of(table: pd.DataFrame, classes: Sequence[str], *, column: str = "predicted") -> NDArray[np.int64]:
    """Return confusion matrices of shape (seeds, subjects, classes, classes), seeds and subjects sorted.

    Of labels that are told one by one, counts of shape (seeds, subjects, labels, 2, 2).

    Parameters
    ----------
    table : DataFrame
        As from ``read_predictions``.
    classes : sequence of str
        The fixed class list.
    column : str
        Which prediction to hold against the label.
    """
    if told_one_by_one(table):
        return subject_label_confusions(
            class_indices(table["label"], classes),
            table[TRUTH].to_numpy(),
            table[column].to_numpy(),
            subjects=table["subject"].tolist(),
            runs=table["seed"].tolist(),
            labels=len(classes),
        )
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
