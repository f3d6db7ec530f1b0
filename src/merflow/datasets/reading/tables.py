"""Tables: annotation sheets as rows of cells. Each cell knows its file, row and column."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merflow.datasets.reading.cells import Grid, Unreadable, address, cell_text, unreadable_cells
from merflow.datasets.reading.grids import read_grids
from merflow.datasets.reading.numbers import two_numbers
from merflow.datasets.reading.sheet_choice import choose_sheet, positions_of
from merflow.errors import DatasetError

_WHOLE_NUMBER = re.compile(r"-?\d{1,15}(?:\.0*)?", re.ASCII)
NO_VALUE = ("", "/", "?", "-", "-1", "nan", "na", "n/a", "none")
"""How sheets write that a frame number is not known."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a sheet.

    Parameters
    ----------
    path : Path
        The workbook.
    number : int
        Row number as Excel shows it.
    cells : mapping
        Column (the name that was asked for) -> value.
    """

    path: Path
    number: int
    cells: Mapping[str, Any]

    @property
    def source(self) -> str:
        """The workbook and the row, for messages."""
        return f"{self.path.name}, row {self.number}"

    def text(self, column: str) -> str:
        """Return a cell as text: whole numbers without a decimal point, empty when the sheet lacks the column."""
        return cell_text(self.cells.get(column, ""))

    def frame(self, column: str) -> int | None:
        """Return a frame number; None = the cell is empty or says that none is known.

        Raises
        ------
        DatasetError
            When the cell holds anything else than a whole number of at least 0, or 1.000, which may be a thousand.
        """
        text = self.text(column)
        if text.casefold() in NO_VALUE:
            return None
        unclear = two_numbers(text, "whole")
        if not _WHOLE_NUMBER.fullmatch(text) or text.startswith("-") or unclear:
            raise DatasetError(
                f"{self.source}, column {column!r}: expected a frame number, found {text!r}{unclear}. Correct it, or "
                "empty the cell where none is known."
            )
        return int(text.split(".")[0])

    def choice(self, column: str, known: Mapping[str, str]) -> str:
        """Return the canonical name of a label; an empty cell gives ``""``.

        Parameters
        ----------
        column : str
            Column of the label.
        known : mapping
            Spelling in lower case -> canonical name.

        Raises
        ------
        DatasetError
            When the label is outside the map: names the row, the value and what is known.
        """
        text = self.text(column)
        key = unicodedata.normalize("NFKC", text).strip().casefold()
        if key and key not in known:
            raise DatasetError(
                f"{self.source}, column {column!r}: expected one of {', '.join(sorted(known))}, found {text!r}. "
                "Correct the sheet, or add the word to the reader's class map."
            )
        return known[key] if key else ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read of a file.

    Parameters
    ----------
    rows : list of SheetRow
        Rows below the header in which at least one required cell is filled.
    note : str
        Which file and sheet were read, and which sheets of the file were not.
    """

    rows: list[SheetRow]
    note: str


def read_sheet(path: Path, sheet: str | None, *, required: Sequence[str], optional: Sequence[str] = ()) -> Sheet:
    """Read the rows of a sheet below its header.

    Parameters
    ----------
    path : Path
        Workbook, ``.xlsx`` or ``.xls``, or a table in text; the content decides, whatever the name says.
    sheet : str or None
        Official name of the sheet, of any case; None = the official one is the first. Where it lacks the columns, the
        only other one that has them is read, and noted.
    required, optional : sequence of str
        Columns, matched without regard to case and blanks; the header is the first row that holds the required ones,
        notes above it are passed over.

    Raises
    ------
    DatasetError
        When the file is no sheet, or no sheet of it has the required columns (with those found and the nearest); when
        it could be one of several sheets; when a cell of these columns cannot be read, by its address: it is not
        empty.
    """
    grids = read_grids(path, [*required, *optional])
    grid, header, note = choose_sheet(path, grids, sheet, required, optional)
    positions = positions_of(grid.rows[header], [*required, *optional])
    if grid.is_text:
        _check_lengths(path, grid, header, last=max(positions.values()))
    rows = [
        SheetRow(path, number, _cells(values, positions))
        for number, values in enumerate(grid.rows[header + 1 :], start=header + 2)
    ]
    rows = [row for row in rows if any(row.cells[name] != "" for name in required)]
    _check_readable(path, grid, rows, positions)
    return Sheet([row for row in rows if any(row.text(name) for name in required)], note)


def _cells(values: Sequence[Any], positions: Mapping[str, int]) -> Mapping[str, Any]:
    """Return the cells of a row by column.

    Where one of them alone shows a value, the row is a remark, or lies below the table: what is merged there hides no
    value of a column.
    """
    cells = {name: values[position] if position < len(values) else "" for name, position in positions.items()}
    hidden = [name for name, value in cells.items() if isinstance(value, Unreadable) and value.kind == "merged"]
    shown = sum(value != "" for value in cells.values()) - len(hidden)
    return cells | dict.fromkeys(hidden, "") if shown <= 1 else cells


def _check_readable(path: Path, grid: Grid, rows: Sequence[SheetRow], positions: Mapping[str, int]) -> None:
    """Refuse cells whose value cannot be known, naming each by its address: they are not empty."""
    found = [
        (f"{address(row.number - 1, positions[name])} ({name})", value)
        for row in rows
        for name, value in row.cells.items()
        if isinstance(value, Unreadable)
    ]
    if found:
        where = path.name if grid.is_text else f"{path.name}, sheet {grid.name}"
        raise DatasetError(f"{where}: {unreadable_cells(found)}")


def _check_lengths(path: Path, grid: Grid, header: int, *, last: int) -> None:
    """Refuse a line of a table in text that was cut off, or that a separator inside a cell has shifted."""
    columns = len(grid.rows[header])
    for number, row in enumerate(grid.rows[header + 1 :], start=header + 2):
        if any(cell != "" for cell in row) and (len(row) <= last or any(cell != "" for cell in row[columns:])):
            raise DatasetError(
                f"{path.name}, row {number}: expected {columns} cells, as the header has, found {len(row)}. Complete "
                "the line; a cell that holds a separator stands in quotation marks."
            )
