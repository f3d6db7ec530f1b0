"""The file ``metrics.csv``: written whole, and read back row by row with every cell checked."""

import csv
import dataclasses
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from merflow.evaluation.own_table import damaged, read_own_table
from merflow.evaluation.rows import METRIC_COLUMNS, MetricRow, Scope, known
from merflow.files import sealed_path

FORMER_COLUMNS = ("metric", "value", "ci_low", "ci_high", "n", "protocol", "note")
"""Of the form in which one text held metric, scope and name, such as ``UF1 seed 0``."""

_NUMBERS = ("value", "ci_low", "ci_high", "n")


def write_metrics(rows: Iterable[MetricRow], path: Path) -> None:
    """Write ``metrics.csv``, sealed; the file appears only when whole."""
    with sealed_path(path) as partial:
        partial.write_text(metrics_csv(rows), encoding="utf-8")


def metrics_csv(rows: Iterable[MetricRow]) -> str:
    """Return the content of ``metrics.csv``, numbers with six decimals."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(METRIC_COLUMNS)
    writer.writerows([_text(value) for value in dataclasses.astuple(row)] for row in rows)
    return buffer.getvalue()


def read_metrics(path: Path) -> tuple[MetricRow, ...]:
    """Return the rows of ``metrics.csv`` in their order.

    Raises
    ------
    ArtefactError
        When there is no such table, it is of the former form, or it is not as merflow writes it. The message names the
        command that makes it anew.
    """
    table = read_own_table(path, columns=METRIC_COLUMNS, numbers=_NUMBERS, former=FORMER_COLUMNS)
    if len(table.columns) > len(METRIC_COLUMNS):
        raise damaged(path, METRIC_COLUMNS, f"{', '.join(table.columns[len(METRIC_COLUMNS) :])[:200]} after them")
    rows = tuple(_row(path, cells) for cells in table.to_dict("records"))
    times = Counter(map(_what, rows))
    if repeated := [what for what in times if times[what] > 1]:
        raise damaged(path, METRIC_COLUMNS, f"{times[repeated[0]]} rows of {repeated[0]}")
    return rows


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6f}"
    return "" if value is None else str(value)


def _what(row: MetricRow) -> str:
    """Return what the number of a row is, such as ``UF1, seed 0``: no two rows have the same."""
    return f"{row.metric}, {row.scope} {row.name}".rstrip()


def _row(path: Path, cells: Mapping[Any, Any]) -> MetricRow:
    """Return a row; what its cells hold was not looked at before, but that numbers are numbers."""
    if cells["scope"] not in set(Scope):
        raise damaged(path, METRIC_COLUMNS, f"the scope {cells['scope']!r}, which is none of {', '.join(Scope)}")
    n = cells["n"]
    if not (n >= 0 and n % 1 == 0):
        raise damaged(path, METRIC_COLUMNS, f"{n:g} for a number of clips")
    low, high = known(cells["ci_low"]), known(cells["ci_high"])
    row = MetricRow(**{**cells, "scope": Scope(cells["scope"]), "n": int(n), "ci_low": low, "ci_high": high})
    _check_numbers(path, row)
    return row


def _check_numbers(path: Path, row: MetricRow) -> None:
    what = _what(row)
    least = -1 if row.scope is Scope.ORACLE_MINUS_POOLED else 0
    most = row.n if row.scope is Scope.LABEL_COUNT else 1
    given = [number for number in (row.value, row.ci_low, row.ci_high) if number is not None]
    if math.isnan(row.value) or not all(least <= number <= most for number in given):
        raise damaged(
            path, METRIC_COLUMNS, f"{what} of {', '.join(map(str, given))}, which is not from {least} to {most}"
        )
    if (row.ci_low is None) != (row.ci_high is None):
        raise damaged(path, METRIC_COLUMNS, f"{what} with one end of its interval only")
