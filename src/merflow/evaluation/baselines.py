"""Put the baselines of a dataset beside an experiment's metrics, so that no number stands alone."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from merflow.counts import count
from merflow.evaluation.metrics_table import read_metrics
from merflow.evaluation.own_table import damaged
from merflow.evaluation.predictions import read_collected
from merflow.evaluation.rows import METRIC_COLUMNS, MetricRow, Scope, headline_of, joined_note


def with_baselines(
    metrics: Sequence[MetricRow], baselines: Mapping[str, Path], *, clips: Collection[str] | None = None
) -> list[MetricRow]:
    """Return metrics with the headline of each baseline appended, its scope ``baseline``.

    Parameters
    ----------
    metrics : sequence of MetricRow
        Of the experiment itself.
    baselines : mapping of str to Path
        ``metrics.csv`` by name of the baseline.
    clips : collection of str, optional
        Those that the experiment predicts; where it is given, ``predictions.csv`` beside each of the metrics is read,
        and the note says where the clips are others, though there are as many.

    Raises
    ------
    ArtefactError
        When one of these is not as merflow writes it.
    """
    own = headline_of(metrics)
    counts = {row.n for row in own}
    rows = list(metrics)
    for name, path in baselines.items():
        headline = _headline(path, tuple(row.metric for row in own))
        others = {row.n for row in headline} != counts
        remark = "on other clips than the experiment: compare n" if others else _remark(path, clips)
        rows += [
            dataclasses.replace(row, scope=Scope.BASELINE, name=name, note=joined_note(remark, row.note))
            for row in headline
        ]
    return rows


def _remark(metrics: Path, clips: Collection[str] | None) -> str:
    """Say that a baseline with as many clips has other ones: the stages of two methods may each leave out one clip.

    Empty where it has the same ones, or it is not known.
    """
    if clips is None:
        return ""
    other = len(set(clips) - set(read_collected(metrics.with_name("predictions.csv"))["clip"]))
    if not other:
        return ""
    return f"on other clips than the experiment, though as many: {count(other, 'clip')} of its own not among them"


def _headline(path: Path, expected: tuple[str, ...]) -> tuple[MetricRow, ...]:
    headline = headline_of(read_metrics(path))
    metrics = tuple(row.metric for row in headline)
    if metrics != expected:
        found = f"the headline {', '.join(metrics)}" if metrics else "no headline"
        raise damaged(path, METRIC_COLUMNS, f"{found} in place of {', '.join(expected)}")
    return headline
