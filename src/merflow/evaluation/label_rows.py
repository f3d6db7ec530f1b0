"""Rows of ``metrics.csv`` of labels that are told one by one: each label's scores, and the counts behind them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.counts import count
from merflow.evaluation.bootstrap import score_interval
from merflow.evaluation.metrics import LABEL_HEADLINE, scores_by_label
from merflow.evaluation.rows import COUNTS, MetricRow, Scope, joined_note, known


def label_rows(
    table: pd.DataFrame, confusions: NDArray[np.int64], labels: Sequence[str], *, replicates: int, seed: int
) -> list[MetricRow]:
    """Return ``f1_macro``, ``f1`` and ``accuracy`` of each label, then the counts of each, means over the seeds.

    Parameters
    ----------
    table : DataFrame
        As from ``read_predictions``.
    confusions : ndarray of shape (seeds, subjects, labels, 2, 2)
    labels : sequence of str
    replicates, seed : int
        Of the bootstrap over subjects.
    """
    pooled = confusions.sum(1)
    values = scores_by_label(pooled).mean(0)
    low, high = score_interval(confusions, scores_by_label, replicates=replicates, seed=seed)
    clips = int(table["clip"].nunique())
    rows = [
        MetricRow(
            metric=metric,
            scope=Scope.LABEL,
            name=name,
            value=float(values[one, which]),
            ci_low=known(low[one, which]),
            ci_high=known(high[one, which]),
            n=clips,
            note=_note(table, name, pooled[0, one]),
        )
        for one, name in enumerate(labels)
        for which, metric in enumerate(LABEL_HEADLINE)
    ]
    return rows + [row for one, name in enumerate(labels) for row in _count_rows(pooled[:, one], name, clips)]


def _note(table: pd.DataFrame, name: str, counts: NDArray[np.int64]) -> str:
    """Say how many clips show a label, and in how many folds it could not be learnt."""
    positive, clips = int(counts[1].sum()), int(counts.sum())
    own = table[table["label"] == name]
    unlearnt = own[own["score"].isna()]
    parts = [f"{positive} of {count(clips, 'clip')} show it"]
    if positive == 0:
        parts.append("its f1 is 0")
    for value, said in ((0, "no training clip shows it: absent there"), (1, "every training clip shows it: present")):
        folds = unlearnt["fold"][unlearnt["predicted"] == value].nunique()
        if folds:
            parts.append(f"in {folds} of {count(own['fold'].nunique(), 'fold')} {said}")
    return joined_note(*parts)


def _count_rows(counts: NDArray[np.int64], name: str, clips: int) -> list[MetricRow]:
    """Return what one label was counted as; counts has the shape (seeds, 2, 2), absent before present."""
    mean = counts.mean(0)
    found = (mean[1].sum(), mean[1, 1], mean[0, 1], mean[1, 0], mean[0, 0])
    note = "mean over the seeds"
    return [
        MetricRow(metric=metric, scope=Scope.LABEL_COUNT, name=name, value=float(value), n=clips, note=note)
        for metric, value in zip(COUNTS, found, strict=True)
    ]
