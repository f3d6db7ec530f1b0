"""Grids: the sheets of a file of any kind as cells. The file is checked for bombs before it is read."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from merflow.datasets.reading.cells import Grid
from merflow.datasets.reading.text_grids import text_grid
from merflow.datasets.reading.workbook_grids import xls_grids, xlsx_grids
from merflow.errors import DatasetError
from merflow.reading import hidden_fault, reading
from merflow.untrusted.file_kinds import kind_of, no_sheet
from merflow.untrusted.limits import MAX_CELL_CHARS, read_as_csv, too_much
from merflow.untrusted.workbook_limits import check_xls, check_xlsx


def read_grids(path: Path, columns: Sequence[str]) -> list[Grid]:
    """Read all sheets of a file.

    Parameters
    ----------
    path : Path
        Workbook, ``.xlsx`` or ``.xls``, or a table in text, which is one sheet; the content decides.
    columns : sequence of str
        By which the separator of a table in text is found.

    Raises
    ------
    DatasetError
        When the file is none of these, holds more than any dataset's (:mod:`merflow.untrusted.limits`), or is damaged.
    """
    kind = kind_of(path)
    if kind == "text":
        with read_as_csv(path):
            grids = [text_grid(path, columns)]
    else:
        with reading(path), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of drop-down lists and styles that it does not keep
            grids = _workbook_grids(path, kind)
    _check_cells(grids, path)
    return grids


def _workbook_grids(path: Path, kind: Literal["xlsx", "xls"]) -> list[Grid]:
    check, read = {"xlsx": (check_xlsx, xlsx_grids), "xls": (check_xls, xls_grids)}[kind]
    try:
        check(path)
        return read(path)
    except (DatasetError, OSError):
        raise
    except Exception as error:  # each library has its own errors for a damaged workbook
        if fault := hidden_fault(error):
            raise fault from error
        found = f"one that could not be read: {error}"
        raise no_sheet(path, found, "Copy it again, or open it in Excel and save it as .xlsx.") from error


def _check_cells(grids: Sequence[Grid], path: Path) -> None:
    """Refuse a cell that holds more text than Excel lets it: messages, tables and artefacts repeat cells."""
    texts = (value for grid in grids for row in grid.rows for value in row if isinstance(value, str))
    longest = max(map(len, texts), default=0)
    if longest > MAX_CELL_CHARS:
        raise too_much(path, f"cells of at most {MAX_CELL_CHARS} characters", f"one of {longest}")
