"""Put the baselines of a dataset beside an experiment's metrics, so that no number stands alone."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from merflow.evaluation.metrics_table import read_metrics
from merflow.evaluation.own_table import damaged
from merflow.evaluation.rows import METRIC_COLUMNS, MetricRow, Scope, headline_of, joined_note


def with_baselines(metrics: Sequence[MetricRow], baselines: Mapping[str, Path]) -> list[MetricRow]:
    """Return metrics with the headline of each baseline appended, its scope ``baseline``.

    Parameters
    ----------
    metrics : sequence of MetricRow
        Of the experiment itself.
    baselines : mapping of str to Path
        ``metrics.csv`` by name of the baseline.

    Raises
    ------
    ArtefactError
        When one of these is not as merflow writes it.
    """
    own = headline_of(metrics)
    clips = {row.n for row in own}
    rows = list(metrics)
    for name, path in baselines.items():
        headline = _headline(path, tuple(row.metric for row in own))
        others = {row.n for row in headline} != clips
        remark = "on other clips than the experiment: compare n" if others else ""
        rows += [
            dataclasses.replace(row, scope=Scope.BASELINE, name=name, note=joined_note(remark, row.note))
            for row in headline
        ]
    return rows


def _headline(path: Path, expected: tuple[str, ...]) -> tuple[MetricRow, ...]:
    headline = headline_of(read_metrics(path))
    metrics = tuple(row.metric for row in headline)
    if metrics != expected:
        found = f"the headline {', '.join(metrics)}" if metrics else "no headline"
        raise damaged(path, METRIC_COLUMNS, f"{found} in place of {', '.join(expected)}")
    return headline
