"""Put the baselines of a dataset beside an experiment's metrics, so that no number stands alone."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from merflow.evaluation.metrics_table import read_metrics
from merflow.evaluation.own_table import damaged
from merflow.evaluation.predictions import read_collected
from merflow.evaluation.rows import METRIC_COLUMNS, MetricRow, Scope, count, headline_of, joined_note


def with_baselines(
    metrics: Sequence[MetricRow], baselines: Mapping[str, Path], *, folds: Mapping[str, str] | None = None
) -> list[MetricRow]:
    """Return metrics with the headline of each baseline appended, its scope ``baseline``.

    Parameters
    ----------
    metrics : sequence of MetricRow
        Of the experiment itself.
    baselines : mapping of str to Path
        ``metrics.csv`` by name of the baseline.
    folds : mapping of str to str, optional
        Fold of each clip that the experiment predicts; where it is given, ``predictions.csv`` beside each of the
        metrics is read, and the note says where clips or folds are others, though there are as many.

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
        remark = "on other clips than the experiment: compare n" if others else _remark(path, folds)
        rows += [
            dataclasses.replace(row, scope=Scope.BASELINE, name=name, note=joined_note(remark, row.note))
            for row in headline
        ]
    return rows


def _remark(metrics: Path, folds: Mapping[str, str] | None) -> str:
    """Say in what a baseline with as many clips was asked something else; empty = in nothing, or it is not known.

    The stages of two methods may each leave out one clip, another one. Folds that are drawn then differ too.
    """
    if folds is None:
        return ""
    table = read_collected(metrics.with_name("predictions.csv"))
    own = dict(zip(table["clip"], table["fold"], strict=True))
    other = len(folds.keys() - own.keys())
    if other:
        return f"on other clips than the experiment, though as many: {count(other, 'clip')} of its own not among them"
    return "" if own == folds else "its folds divide the clips in another way than the experiment's"


def _headline(path: Path, expected: tuple[str, ...]) -> tuple[MetricRow, ...]:
    headline = headline_of(read_metrics(path))
    metrics = tuple(row.metric for row in headline)
    if metrics != expected:
        found = f"the headline {', '.join(metrics)}" if metrics else "no headline"
        raise damaged(path, METRIC_COLUMNS, f"{found} in place of {', '.join(expected)}")
    return headline
