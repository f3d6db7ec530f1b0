"""Rows of ``metrics.csv``: one number each, what it is of, and what a reader must know of it."""

import dataclasses
import math
from collections.abc import Iterable, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from merflow.evaluation.metrics import HEADLINE, LABEL_HEADLINE

LEAK = "LEAK: "
"""How the note of a number begins that is no result; it stays in front of whatever else is to be said."""

Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Lower and upper end of the intervals of several numbers; NaN where there is none."""


class Scope(StrEnum):
    """What a number is of. Numbers of one metric and one scope are of one kind, and can be put side by side."""

    POOLED = "pooled"
    """The predictions of all folds in one confusion matrix, mean over seeds."""
    ORACLE = "oracle"
    """The same after the epoch that was chosen on the test clips. No result."""
    ORACLE_MINUS_POOLED = "oracle_minus_pooled"
    """What that choice adds. No result."""
    SEED = "seed"
    SEED_SD = "seed_sd"
    """Standard deviation over the seeds: a spread, not a score."""
    FOLD_MEAN = "fold_mean"
    MEMBER = "member"
    CLASS = "class"
    LABEL = "label"
    """One of several labels that are told one by one."""
    LABEL_COUNT = "label_count"
    """Clips, not a score."""
    BASELINE = "baseline"

    @property
    def is_leak(self) -> bool:
        """Whether test clips had a say in the number."""
        return self in (Scope.ORACLE, Scope.ORACLE_MINUS_POOLED)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One row; the fields are the columns, in their order.

    Attributes
    ----------
    metric : str
        ``UF1``, ``UAR``, ``ACC``, ``macro-precision``, or ``F1`` and ``recall`` of a class. Of labels that are told one
        by one ``f1_macro``, ``f1`` and ``accuracy``, and counts (`COUNTS`).
    scope : Scope
        What the number is of.
    name : str
        Which one: the seed, member, class, label or baseline, ``best_epoch`` of the oracle; empty where there is one
        only.
    value : float
        From 0 to 1; a difference from -1 to 1; a count of clips from 0 to `n`, a mean over the seeds.
    ci_low, ci_high : float or None
        Its 95 % interval; None where there is none.
    n : int
        Clips that the number is made from.
    protocol : str
        Such as ``loso``.
    note : str
        How it was obtained.
    """

    metric: str
    scope: Scope
    name: str = ""
    value: float
    ci_low: float | None = None
    ci_high: float | None = None
    n: int
    protocol: str = ""
    note: str


COUNTS = ("n_positive", "true_positive", "false_positive", "false_negative", "true_negative")
"""Metrics of the scope ``label_count``: clips that show the label, and those that were told so, rightly and not."""

METRIC_COLUMNS = tuple(field.name for field in dataclasses.fields(MetricRow))


def headline_rows(
    scope: Scope,
    values: NDArray[np.float64],
    *,
    metrics: Sequence[str] = HEADLINE,
    name: str = "",
    n: int,
    note: str,
    bounds: Bounds | None = None,
) -> list[MetricRow]:
    """Return the rows of UF1, UAR and ACC, or of the headline of labels, without the protocol.

    Parameters
    ----------
    scope : Scope
    values : ndarray of shape (3,)
        In the order of `metrics`.
    metrics : sequence of str
        ``HEADLINE`` or ``LABEL_HEADLINE``.
    name, n, note
        As ``MetricRow`` has them, the same for all three.
    bounds : tuple of ndarray of shape (3,), optional
    """
    low, high = bounds if bounds is not None else (np.full(len(metrics), np.nan),) * 2
    return [
        MetricRow(
            metric=metric,
            scope=scope,
            name=name,
            value=float(values[i]),
            ci_low=known(low[i]),
            ci_high=known(high[i]),
            n=n,
            note=note,
        )
        for i, metric in enumerate(metrics)
    ]


def headline_of(rows: Iterable[MetricRow]) -> tuple[MetricRow, ...]:
    """Return those of the rows that are the headline, pooled over folds: UF1, UAR and ACC, or those of labels."""
    return tuple(row for row in rows if row.scope is Scope.POOLED and row.metric in (*HEADLINE, *LABEL_HEADLINE))


def known(number: float) -> float | None:
    """Return a number, or None in place of NaN."""
    return None if math.isnan(number) else float(number)


def joined_note(*parts: str) -> str:
    """Return what is said of a number as one text; empty parts are passed over."""
    return "; ".join(filter(None, parts))
