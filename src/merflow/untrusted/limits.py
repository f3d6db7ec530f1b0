"""Limits of a sheet or a table, checked before it is read. A small file can hold a very large number of rows.

Each limit is well above what the datasets need: CAS(ME)^3, the largest, has 4 206 clips in sheets of some 16 columns.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from merflow.errors import DatasetError
from merflow.reading import reading

MAX_ROWS = 100_000
"""Rows of a sheet."""

MAX_COLUMNS = 1_000
MAX_CELLS = 2_000_000
"""Rows times columns of a sheet."""

MAX_CELL_CHARS = 32_767
"""Excel's own limit."""

MAX_WORKBOOK_BYTES = 2**25
"""Of an ``.xlsx`` unpacked."""

MAX_WORKBOOK_PARTS = 1_000
MAX_ELEMENTS = 3_000_000
"""XML elements of a workbook."""

MAX_OTHER_ELEMENTS = 200_000
"""Those outside cells and texts: styles and names, each of which takes a kilobyte to read."""

MAX_MERGED = 20_000
"""Merged cells of a sheet."""

MAX_UNREADABLE = 100_000
"""Formulas without a result, errors and dates of a sheet: each is kept with what stands there."""

MAX_XLS_BYTES = 2**24
"""Of an ``.xls``, which is not compressed."""

MAX_TEXT_SHEET_BYTES = 2**23
"""Of a sheet in text, which is split as a whole."""

MAX_TEXT_BYTES = 2**27
"""Of a table in text."""

MAX_TEXT_LINES = 500_000
"""Of a table in text: also of an index, which joins several datasets."""

_PIECE_BYTES = 2**20


def too_much(path: Path, expected: str, found: str) -> DatasetError:
    """Return the error of a file beyond a limit."""
    return DatasetError(
        f"{path}: expected {expected}, found {found}: no such file belongs to a dataset. Take the official file, or "
        "save a copy that holds its annotated rows alone."
    )


def check_size(path: Path, most: int) -> None:
    """Raise DatasetError when a file takes more bytes than it may."""
    size = path.stat().st_size
    if size > most:
        raise too_much(path, f"at most {most} bytes", str(size))


def check_text(path: Path) -> None:
    """Raise DatasetError when a table in text takes too many bytes, has too many lines, or one that does not end."""
    check_size(path, MAX_TEXT_BYTES)
    ends = {b"\n": 0, b"\r": 0}
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            found = {end: piece.count(end) for end in ends}
            if len(piece) == _PIECE_BYTES and not any(found.values()):
                raise too_much(path, f"lines of less than {_PIECE_BYTES} bytes", "a longer one")
            ends = {end: ends[end] + found[end] for end in ends}
            if max(ends.values()) > MAX_TEXT_LINES:
                raise too_much(path, f"at most {MAX_TEXT_LINES} lines", "more")


@contextmanager
def read_as_csv(path: Path) -> Iterator[None]:
    """Raise DatasetError where the block meets a table that cannot be read, is too large, or no CSV in UTF-8."""
    try:
        with reading(path):
            check_text(path)
            yield
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: expected a CSV in UTF-8, could not read it: {error}.") from error
