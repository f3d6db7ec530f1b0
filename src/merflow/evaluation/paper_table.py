"""A table of a paper with our number beside each published one."""

import csv
import dataclasses
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from merflow.counts import count
from merflow.evaluation.rows import MetricRow, Scope
from merflow.files import sealed_path


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One cell of a published table; the fields are the columns, in their order.

    Attributes
    ----------
    paper, table, row : str
        Where it is printed.
    dataset, labels, protocol : str
        What was asked: names of merflow.
    metric : str
        As printed.
    published : float or None
        From 0 to 1; None on data that the paper does not have.
    source : str
        ``own``: the paper measured it. ``cited``: it copied it from another paper.
    kind : str
        What kind of number the published one is: ``pooled`` as ours, ``macro_precision``, ``unknown``.
    published_clips : int or None
        Clips that it counts, where that is known.
    ours, ci_low, ci_high : float or None
        Pooled over all folds, mean over the seeds, and its 95 % interval over subjects; None: see the note.
    clips : int or None
        Clips that ours counts.
    seeds : int or None
        Trainings of each fold.
    difference : float or None
        Ours less the published one, where the two are of one kind or that of the published one is not known.
    inside : str
        ``yes`` or ``no``: whether the published number lies in our interval.
    experiment : str
        Of merflow, which is the row; empty where there is none.
    note : str
        Why there is no number of ours; what has to be known to compare the two.
    """

    paper: str
    table: str
    row: str
    dataset: str
    labels: str
    protocol: str
    metric: str
    published: float | None
    source: str
    kind: str
    published_clips: int | None
    ours: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    clips: int | None = None
    seeds: int | None = None
    difference: float | None = None
    inside: str = ""
    experiment: str
    note: str


COLUMNS = tuple(field.name for field in dataclasses.fields(TableRow))


def paper_table(
    rows: Iterable[Mapping[str, Any]], metrics: Mapping[tuple[str, str], Sequence[MetricRow]]
) -> list[TableRow]:
    """Return a published table with our numbers.

    Parameters
    ----------
    rows : iterable of mapping
        As :func:`merflow.plan.table_rows` plans them.
    metrics : mapping
        (dataset, experiment) -> rows of its ``metrics.csv``.
    """
    return [_filled(row, metrics.get((row["on"], row["experiment"]), ())) for row in rows]


def table_csv(rows: Iterable[TableRow]) -> str:
    """Return the table as text, numbers with four decimals: published ones have no more."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_text(value) for value in dataclasses.astuple(row)] for row in rows)
    return buffer.getvalue()


def write_table(rows: Iterable[TableRow], path: Path) -> None:
    """Write the table, sealed; the file appears only when whole."""
    with sealed_path(path) as partial:
        partial.write_text(table_csv(rows), encoding="utf-8")


def _filled(row: Mapping[str, Any], metrics: Sequence[MetricRow]) -> TableRow:
    """Return a row with our number in it, where there is one."""
    cell = TableRow(
        **{name: row[name] for name in ("paper", "table", "row", "labels", "protocol", "metric", "source", "kind")},
        dataset=row["on"],
        published=row["value"],
        published_clips=row["clips"],
        experiment=row["experiment"],
        note="; ".join(filter(None, (row["missing"], row["note"]))),
    )
    label = row.get("label", "")
    ours = _of_scope(metrics, row["our_metric"], Scope.LABEL if label else Scope.POOLED, name=label)
    if ours is None:
        return cell
    return dataclasses.replace(
        cell,
        ours=ours.value,
        ci_low=ours.ci_low,
        ci_high=ours.ci_high,
        clips=ours.n,
        seeds=sum(one.scope is Scope.SEED and one.metric == ours.metric for one in metrics),
        note="; ".join(filter(None, (cell.note, *_notes(cell, ours, metrics)))),
        **_held_against(cell, ours),
    )


def _held_against(cell: TableRow, ours: MetricRow) -> dict[str, Any]:
    """Return what the two numbers say of each other; nothing where they are of two kinds."""
    if cell.published is None or cell.kind == "macro_precision":
        return {}
    difference = ours.value - cell.published
    if ours.ci_low is None or ours.ci_high is None:
        return {"difference": difference}
    return {"difference": difference, "inside": "yes" if ours.ci_low <= cell.published <= ours.ci_high else "no"}


def _notes(cell: TableRow, ours: MetricRow, metrics: Sequence[MetricRow]) -> list[str]:
    """Return what has to be known to compare our number with the published one."""
    notes = [] if ours.scope is Scope.POOLED else [ours.note]
    if cell.published_clips is not None and cell.published_clips != ours.n:
        notes.append(f"{count(cell.published_clips, 'clip')} there, {ours.n} here")
    if ours.scope is not Scope.POOLED:
        return notes  # the others are of all labels together
    folds = _of_scope(metrics, ours.metric, Scope.FOLD_MEAN)
    if cell.kind == "unknown" and folds is not None:
        notes.append(f"our mean over folds: {folds.value:.4f}")
    best = _of_scope(metrics, ours.metric, Scope.ORACLE)
    if cell.kind == "unknown" and best is not None:
        notes.append(f"our best epoch on the test clips, a leak: {best.value:.4f}")
    precision = _of_scope(metrics, "macro-precision", Scope.POOLED)
    if cell.kind == "macro_precision" and precision is not None:
        notes.append(f"our macro-precision: {precision.value:.4f}")
    return notes


def _of_scope(metrics: Iterable[MetricRow], metric: str, scope: Scope, *, name: str = "") -> MetricRow | None:
    found = (row for row in metrics if row.metric == metric and row.scope is scope)
    return next((row for row in found if not name or row.name == name), None)


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return "" if value is None else str(value)
