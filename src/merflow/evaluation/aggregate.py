"""Metrics of an experiment: pooled over its folds, with intervals over subjects, and everything else labelled."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.counts import count
from merflow.evaluation.bootstrap import REPLICATES, score_interval
from merflow.evaluation.headlines import absent_note, headline_of_table, shown_in, told_one_by_one
from merflow.evaluation.label_rows import label_rows
from merflow.evaluation.members import member_rows
from merflow.evaluation.metrics import f1_by_class, macro_precision, recall_by_class
from merflow.evaluation.oracle import oracle_rows
from merflow.evaluation.predictions import confusions_of
from merflow.evaluation.rows import MetricRow, Scope, headline_rows, joined_note, known
from merflow.evaluation.untrained import untrained_note

PRECISION_NOTE = (
    "not UAR: the mean precision of the classes, which some tables print as UAR (STSTNet's do); a class that is never "
    "predicted scores 0"
)


def score_table(
    table: pd.DataFrame,
    *,
    classes: Sequence[str],
    protocol: str,
    left_out: int = 0,
    members: Mapping[str, str] | None = None,
    members_left_out: Mapping[str, int] | None = None,
    note: str = "",
    rest_trains: bool = False,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> list[MetricRow]:
    """Score the predictions of all folds of an experiment.

    Parameters
    ----------
    table : DataFrame
        As from ``read_predictions``.
    classes : sequence of str
        The fixed list of classes or labels.
    protocol : str
        As it is to stand in the table.
    left_out : int
        Number of clips that were excluded before training.
    members : mapping of str to str, optional
        Subject to member of a composite dataset, as ``members_of`` returns it; each of several has rows of its own.
    members_left_out : mapping of str to int, optional
        Number of them of each member, as from ``left_out_of``.
    note : str
        For what a reader must know of the protocol: put in front of every note, but after that of a leak.
    rest_trains : bool
        Whether each fold trains on the clips of all others, as the protocol says.
    replicates, seed : int
        Of the bootstrap over subjects.

    Returns
    -------
    list of MetricRow
        In this order: UF1, UAR and ACC, the headline, pooled over folds, mean over seeds; those of the oracle's epoch
        where it was recorded; each seed; the spread over seeds; the mean over folds; the members; the macro precision;
        F1 and recall of each class. Of labels that are told one by one, the headline is the mean of f1_macro, f1 and
        accuracy over the labels, and the last rows are those of each label. ``pandas.DataFrame`` makes a table of them.
    """
    confusions = confusions_of(table, classes)
    cannot_be_right = untrained_note(table, rest_trains=rest_trains)
    rows = _headline_rows(
        table, confusions, classes, left_out=left_out, more=cannot_be_right, replicates=replicates, seed=seed
    )
    rows += oracle_rows(table, classes, replicates=replicates, seed=seed)
    rows += _seed_rows(table, confusions)
    rows += _fold_mean_rows(table, classes)
    if members is not None and len(set(members.values())) > 1:  # one alone is the whole
        rows += member_rows(table, members, classes, left_out=members_left_out, replicates=replicates, seed=seed)
    if told_one_by_one(table):
        rows += label_rows(table, confusions, classes, replicates=replicates, seed=seed)
    else:
        rows.append(_precision_row(table, confusions, replicates=replicates, seed=seed))
        rows += _class_rows(confusions.sum(1), classes)
    return [dataclasses.replace(row, protocol=protocol, note=_full_note(note, row)) for row in rows]


def _full_note(general: str, row: MetricRow) -> str:
    return joined_note(row.note, general) if row.scope.is_leak else joined_note(general, row.note)


def _headline_rows(
    table: pd.DataFrame,
    confusions: NDArray[np.int64],
    classes: Sequence[str],
    *,
    left_out: int,
    more: str,
    replicates: int,
    seed: int,
) -> list[MetricRow]:
    note = joined_note(
        f"{count(table['fold'].nunique(), 'fold')} pooled, mean over {count(len(confusions), 'seed')}, 95 % bootstrap "
        f"over subjects; {count(left_out, 'clip')} left out",
        absent_note(table, classes),
        more,
    )
    metrics, score = headline_of_table(table)
    bounds = score_interval(confusions, score, replicates=replicates, seed=seed)
    values = score(confusions.sum(1)).mean(0)
    return headline_rows(Scope.POOLED, values, metrics=metrics, n=_clips(table), note=note, bounds=bounds)


def _seed_rows(table: pd.DataFrame, confusions: NDArray[np.int64]) -> list[MetricRow]:
    """Return the headline of each seed, and the spread over seeds when there are several."""
    metrics, score = headline_of_table(table)
    seeds, by_seed = sorted(set(table["seed"])), score(confusions.sum(1))
    same: dict[str, Any] = {"metrics": metrics, "n": _clips(table)}
    note = f"{count(table['fold'].nunique(), 'fold')} pooled"
    rows: list[MetricRow] = []
    for run, values in zip(seeds, by_seed, strict=True):
        rows += headline_rows(Scope.SEED, values, name=str(run), note=note, **same)
    if len(seeds) > 1:
        spread = by_seed.std(0, ddof=1)
        rows += headline_rows(Scope.SEED_SD, spread, note="standard deviation, n - 1", **same)
    return rows


def _fold_mean_rows(table: pd.DataFrame, classes: Sequence[str]) -> list[MetricRow]:
    """Return the mean of each fold's own headline, over folds and seeds."""
    metrics, score = headline_of_table(table)
    by_fold = confusions_of(table.assign(subject=table["fold"]), classes)
    folds = by_fold.reshape(-1, *by_fold.shape[2:])
    tested = folds[folds.reshape(len(folds), -1).any(axis=1)]  # a seed may lack a fold
    note = _fold_note(table, len(classes))
    return headline_rows(Scope.FOLD_MEAN, score(tested).mean(0), metrics=metrics, n=_clips(table), note=note)


def _fold_note(table: pd.DataFrame, classes: int) -> str:
    if told_one_by_one(table):
        labels = [len(shown_in(own)) for _, own in table.groupby("fold")]
        return (
            "mean over folds, not the headline: a label that no clip of a fold shows has an f1 of 0 there; "
            f"{sum(own < classes for own in labels)} of {count(len(labels), 'fold')} lack a label"
        )
    shown = table.groupby("fold")["label"].nunique()
    return (
        "mean over folds, not the headline: a fold without a class scores 0 for it; "
        f"{int((shown < classes).sum())} of {count(len(shown), 'fold')} lack a class, {int((shown == 1).sum())} "
        "have one class only"
    )


def _precision_row(table: pd.DataFrame, confusions: NDArray[np.int64], *, replicates: int, seed: int) -> MetricRow:
    low, high = score_interval(confusions, macro_precision, replicates=replicates, seed=seed)
    return MetricRow(
        metric="macro-precision",
        scope=Scope.POOLED,
        value=float(macro_precision(confusions.sum(1)).mean(0)),
        ci_low=known(float(low)),
        ci_high=known(float(high)),
        n=_clips(table),
        note=PRECISION_NOTE,
    )


def _class_rows(pooled: NDArray[np.int64], classes: Sequence[str]) -> list[MetricRow]:
    """Return F1 and recall of each class, mean over seeds; pooled has shape (seeds, classes, classes)."""
    support = pooled[0].sum(1)
    note = "" if support.all() else "a class without clips scores 0"
    scores = {"F1": f1_by_class(pooled).mean(0), "recall": recall_by_class(pooled).mean(0)}
    return [
        MetricRow(metric=metric, scope=Scope.CLASS, name=label, value=float(value), n=int(clips), note=note)
        for metric, values in scores.items()
        for label, value, clips in zip(classes, values, support, strict=True)
    ]


def _clips(table: pd.DataFrame) -> int:
    return int(table["clip"].nunique())
