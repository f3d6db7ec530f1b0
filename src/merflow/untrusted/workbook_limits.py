"""Workbook limits: the content of an Excel file is counted before a library builds it in memory.

An ``.xlsx`` is a zip of XML. Its directory says how large each part is, and no part is read further than that; then the
parts are passed through a parser that keeps nothing. Entities, which could multiply a text a billion times or name
another file, need a document type, which no workbook has.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO
from xml.parsers import expat

from merflow.untrusted.limits import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ELEMENTS,
    MAX_OTHER_ELEMENTS,
    MAX_ROWS,
    MAX_WORKBOOK_BYTES,
    MAX_WORKBOOK_PARTS,
    MAX_XLS_BYTES,
    check_size,
    too_much,
)
from merflow.untrusted.workbook_facts import column_number

_CELL = re.compile(r"([A-Za-z]{1,3})\d+", re.ASCII)
_PIECE = 2**20
_PLACE_CHARS = 20


def check_xlsx(path: Path) -> None:
    """Refuse an ``.xlsx`` that holds more than any dataset's.

    Raises
    ------
    DatasetError
        When a limit of :mod:`merflow.untrusted.limits` is exceeded: says which, and what was found.
    ValueError, zipfile.BadZipFile
        When it is no workbook.
    """
    with zipfile.ZipFile(path) as book:
        parts = book.infolist()
        total = sum(part.file_size for part in parts)
        if len(parts) > MAX_WORKBOOK_PARTS or total > MAX_WORKBOOK_BYTES:
            expected = f"a workbook of at most {MAX_WORKBOOK_PARTS} parts and {MAX_WORKBOOK_BYTES} bytes unpacked"
            raise too_much(path, expected, f"{len(parts)} parts and {total} bytes")
        counts = _Counts(path)
        for part in parts:
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError(f"{part.filename} is compressed as no Excel does it")
            with book.open(part) as file:
                _count(file, counts)


def _count(file: IO[bytes], counts: "_Counts") -> None:
    """Pass a part through a parser; one that is no XML, such as a picture, is passed over, as openpyxl will."""
    parser = expat.ParserCreate(namespace_separator=" ")
    part = _Part(counts)
    parser.StartDoctypeDeclHandler = part.refuse_document_type
    parser.StartElementHandler = part.start
    parser.EndElementHandler = part.end
    try:
        while piece := file.read(_PIECE):
            parser.Parse(piece)
    except expat.ExpatError:
        return


class _Counts:
    """What the parts of a workbook hold together, refused once it is too much."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._elements = self._others = 0

    def add_element(self, *, other: bool) -> None:
        """Count an XML element, and whether it is neither of a table's cells nor of the texts that they share."""
        self._elements += 1
        self._others += other
        if self._elements > MAX_ELEMENTS or self._others > MAX_OTHER_ELEMENTS:
            expected = f"at most {MAX_ELEMENTS} XML elements, {MAX_OTHER_ELEMENTS} of them outside the cells"
            raise too_much(self.path, expected, "more")

    def check_sheet(self, rows: int, columns: int) -> None:
        """Refuse a sheet that is too long, too wide, or both somewhat."""
        if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_CELLS:
            expected = f"a sheet of at most {MAX_ROWS} rows, {MAX_COLUMNS} columns and {MAX_CELLS} cells"
            raise too_much(self.path, expected, f"{rows} rows and {columns} columns or more")

    def check_cells(self, cells: int) -> None:
        """Refuse rows that reach too far together: each is laid out up to its last cell, empty or not."""
        if cells > MAX_CELLS:
            raise too_much(self.path, f"rows of at most {MAX_CELLS} cells together, empty ones among them", "more")


class _Part:
    """One part of a workbook. What it is called does not tell whether it is a sheet; its outermost element does."""

    def __init__(self, counts: _Counts) -> None:
        self._counts = counts
        self._root = ""
        self._in_cells = False
        self._row = self._rows = self._column = self._columns = self._cells = 0
        self._depth = self._depth_of_row = 0

    def refuse_document_type(self, *_: object) -> None:
        """Raise ValueError: its entities could stand for a billion times their text."""
        raise ValueError("it declares a document type, which no Excel writes: its entities could fill the memory")

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Count an element; rows and cells say their own numbers, or follow one another."""
        local = name.rpartition(" ")[2]
        self._depth += 1
        self._root = self._root or local
        self._counts.add_element(other=not self._in_cells and self._root != "sst")
        if local == "sheetData":
            self._in_cells = True
        elif local == "row":
            self._start_row(attributes)
        elif self._depth_of_row and self._depth == self._depth_of_row + 1:  # whatever it is called
            self._start_cell(attributes.get("r", ""))
        elif local in ("v", "is", "f") and self._column > self._columns:  # one with a style alone makes no column
            self._columns = self._column
            self._counts.check_sheet(self._rows, self._columns)

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        if self._depth_of_row:
            raise ValueError("it has a row inside a row")
        self._depth_of_row = self._depth
        self._row = _whole(attributes["r"]) if "r" in attributes else self._row + 1
        self._rows, self._column = max(self._rows, self._row), 0
        self._counts.check_sheet(self._rows, self._columns)

    def _start_cell(self, place: str) -> None:
        match = _CELL.fullmatch(place)
        if place and not match:
            raise ValueError(f"expected cells such as B12, found one at {place[:_PLACE_CHARS]!r}")
        before = self._column
        self._column = column_number(match[1].upper()) if match else before + 1
        self._cells += max(0, self._column - before)
        self._counts.check_cells(self._cells)

    def end(self, name: str) -> None:
        """Notice the end of a row and of the cells."""
        if self._depth == self._depth_of_row:
            self._depth_of_row = 0
        self._depth -= 1
        if name.rpartition(" ")[2] == "sheetData":
            self._in_cells = False


def _whole(text: str) -> int:
    """Return the number of a row; one that is none is openpyxl's to refuse."""
    try:
        return int(min(float(text), float(MAX_ROWS + 1)))
    except ValueError:
        return 0


def check_xls(path: Path) -> None:
    """Refuse an ``.xls`` that holds more than any dataset's: load each sheet without padding its rows to one width.

    Raises
    ------
    DatasetError
        As :func:`check_xlsx`.
    xlrd.XLRDError
        When it is no workbook.
    """
    import xlrd  # type: ignore[import-untyped]

    check_size(path, MAX_XLS_BYTES)
    counts, cells = _Counts(path), 0
    with xlrd.open_workbook(path, logfile=io.StringIO(), on_demand=True, ragged_rows=True) as book:
        for index in range(book.nsheets):
            sheet = book.sheet_by_index(index)
            counts.check_sheet(sheet.nrows, sheet.ncols)
            cells += sheet.nrows * sheet.ncols
            if cells > MAX_CELLS:
                raise too_much(path, f"a workbook of at most {MAX_CELLS} cells", f"{cells} or more")
            book.unload_sheet(index)
