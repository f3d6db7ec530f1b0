"""Metrics of an experiment: pooled over its folds, with intervals over subjects, and everything else labelled."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.evaluation.bootstrap import REPLICATES, headline_interval, pooled_headline, score_interval
from merflow.evaluation.members import member_rows
from merflow.evaluation.metrics import (
    HEADLINE,
    confusion_matrix,
    f1_by_class,
    headline,
    macro_precision,
    recall_by_class,
)
from merflow.evaluation.oracle import oracle_rows
from merflow.evaluation.predictions import class_indices, confusions_of, read_predictions
from merflow.evaluation.rows import METRIC_COLUMNS, Row, count, joined_note, metric_rows
from merflow.files import sealed_path

PRECISION_NOTE = (
    "not UAR: the mean precision of the classes, which some tables print as UAR (STSTNet's do); a class that is never "
    "predicted scores 0"
)

__all__ = ["METRIC_COLUMNS", "read_predictions", "score_table", "write_metrics"]


def score_table(
    table: pd.DataFrame,
    *,
    classes: Sequence[str],
    protocol: str,
    left_out: int = 0,
    members: Mapping[str, str] | None = None,
    members_left_out: Mapping[str, int] | None = None,
    note: str = "",
    replicates: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Score the predictions of all folds of an experiment.

    Parameters
    ----------
    table : DataFrame
        As from ``read_predictions``.
    classes : sequence of str
        The fixed class list.
    protocol : str
        As it is to stand in the table.
    left_out : int
        Number of clips that were excluded before training.
    members : mapping of str to str, optional
        Subject to member of a composite dataset, as ``members_of`` returns it; each of several has rows of its own.
    members_left_out : mapping of str to int, optional
        Number of them of each member, as from ``left_out_of``.
    note : str
        Put in front of every note, for what a reader must know of the protocol.
    replicates, seed : int
        Of the bootstrap over subjects.

    Returns
    -------
    DataFrame
        Columns ``metric, value, ci_low, ci_high, n, protocol, note``; values in 0..1. First UF1, UAR and ACC, the
        headline: pooled over folds, mean over seeds. Then those of the oracle's epoch where it was recorded, each seed,
        the spread over seeds, the mean over folds, the members, the macro precision, and F1 and recall of each class.
    """
    confusions = confusions_of(table, classes)
    rows = _headline_rows(table, confusions, left_out=left_out, replicates=replicates, seed=seed)
    rows += oracle_rows(table, classes, replicates=replicates, seed=seed)
    rows += _seed_rows(table, confusions)
    rows += _fold_mean_rows(table, classes)
    if members is not None and len(set(members.values())) > 1:  # one alone is the whole
        rows += member_rows(table, members, classes, left_out=members_left_out, replicates=replicates, seed=seed)
    rows += _precision_rows(confusions, replicates=replicates, seed=seed)
    rows += _class_rows(confusions.sum(1), classes)
    result = pd.DataFrame(rows).assign(protocol=protocol)
    result["n"] = result["n"].fillna(table["clip"].nunique()).astype(int)
    result["note"] = [joined_note(note, own) for own in result["note"]]
    return result[list(METRIC_COLUMNS)]


def write_metrics(metrics: pd.DataFrame, path: Path) -> None:
    """Write ``metrics.csv``, sealed; the file appears only when whole."""
    with sealed_path(path) as partial:
        partial.write_text(metrics_text(metrics), encoding="utf-8")


def metrics_text(metrics: pd.DataFrame) -> str:
    """Return the content of ``metrics.csv``."""
    text: str = metrics.to_csv(index=False, float_format="%.6f", lineterminator="\n")
    return text


def _headline_rows(
    table: pd.DataFrame, confusions: NDArray[np.int64], *, left_out: int, replicates: int, seed: int
) -> list[Row]:
    low, high = headline_interval(confusions, replicates=replicates, seed=seed)
    note = (
        f"{count(table['fold'].nunique(), 'fold')} pooled, mean over {count(len(confusions), 'seed')}, 95 % bootstrap "
        f"over subjects; {count(left_out, 'clip')} left out"
    )
    return metric_rows(HEADLINE, pooled_headline(confusions).mean(0), note, low=low, high=high)


def _seed_rows(table: pd.DataFrame, confusions: NDArray[np.int64]) -> list[Row]:
    """Return the headline of each seed, and the spread over seeds when there are several."""
    seeds, by_seed = sorted(set(table["seed"])), pooled_headline(confusions)
    note = f"{count(table['fold'].nunique(), 'fold')} pooled"
    rows: list[Row] = []
    for run, values in zip(seeds, by_seed, strict=True):
        rows += metric_rows([f"{name} seed {run}" for name in HEADLINE], values, note)
    if len(seeds) > 1:
        spread = by_seed.std(0, ddof=1)
        rows += metric_rows([f"{name} sd over seeds" for name in HEADLINE], spread, "standard deviation, n - 1")
    return rows


def _fold_mean_rows(table: pd.DataFrame, classes: Sequence[str]) -> list[Row]:
    """Return the mean of each fold's own UF1, UAR and ACC, over folds and seeds."""
    labels, predicted = class_indices(table["label"], classes), class_indices(table["predicted"], classes)
    groups = table.groupby(["seed", "fold"], sort=True).indices.values()
    matrices = [confusion_matrix(labels[rows], predicted[rows], classes=len(classes)) for rows in groups]
    shown = table.groupby("fold")["label"].nunique()
    note = (
        "mean over folds, not the headline: a fold without a class scores 0 for it; "
        f"{int((shown < len(classes)).sum())} of {count(len(shown), 'fold')} lack a class, {int((shown == 1).sum())} "
        "have one class only"
    )
    return metric_rows([f"{name} mean over folds" for name in HEADLINE], headline(np.stack(matrices)).mean(0), note)


def _precision_rows(confusions: NDArray[np.int64], *, replicates: int, seed: int) -> list[Row]:
    value = macro_precision(confusions.sum(1)).mean(0)
    bounds = score_interval(confusions, macro_precision, replicates=replicates, seed=seed)
    value, low, high = (np.atleast_1d(number) for number in (value, *bounds))
    return metric_rows(["macro-precision"], value, PRECISION_NOTE, low=low, high=high)


def _class_rows(pooled: NDArray[np.int64], classes: Sequence[str]) -> list[Row]:
    """Return F1 and recall of each class, mean over seeds; pooled has shape (seeds, classes, classes)."""
    support = pooled[0].sum(1)
    rows: list[Row] = []
    for name, values in (("F1", f1_by_class(pooled)), ("recall", recall_by_class(pooled))):
        names = [f"{name} {label}" for label in classes]
        notes = "" if support.all() else "a class without clips scores 0"
        rows += metric_rows(names, values.mean(0), notes, n=support)
    return rows
