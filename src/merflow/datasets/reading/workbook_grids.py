"""Workbook grids: the cells of an Excel file, with which of them are formulas, errors, dates or merged."""

import datetime
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from merflow.datasets.reading.cells import Grid, Unreadable, address, filled
from merflow.untrusted.limits import MAX_CELLS, MAX_UNREADABLE, too_much
from merflow.untrusted.workbook_facts import Range, sheet_facts

_FORMULA_CHARS = 40
_DATES = (datetime.date, datetime.time, datetime.timedelta)


def xlsx_grids(path: Path) -> list[Grid]:
    """Read an ``.xlsx`` that :func:`merflow.untrusted.workbook_limits.check_xlsx` let pass.

    The file stores of each formula the text and, where a program computed it, the result. The results are read, and
    beside them the texts where a sheet has any.
    """
    with path.open("rb") as file, path.open("rb") as again, zipfile.ZipFile(path) as archive:
        results, parts = _open(file, results=True)
        texts, _ = _open(again, results=False)
        grids = []
        for sheet in results.worksheets:
            facts = sheet_facts(archive, parts[sheet.title])
            beside = _rows(texts[sheet.title]) if facts.has_formulas else None
            grids.append(_grid(path, sheet.title, _results(_rows(sheet), beside), facts.merged))
    return grids


def _open(file: IO[bytes], *, results: bool) -> tuple[Any, dict[str, str]]:
    """Return a workbook that is streamed, and the part of the archive that each sheet is in."""
    from openpyxl.reader.excel import ExcelReader  # type: ignore[import-untyped]

    reader = ExcelReader(file, read_only=True, data_only=results)  # by the content, whatever the file is called
    reader.read()
    return reader.wb, {sheet.name: part.target for sheet, part in reader.parser.find_sheets()}


def xls_grids(path: Path) -> list[Grid]:
    """Read an ``.xls`` that :func:`merflow.untrusted.workbook_limits.check_xls` let pass.

    The old format keeps merged cells among its formats, and with each formula always a result.
    """
    import xlrd  # type: ignore[import-untyped]

    with xlrd.open_workbook(path, logfile=io.StringIO(), formatting_info=True, ragged_rows=True) as book:
        return [
            _grid(
                path,
                sheet.name,
                ([_xls_value(cell) for cell in sheet.row(row)] for row in range(sheet.nrows)),
                [Range(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells],
            )
            for sheet in book.sheets()
        ]


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    sheet.reset_dimensions()  # what a file says of its size may be less than it holds
    rows: Iterator[Sequence[Any]] = iter(sheet.rows)
    return rows


def _results(rows: Iterable[Sequence[Any]], texts: Iterator[Sequence[Any]] | None) -> Iterator[list[Any]]:
    """Yield the values of each row; `texts` are the same rows with formulas in place of their results."""
    for cells in rows:
        formulas = next(texts) if texts is not None else cells
        yield [_xlsx_value(cell, formula) for cell, formula in zip(cells, formulas, strict=True)]


def _xlsx_value(cell: Any, formula: Any) -> Any:
    if cell.data_type == "e":
        return Unreadable("error", str(cell.value))
    if isinstance(cell.value, _DATES):
        return Unreadable("date", f"the date {cell.value}")
    if cell.value is not None:
        return filled(cell.value)
    if formula.data_type != "f" or cell.data_type == "str":  # the result of the latter is an empty text
        return ""
    text = str(getattr(formula.value, "text", formula.value))  # of an array formula, an object that holds it
    return Unreadable("formula", f"the formula {text[:_FORMULA_CHARS]} without a stored result")


def _xls_value(cell: Any) -> Any:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_ERROR:
        return Unreadable("error", xlrd.error_text_from_code.get(cell.value, "#ERROR!"))
    if cell.ctype == xlrd.XL_CELL_DATE:
        return Unreadable("date", f"a date, stored as {cell.value:g}")
    return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else filled(cell.value)


def _grid(path: Path, name: str, rows: Iterable[list[Any]], merged: Sequence[Range]) -> Grid:
    kept: list[list[Any]] = []
    unreadable = 0
    for row in rows:
        while row and row[-1] == "":
            row.pop()
        unreadable += sum(isinstance(value, Unreadable) for value in row)
        if unreadable > MAX_UNREADABLE:
            raise too_much(path, f"at most {MAX_UNREADABLE} formulas without a result, errors and dates", "more")
        kept.append(row)
    _hide_merged(path, kept, merged)
    return Grid(name, kept)


def _hide_merged(path: Path, rows: list[list[Any]], merged: Sequence[Range]) -> None:
    """Mark the cells that are parts of merged ones: empty in the file, though a reader of the sheet sees a value."""
    width = max(map(len, rows), default=0)
    cells = 0
    for area in merged:
        if area.top >= len(rows) or area.left >= len(rows[area.top]) or rows[area.top][area.left] == "":
            continue
        end, bottom = min(area.right + 1, width), min(area.bottom + 1, len(rows))
        cells += (end - area.left) * (bottom - area.top)
        if cells > MAX_CELLS:  # no more are there: the areas overlap, over and over
            raise too_much(path, f"merged cells that take at most {MAX_CELLS} cells together", "more")
        first, last = address(area.top, area.left), address(area.bottom, area.right)
        hidden = Unreadable("merged", f"merged with {first} ({first}:{last})")
        for number in range(area.top, bottom):
            rows[number] += [""] * (end - len(rows[number]))
            start = area.left + (number == area.top)
            rows[number][start:end] = [hidden] * (end - start)
