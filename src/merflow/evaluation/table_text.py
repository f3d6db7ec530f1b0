"""Any table of the results as text for a terminal of 80 columns: texts read from the left, notes below."""

import csv
import io
import textwrap
from pathlib import Path

import pandas as pd

from merflow.errors import ArtefactError
from merflow.reading import reading

WIDTH = 80
NOTE = "note"
"""Column that stands below the table: it is a sentence."""

ROW = "#"
"""Column of the numbers of rows."""

LONGEST = 30
"""Letters of a text in a cell; of a longer one the beginning, since a line has room for a few columns."""


def format_table(path: Path, *, width: int = WIDTH) -> str:
    """Return a table as text, numbers with three significant digits.

    Columns that do not fit beside each other stand in further blocks, which repeat the first column; where that does
    not tell the rows apart, the rows are numbered, and their numbers are repeated. Rows that share a note are numbered
    below the table with it.

    Parameters
    ----------
    path : Path
        ``.csv``, or ``.tsv`` as the quality pages have it.
    width : int
        Columns of the terminal.

    Raises
    ------
    ArtefactError
        When the file is no table.
    """
    separator = "\t" if path.suffix == ".tsv" else ","
    try:
        with reading(path):
            text = path.read_text(encoding="utf-8")
        _check_cells(text, separator)
        rows = pd.read_csv(io.StringIO(text), sep=separator, keep_default_na=False, na_values=[""])
    except (ValueError, csv.Error) as error:  # of pandas, of bytes that are no text, of ours
        raise ArtefactError(
            f"{path}: expected a table with a head and as many cells in each row, but found {error}. "
            "Name a .csv or .tsv of the results."
        ) from error
    if rows.empty:
        return f"no rows, of the columns {', '.join(map(str, rows.columns))}"
    notes = rows.pop(NOTE).fillna("").astype(str).tolist() if NOTE in rows else []
    if rows.iloc[:, 0].duplicated().any():
        rows.insert(0, ROW, range(1, len(rows) + 1), allow_duplicates=True)
    columns = {str(name): _cells(rows[name]) for name in rows}
    return "\n".join([*_blocks(columns, width), *_notes(notes, width)])


def _check_cells(text: str, separator: str) -> None:
    """Refuse rows of another length than the head: pandas would take their first cells for an index."""
    head, *rows = csv.reader(io.StringIO(text), delimiter=separator) if text else [[]]
    wrong = next((number for number, row in enumerate(rows, start=1) if row and len(row) != len(head)), None)
    if not head or wrong is not None:
        found = f"{len(rows[wrong - 1])} cells in row {wrong}, {len(head)} in the head" if wrong else "no head"
        raise ValueError(found)


def _cells(column: pd.Series) -> list[str]:
    if pd.api.types.is_float_dtype(column):
        texts = ["" if pd.isna(value) else f"{value:.3g}" for value in column.tolist()]
    else:
        texts = ["" if pd.isna(value) else str(value) for value in column.tolist()]
    texts = [text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..." for text in texts]
    number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    wide = max(len(str(column.name)), *map(len, texts))
    return [text.rjust(wide) if number else text.ljust(wide) for text in (str(column.name), *texts)]


def _blocks(columns: dict[str, list[str]], width: int) -> list[str]:
    """Return the lines of blocks of columns, each as wide as fits; a blank line between two."""
    first, *rest = columns.values()
    lines: list[str] = []
    while True:
        block, used = [first], len(first[0])
        while rest and (len(block) == 1 or used + 2 + len(rest[0][0]) <= width):
            used += 2 + len(rest[0][0])
            block.append(rest.pop(0))
        lines += ["  ".join(cells).rstrip() for cells in zip(*block, strict=True)]
        if not rest:
            return lines
        lines.append("")


def _notes(notes: list[str], width: int) -> list[str]:
    """Return each note with the numbers of its rows, in the order of the rows."""
    where: dict[str, list[int]] = {}
    for number, note in enumerate(notes, start=1):
        if note:
            where.setdefault(note, []).append(number)
    lines = [""] if where else []
    for note, rows in where.items():
        head = "all rows" if len(rows) == len(notes) else f"row{'s' if len(rows) > 1 else ''} {_ranges(rows)}"
        lines += textwrap.wrap(f"{head}: {note}", width, subsequent_indent="    ", break_on_hyphens=False)
    return lines


def _ranges(numbers: list[int]) -> str:
    """Return such as ``1-3, 7``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in parts)
