"""Metrics of an experiment: pooled over its folds, with intervals over subjects, and everything else labelled."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.evaluation.bootstrap import REPLICATES, headline_interval, pooled_headline, subject_confusions
from merflow.evaluation.metrics import HEADLINE, confusion_matrix, f1_by_class, headline, recall_by_class
from merflow.evaluation.predictions import class_indices, classes_of, read_predictions
from merflow.files import atomic_path

METRIC_COLUMNS = ("metric", "value", "ci_low", "ci_high", "n", "protocol", "note")
FOLD_MEAN_NOTE = "mean over folds, not the headline: a fold without a class scores 0 for it"

__all__ = ["METRIC_COLUMNS", "read_predictions", "score_experiment", "score_table", "write_metrics"]


def score_experiment(
    paths: Sequence[Path],
    *,
    classes: Sequence[str] | None = None,
    protocol: str,
    left_out: int = 0,
    note: str = "",
    replicates: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Score the predictions of all folds of an experiment.

    Parameters
    ----------
    paths : sequence of Path
        ``folds/{fold}/predictions.csv``.
    classes : sequence of str, optional
        The fixed class list; by default that of the score columns.
    protocol : str
        As it is to stand in the table.
    left_out : int
        Number of clips that were excluded before training.
    note : str
        Put in front of every note, for what a reader must know of the protocol.
    replicates, seed : int
        Of the bootstrap over subjects.

    Returns
    -------
    DataFrame
        Columns ``metric, value, ci_low, ci_high, n, protocol, note``; values in 0..1. First UF1, UAR and ACC, the
        headline: pooled over folds, mean over seeds. Then each seed, the spread over seeds, the mean over folds, and
        F1 and recall of each class.
    """
    table = read_predictions(paths)
    return score_table(
        table,
        classes=classes_of(table) if classes is None else classes,
        protocol=protocol,
        left_out=left_out,
        note=note,
        replicates=replicates,
        seed=seed,
    )


def score_table(
    table: pd.DataFrame,
    *,
    classes: Sequence[str],
    protocol: str,
    left_out: int = 0,
    note: str = "",
    replicates: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Score predictions that ``read_predictions`` returned; see ``score_experiment``."""
    labels, predicted = class_indices(table["label"], classes), class_indices(table["predicted"], classes)
    confusions = subject_confusions(
        labels,
        predicted,
        subjects=table["subject"].tolist(),
        runs=table["seed"].tolist(),
        classes=len(classes),
    )
    seeds = sorted(set(table["seed"]))
    folds = table["fold"].nunique()
    by_seed = pooled_headline(confusions)
    low, high = headline_interval(confusions, replicates=replicates, seed=seed)
    how = (
        f"{_count(folds, 'fold')} pooled, mean over {_count(len(seeds), 'seed')}, 95 % bootstrap over subjects; "
        f"{_count(left_out, 'clip')} left out"
    )
    rows = _rows(HEADLINE, by_seed.mean(0), how, low=low, high=high)
    for run, values in zip(seeds, by_seed, strict=True):
        rows += _rows([f"{name} seed {run}" for name in HEADLINE], values, f"{_count(folds, 'fold')} pooled")
    if len(seeds) > 1:
        spread = by_seed.std(0, ddof=1)
        rows += _rows([f"{name} sd over seeds" for name in HEADLINE], spread, "standard deviation, n - 1")
    fold_means = _mean_over_folds(table, labels, predicted, classes=len(classes))
    rows += _rows([f"{name} mean over folds" for name in HEADLINE], fold_means, FOLD_MEAN_NOTE)
    rows += _class_rows(confusions.sum(1), classes)
    result = pd.DataFrame(rows).assign(protocol=protocol)
    clips = table["clip"].nunique()
    result["n"] = result["n"].fillna(clips).astype(int)
    if note:
        result["note"] = note + "; " + result["note"]
    return result[list(METRIC_COLUMNS)]


def write_metrics(metrics: pd.DataFrame, path: Path) -> None:
    """Write ``metrics.csv``; the file appears only when whole."""
    with atomic_path(path) as partial:
        metrics.to_csv(partial, index=False, float_format="%.6f", lineterminator="\n")


def _mean_over_folds(
    table: pd.DataFrame, labels: NDArray[np.int64], predicted: NDArray[np.int64], *, classes: int
) -> NDArray[np.float64]:
    """Return the mean of each fold's own UF1, UAR and ACC, over folds and seeds."""
    groups = table.groupby(["seed", "fold"], sort=True).indices.values()
    matrices = [confusion_matrix(labels[rows], predicted[rows], classes=classes) for rows in groups]
    mean: NDArray[np.float64] = headline(np.stack(matrices)).mean(0)
    return mean


def _class_rows(pooled: NDArray[np.int64], classes: Sequence[str]) -> list[dict[str, object]]:
    """Return F1 and recall of each class, mean over seeds; pooled has shape (seeds, classes, classes)."""
    support = pooled[0].sum(1)
    rows: list[dict[str, object]] = []
    for name, values in (("F1", f1_by_class(pooled)), ("recall", recall_by_class(pooled))):
        names = [f"{name} {label}" for label in classes]
        notes = "" if support.all() else "a class without clips scores 0"
        rows += _rows(names, values.mean(0), notes, n=support)
    return rows


def _rows(
    names: Sequence[str],
    values: NDArray[np.float64],
    note: str,
    *,
    low: NDArray[np.float64] | None = None,
    high: NDArray[np.float64] | None = None,
    n: NDArray[np.int64] | None = None,
) -> list[dict[str, object]]:
    nothing = np.full(len(names), np.nan)
    columns = {
        "value": values,
        "ci_low": nothing if low is None else low,
        "ci_high": nothing if high is None else high,
        "n": nothing if n is None else n,
    }
    return [
        {"metric": name, "note": note, **{key: column[i] for key, column in columns.items()}}
        for i, name in enumerate(names)
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
