"""Rows of ``metrics.csv`` as aligned text for a terminal: the headline first, what is no result last and marked."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from merflow.evaluation.rows import MetricRow, Scope
from merflow.training.folds import LEAKY_NOTE, MACRO_NOTE

WIDTH = 80
"""Of a terminal. Notes stay inside it, and so does the table, but for leaks and names of more than 10 letters."""

HEADER = ("metric", "scope", "name", "value", "95 % interval", "n", "protocol")
_RIGHT = ("value", "n")
"""Columns that end in line; the others begin so."""

RESULTS = (Scope.POOLED, Scope.BASELINE, Scope.MEMBER, Scope.CLASS, Scope.LABEL)
DETAILS = (Scope.SEED, Scope.SEED_SD, Scope.FOLD_MEAN, Scope.LABEL_COUNT)
LEAKS = tuple(scope for scope in Scope if scope.is_leak)
WARNING = "LEAK: no results below. The test clips chose the epoch that is scored on them."


def format_metrics(rows: Sequence[MetricRow], *, details: bool) -> str:
    """Return rows as text, scope by scope; rows that share a note stand over it.

    Parameters
    ----------
    rows : sequence of MetricRow
    details : bool
        Whether to show each seed, their spread and the means over folds too.
    """
    results = _of(rows, RESULTS + (DETAILS if details else ()))
    leaks = _of(rows, LEAKS)
    widths = [max(map(len, column)) for column in zip(HEADER, *map(_cells, results + leaks), strict=True)]
    blocks = [*_blocks(results, widths), *([WARNING] if leaks else []), *_blocks(leaks, widths)]
    return "\n".join([_line(HEADER, widths), "\n\n".join(blocks)])


def _of(rows: Sequence[MetricRow], scopes: Sequence[Scope]) -> list[MetricRow]:
    return [row for scope in scopes for row in rows if row.scope is scope]


def _blocks(rows: Sequence[MetricRow], widths: Sequence[int]) -> Iterator[str]:
    for (_, note), block in groupby(rows, key=lambda row: (row.scope, row.note)):
        lines = [_line(_cells(row), widths) for row in block]
        if note:
            lines.append(textwrap.fill(note, WIDTH, initial_indent="    ", subsequent_indent="    "))
        yield "\n".join(lines)


def _cells(row: MetricRow) -> tuple[str, ...]:
    scope = f"LEAK {row.scope}" if row.scope.is_leak else str(row.scope)
    digits = "+z.3f" if row.scope is Scope.ORACLE_MINUS_POOLED else ".3f"
    interval = "" if row.ci_low is None else f"{row.ci_low:{digits}} to {row.ci_high:{digits}}"
    return row.metric, scope, row.name, f"{row.value:{digits}}", interval, str(row.n), row.protocol


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        text.rjust(width) if column in _RIGHT else text.ljust(width)
        for text, width, column in zip(cells, widths, HEADER, strict=True)
    ]
    return "  ".join(padded).rstrip()


def score_text(row: MetricRow) -> str:
    """Return a number with its interval: ``UF1 0.986 (95 % interval 0.975 to 0.996)``."""
    interval = "" if row.ci_low is None else f" (95 % interval {row.ci_low:.3f} to {row.ci_high:.3f})"
    return f"{row.metric} {row.value:.3f}{interval}"


def leak_text(rows: Sequence[MetricRow]) -> str:
    """Return which clips of the tested subjects train, as the notes of scores say; empty = none.

    The name of a protocol does not tell: ``cross_domain`` trains on their macro clips or without them.
    """
    told = (note for note in (LEAKY_NOTE, MACRO_NOTE) if any(row.note.startswith(note) for row in rows))
    return next(told, "").partition(";")[0]
