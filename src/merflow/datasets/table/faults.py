"""Faults of a table: collected, so that one look shows all of them."""

from pathlib import Path

from merflow.errors import DatasetError

SHOWN = 20
"""Faults that a message lists."""


class Faults:
    """What is wrong with a table, each with its row.

    Parameters
    ----------
    table : Path
        For the message.
    """

    def __init__(self, table: Path) -> None:
        self.table = table
        self._found: list[tuple[int, str]] = []

    def add(self, row: int, what: str, *, column: str = "") -> None:
        """Note a fault of a row, as a spreadsheet numbers it; of the header 1."""
        self._found.append((row, f"row {row}{f', column {column!r}' if column else ''}: {what}"))

    def refuse(self) -> None:
        """Raise DatasetError with all faults by row, if there are any."""
        if not self._found:
            return
        lines = [f"- {what}" for _, what in sorted(self._found, key=lambda one: one[0])]
        more = [f"- and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
        count = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
        raise DatasetError("\n".join([f"{self.table}: {count}. Correct the table.", *lines[:SHOWN], *more]))
