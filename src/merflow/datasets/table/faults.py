"""Faults of a table: collected, so that one look shows all of them."""

from collections.abc import Collection, Sequence
from itertools import groupby
from pathlib import Path

from merflow.counts import count
from merflow.errors import DatasetError


class Faults:
    """What is wrong with a table, each with its rows.

    Parameters
    ----------
    table : Path
        For the message.
    """

    def __init__(self, table: Path) -> None:
        self.table = table
        self._rows: dict[tuple[str, str], list[int]] = {}
        self._known: dict[str, None] = {}
        self._causes: list[str] = []

    def add(self, row: int, what: str, *, column: str = "", known: str = "") -> None:
        """Note a fault of a row, as a spreadsheet numbers it; of the header 1.

        `known` says what could stand in the column instead. The message has it once, behind the faults.
        """
        self._rows.setdefault((column, what), []).append(row)
        if known:
            self._known[known] = None

    def rows_of(self, columns: Collection[str]) -> set[int]:
        """Return the rows with a fault in one of some columns."""
        return {row for (column, _), rows in self._rows.items() if column in columns for row in rows}

    def note_cause(self, what: str) -> None:
        """Note what may be behind many faults, a sentence or more: the message has it before them."""
        self._causes.append(what)

    def refuse(self) -> None:
        """Raise DatasetError with all faults, if there are any: equal ones in one line, by their first row."""
        if not self._rows:
            return
        number = sum(map(len, self._rows.values()))
        found = sorted(self._rows.items(), key=lambda one: min(one[1]))
        lines = [
            f"- {_rows_text(rows)}{f', column {column!r}' if column else ''}: {what}" for (column, what), rows in found
        ]
        heading = f"{self.table}: {count(number, 'fault')}. Correct the table."
        raise DatasetError("\n".join([heading, *self._causes, *lines, *self._known]))


def _rows_text(rows: Sequence[int]) -> str:
    """Return ``row 3``, or ``rows 3, 7, 9-12``."""
    numbers = sorted(set(rows))
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda one: one[1] - one[0])]
    texts = [f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return f"row{'s' if numbers[1:] else ''} {', '.join(texts)}"
