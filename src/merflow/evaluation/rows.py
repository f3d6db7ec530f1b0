"""Rows of ``metrics.csv``: a name, a value with its interval, and what the number is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

METRIC_COLUMNS = ("metric", "value", "ci_low", "ci_high", "n", "protocol", "note")
LEAK = "LEAK: "
"""How the note of a number begins that is no result; it stays in front of whatever else is to be said."""

Row = dict[str, object]


def metric_rows(
    names: Sequence[str],
    values: NDArray[np.float64],
    note: str,
    *,
    low: NDArray[np.float64] | None = None,
    high: NDArray[np.float64] | None = None,
    n: NDArray[np.int64] | None = None,
) -> list[Row]:
    """Return one row a name, without the protocol; a bound or number of clips that is not given is NaN."""
    nothing = np.full(len(names), np.nan)
    columns = {
        "value": values,
        "ci_low": nothing if low is None else low,
        "ci_high": nothing if high is None else high,
        "n": nothing if n is None else n,
    }
    return [
        {"metric": name, "note": note, **{key: column[i] for key, column in columns.items()}}
        for i, name in enumerate(names)
    ]


def joined_note(general: str, own: str) -> str:
    """Return what is said of all rows before what is said of one, unless that one is a leak: then it comes first."""
    parts = (own, general) if own.startswith(LEAK) else (general, own)
    return "; ".join(filter(None, parts))


def count(number: int, noun: str) -> str:
    """Return such as ``1 fold`` or ``8 folds``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
