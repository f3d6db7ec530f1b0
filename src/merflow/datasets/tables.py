"""Tables: annotation sheets as rows of cells, each of which knows its file, row and column."""

import difflib
import re
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merflow.datasets.limits import MAX_CELL_CHARS, too_much
from merflow.datasets.workbook_limits import check_workbook
from merflow.errors import DatasetError
from merflow.reading import is_file

_HEADER_SEARCH_ROWS = 30
_WHOLE_NUMBER = re.compile(r"-?\d{1,15}(?:\.0*)?", re.ASCII)
NO_VALUE = ("", "/", "?", "-", "-1", "nan", "none")
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
        value = self.cells.get(column, "")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return str(value).strip()

    def frame(self, column: str) -> int | None:
        """Return a frame number; None = the cell is empty or says that none is known.

        Raises
        ------
        DatasetError
            When the cell holds anything else than a whole number of at least 0.
        """
        text = self.text(column)
        if text.casefold() in NO_VALUE:
            return None
        if not _WHOLE_NUMBER.fullmatch(text) or text.startswith("-"):
            raise DatasetError(f"{self.source}, column {column!r}: expected a frame number, found {text!r}.")
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


def read_sheet(
    path: Path, sheet: str | None, *, required: Sequence[str], optional: Sequence[str] = ()
) -> list[SheetRow]:
    """Read the rows of a sheet below its header.

    Parameters
    ----------
    path : Path
        Workbook, ``.xlsx`` or ``.xls``.
    sheet : str or None
        Name of the sheet, of any case; a workbook with one sheet needs none.
    required, optional : sequence of str
        Columns, matched without regard to case and blanks; the header is the first row that holds the required ones,
        notes above it are passed over.

    Returns
    -------
    list of SheetRow
        Rows in which at least one required cell is filled.

    Raises
    ------
    DatasetError
        When the file is no workbook, or lacks the sheet or a required column (with those found and the nearest).
    """
    grid = _read_grid(path, sheet)
    header = _find_header(grid, required, path)
    positions = {_key(name): position for position, name in reversed(list(enumerate(grid[header])))}
    columns = {name: positions[_key(name)] for name in (*required, *optional) if _key(name) in positions}
    rows = [
        SheetRow(path, number, {name: values[position] for name, position in columns.items()})
        for number, values in enumerate(grid[header + 1 :], start=header + 2)
    ]
    return [row for row in rows if any(row.text(name) for name in required)]


def _read_grid(path: Path, sheet: str | None) -> list[list[Any]]:
    import pandas as pd

    if not is_file(path):
        raise DatasetError(f"expected the sheet {path}, but there is no such file.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of drop-down lists and styles that it does not keep
            with pd.ExcelFile(path, engine=check_workbook(path)) as book:
                frame = book.parse(
                    _sheet_name(path, book.sheet_names, sheet), header=None, na_filter=False, dtype=object
                )
    except DatasetError:
        raise
    except Exception as error:  # each engine has its own errors for a damaged workbook
        raise DatasetError(f"{path}: expected an Excel workbook, could not read it: {error}. Copy it again.") from error
    grid = [list(row) for row in frame.itertuples(index=False, name=None)]
    _check_cells(grid, path)
    return grid


def _check_cells(grid: Sequence[Sequence[Any]], path: Path) -> None:
    """Refuse a cell that holds more text than Excel lets it: messages, tables and artefacts repeat cells."""
    longest = max((len(value) for row in grid for value in row if isinstance(value, str)), default=0)
    if longest > MAX_CELL_CHARS:
        raise too_much(path, f"cells of at most {MAX_CELL_CHARS} characters", f"one of {longest}")


def _sheet_name(path: Path, found: Sequence[Any], wanted: str | None) -> str:
    names = {_key(name): str(name) for name in found}
    if wanted is not None and _key(wanted) in names:
        return names[_key(wanted)]
    if len(found) == 1 or wanted is None:
        return str(found[0])
    raise DatasetError(f"{path.name}: expected the sheet {wanted!r}, found {', '.join(map(str, found))}.")


def _find_header(grid: Sequence[Sequence[Any]], required: Sequence[str], path: Path) -> int:
    """Return the first row with all required columns; else complain about the row that has most of them."""
    rows = [{_key(value) for value in row} for row in grid[:_HEADER_SEARCH_ROWS]]
    missing = [[name for name in required if _key(name) not in row] for row in rows]
    best = min(range(len(rows)), key=lambda index: len(missing[index]), default=None)
    if best is None:
        raise DatasetError(f"{path.name}: expected the columns {', '.join(required)}, found an empty sheet.")
    if missing[best]:
        found = [str(value).strip() for value in grid[best] if str(value).strip()]
        raise DatasetError(
            f"{path.name}: expected the column{'s' if len(missing[best]) > 1 else ''} "
            f"{', '.join(with_nearest(name, found) for name in missing[best])}; found {', '.join(found)} "
            f"in row {best + 1}. Rename the column, or take the official file."
        )
    return best


def with_nearest(name: str, found: Sequence[str]) -> str:
    """Return a missing column and the nearest of those that are there, for messages; case and blanks do not count."""
    by_key = {_key(value): value for value in found}
    nearest = difflib.get_close_matches(_key(name), by_key, n=1)
    return f"{name!r} (nearest: {by_key[nearest[0]]!r})" if nearest else repr(name)


def _key(name: object) -> str:
    return re.sub(r"\s+", "", str(name)).casefold()
