"""Text grids: the cells of a table in text, separated by commas, semicolons or tabs."""

import csv
import io
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

from merflow.datasets.reading.cells import HEADER_ROWS, Grid, column_key, filled
from merflow.datasets.reading.numbers import two_numbers
from merflow.errors import DatasetError
from merflow.untrusted.file_kinds import OLE, ZIP
from merflow.untrusted.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT_SHEET_BYTES, check_size, too_much

_SEPARATORS = ",;\t"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DECLARED = re.compile(r'"?sep=([^\w\s"]|\t)"?\1*(?:\r\n|\r|\n|\Z)', re.ASCII | re.IGNORECASE)
"""The line that Excel writes and takes above a table to say what divides its cells; it shows no such row."""
_WHOLE = re.compile(r"(\d{1,15})\.0+", re.ASCII)


def text_grid(path: Path, names: Collection[str]) -> Grid:
    """Read a table in text as a sheet; call it inside :func:`merflow.untrusted.limits.read_as_csv`.

    Parameters
    ----------
    path : Path
        In UTF-8, with or without a byte-order mark, or in UTF-16 with one, as Excel saves "Unicode text".
    names : collection of str
        Columns; the separator is the one that finds most of them in a row, where no line ``sep=;`` says it.

    Returns
    -------
    Grid
        Texts, and errors that Excel exported; ``4.0``, as programs write a column of whole numbers with gaps, is ``4``;
        ``4.000``, which may be four thousand, stays. A line ``sep=;`` is no row, as in Excel.

    Raises
    ------
    DatasetError
        When the file is too large, or in another encoding: says which byte of which line shows it.
    csv.Error
        When a quoted cell does not end.
    """
    check_size(path, MAX_TEXT_SHEET_BYTES)
    text = decoded(path)
    rows: list[list[Any]] = []
    cells = 0
    table = separated(text, names)
    for row in csv.reader(io.StringIO(table.text, newline=""), delimiter=table.separator, strict=True):
        cells += len(row)
        if len(rows) == MAX_ROWS or len(row) > MAX_COLUMNS or cells > MAX_CELLS:
            expected = f"at most {MAX_ROWS} rows, {MAX_COLUMNS} columns and {MAX_CELLS} cells"
            raise too_much(path, expected, "more")
        rows.append([_value(cell) for cell in row])
    return Grid("", rows)


def decoded(path: Path) -> str:
    """Return the text of a table.

    Raises
    ------
    DatasetError
        When it is no text in UTF-8, nor in UTF-16 with a byte-order mark: says what it looks like.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_csv(path, _looks_like(data, error.start)) from error
    if "\0" in text:
        raise _no_csv(path, "bytes that are no text, or UTF-16 without a byte-order mark")
    return text


class Separated(NamedTuple):
    """A table in text: its rows, what divides their cells, and how many lines above them say so."""

    text: str
    separator: str
    skipped: int


def separated(text: str, names: Collection[str]) -> Separated:
    """Return a table without the line that states its separator, and that one, or else the most likely one."""
    declared = _DECLARED.match(text)
    if declared:
        return Separated(text[declared.end() :], declared[1], 1)
    return Separated(text, _likely_separator(text, names), 0)


def _likely_separator(text: str, names: Collection[str]) -> str:
    """Return the character between the cells: the one that finds most of the columns in one of the first rows."""
    keys = set(map(column_key, names))
    lines = [line for _, line in zip(range(HEADER_ROWS), io.StringIO(text, newline=""), strict=False)]

    def columns(separator: str) -> int:
        rows = csv.reader(lines, delimiter=separator)
        return max((len(keys.intersection(map(column_key, row))) for row in rows), default=0)

    return max(_SEPARATORS, key=columns)


def _value(cell: str) -> Any:
    text = cell.strip()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole and not two_numbers(text, "whole") else filled(text)


def _no_csv(path: Path, found: str) -> DatasetError:
    return DatasetError(f"{path.name}: expected a CSV in UTF-8, found {found}. Save it as 'CSV UTF-8'.")


def _looks_like(data: bytes, position: int) -> str:
    """Say what bytes are that are no text, the first of them at a position."""
    if data.startswith((ZIP, OLE)):
        return "an Excel workbook"
    line = data.count(b"\n", 0, position) + 1
    return f"the byte 0x{data[position]:02x} of another encoding in line {line}"
