"""Columns of a table of clips: its lines, what their cells are called, and the cells of a row as text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from merflow.checks import nearest
from merflow.datasets.reading.cells import HEADER_ROWS, Unreadable, cell_text
from merflow.datasets.reading.grids import read_grids
from merflow.datasets.reading.numbers import exact_text
from merflow.datasets.table.cameras import COLUMNS as CAMERA_COLUMNS
from merflow.datasets.table.cameras import FILE as CAMERA_FILE
from merflow.datasets.table.faults import Faults

ENDS = ("onset", "offset")
"""First and last frame of a clip: both, or neither."""

REQUIRED = ("path", "subject", *ENDS)
OPTIONAL = (
    *("clip", "apex", "emotion", "aus", "objective", "expression", "fps", "depth_path"),
    *CAMERA_COLUMNS,
    *("part", "fold", "notes"),
)
COLUMNS = (*REQUIRED, *OPTIONAL)
OWN_PREFIX = "x_"
"""How columns begin that are the user's own, and are passed over."""

_NUMBERS = ("onset", "apex", "offset", "fps", *(name for name in CAMERA_COLUMNS if name != CAMERA_FILE))
_EMPTY = ("", "n/a")


def table_lines(path: Path) -> list[tuple[int, Sequence[Any]]]:
    """Return the rows of a table that hold something, the header first, each with its number.

    Those of a workbook, which has no ends of lines, are as long as the header; in text one that was cut off is shorter.
    """
    grid = read_grids(path, COLUMNS)[0]
    lines = [(number, row) for number, row in enumerate(grid.rows, start=1) if any(cell_text(one) for one in row)]
    width = len(lines[0][1]) if lines and not grid.is_text else 0
    return [(number, [*row, *[""] * (width - len(row))]) for number, row in lines]


def sheets_alike(path: Path) -> list[str]:
    """Return the names of the sheets behind the first that have the required columns too, and rows below them."""
    _, *others = read_grids(path, COLUMNS)
    return [
        grid.name
        for grid in others
        for number, row in enumerate(grid.rows[:HEADER_ROWS])
        if {*REQUIRED} <= {*column_names(row)} and any(map(any, grid.rows[number + 1 :]))
    ]


def column_names(names: Sequence[Any]) -> list[str]:
    """Return the cells of a header as columns are named."""
    return [cell_text(name).casefold() for name in names]


def can_be_read(number: int, columns: Sequence[str], faults: Faults) -> bool:
    """Note columns that are unknown, missing or there twice; return whether the rows can be read all the same."""
    twice = [name for name in dict.fromkeys(columns) if columns.count(name) > 1 and name]
    for name in dict.fromkeys(columns):
        if name in twice:
            faults.add(number, f"expected one column {name}, found {columns.count(name)}")
        if name and name not in COLUMNS and not name.startswith(OWN_PREFIX):
            hint = nearest(name, COLUMNS) or f" Known: {', '.join(COLUMNS)}."
            faults.add(number, f"unknown column.{hint} One of your own begins with {OWN_PREFIX}", column=name)
    for name in REQUIRED:
        if name not in columns:
            faults.add(number, f"expected the column {name}, found {', '.join(filter(None, columns))}")
    return not twice and {*REQUIRED} <= {*columns}


def texts_of_row(number: int, columns: Sequence[str], cells: Sequence[Any], faults: Faults) -> Mapping[str, str]:
    """Return the cells of a row by column."""
    if any(cell_text(one) for one in cells[len(columns) :]):
        faults.add(number, f"expected {len(columns)} cells, found {len(cells)}; one with a separator stands in quotes")
    read = [position for position, name in enumerate(columns) if name in COLUMNS]
    if len(cells) <= read[-1]:
        faults.add(
            number,
            f"expected {len(columns)} cells, as the header has, found {len(cells)}: what is missing may not be empty. "
            "Complete the line, or save the table as .xlsx (Excel leaves out empty cells at the end of a CSV's lines)",
        )
    texts = dict.fromkeys(COLUMNS, "")
    for name, cell in zip(columns, cells, strict=False):
        if isinstance(cell, Unreadable) and str(cell).casefold() not in _EMPTY:
            faults.add(number, f"expected a value, found {cell}, which cannot be read", column=name)
        text = exact_text(cell, cell_text(cell)) if name in _NUMBERS else cell_text(cell)
        texts[name] = "" if text.casefold() in _EMPTY else text
    return texts
