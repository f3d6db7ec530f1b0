import io
import struct
import zipfile

import openpyxl
import pytest
import xlwt

from merflow.datasets.reading.tables import read_sheet
from merflow.errors import DatasetError
from merflow.untrusted import workbook_limits
from merflow.untrusted.file_kinds import kind_of

SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def workbook(path, *, sheet=None, compression=zipfile.ZIP_DEFLATED, **parts):
    """Write a workbook of the column ``a``; `sheet` replaces its sheet, and further parts are added or replaced."""
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append(["1"])
    book.save(buffer)
    changed = {name.replace("__", "/").replace("_", "."): content for name, content in parts.items()}
    if sheet is not None:
        changed[SHEET] = HEAD + sheet + TAIL
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w", compression) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, content in changed.items():
            new.writestr(name, content)
    return path


def refused(path, found):
    with pytest.raises(DatasetError, match=found) as caught:
        read_sheet(path, None, required=("a",))
    assert str(path) in str(caught.value)


def cell(row, column="A"):
    return f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row>'


def test_what_is_within_the_limits_is_read(tmp_path):
    path = workbook(tmp_path / "s.xlsx", xl__media__image1_png=b"\x89PNG no XML")
    assert [row.text("a") for row in read_sheet(path, None, required=("a",)).rows] == ["1"]


def test_the_content_decides_how_a_file_is_read(tmp_path):
    path = workbook(tmp_path / "s.xls")
    assert kind_of(path) == "xlsx"
    assert [row.text("a") for row in read_sheet(path, None, required=("a",)).rows] == ["1"]
    (tmp_path / "s.xlsx").write_text("a,b\n1,2\n")
    assert [row.text("a") for row in read_sheet(tmp_path / "s.xlsx", None, required=("a",)).rows] == ["1"]


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        (cell(1) + cell(1_000_000), "found 100001 rows and 1 columns or more"),
        (cell("1e400"), "found 100001 rows"),
        (cell(1, "XFD"), "found 1 rows and 16384 columns or more"),
        ("".join(cell(row, "AAA") for row in range(1, 5000)), "found 2845 rows and 703 columns or more"),
        ("<row/>" * 100_001, "found 100001 rows"),
        (cell(1, "zzz"), "found 1 rows and 18278 columns or more"),
        (cell(1, "AmK"), "found 1 rows and 1025 columns or more"),
        (f"<row>{'<x><v>1</v></x>' * 1001}</row>", "found 1 rows and 1001 columns or more"),
        ("<row><c r='XFD1' s='0'/></row>" * 123, "expected rows of at most 2000000 cells together, empty ones among"),
        (f"<row>{'<c/>' * 16_000}</row>" * 126, "expected rows of at most 2000000 cells together"),
    ],
    ids=[
        *("last row", "row without measure", "last column", "rows times columns", "rows without numbers"),
        *("small letters", "mixed letters", "cells by another name", "cells with a style", "cells without a style"),
    ],
)
def test_a_sheet_beyond_the_limits_is_refused(tmp_path, sheet, found):
    refused(workbook(tmp_path / "s.xlsx", sheet=sheet), found)


@pytest.mark.parametrize("place", ["A", "1", "AAAA1", "$A$1", "A\uff11", "A1:B2", "\u01311"])
def test_a_cell_whose_place_is_none_of_excel_s_is_refused(tmp_path, place):
    path = workbook(tmp_path / "s.xlsx", sheet=f'<row><c r="{place}"><v>1</v></c></row>')
    refused(path, r"expected cells such as B12, found one at '")


def test_a_row_inside_a_row_is_refused(tmp_path):
    sheet = f"<row>{'<c><row/></c><c><v>1</v></c>' * 2}</row>"
    refused(workbook(tmp_path / "s.xlsx", sheet=sheet), "it has a row inside a row")


def test_a_sheet_is_counted_whatever_its_part_is_called(tmp_path):
    path = workbook(tmp_path / "s.xlsx", xl__media__image1_png=HEAD + cell(10**6) + TAIL)
    refused(path, "found 100001 rows")


def test_cells_without_content_do_not_make_a_sheet_wide(tmp_path):
    header = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="XFD1" s="0"/></row>'
    path = workbook(tmp_path / "s.xlsx", sheet=header + cell(2))
    assert [row.text("a") for row in read_sheet(path, None, required=("a",)).rows] == ["1"]


ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("part", ["xl__worksheets__sheet1_xml", "xl__sharedStrings_xml", "xl__styles_xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path, part, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><!-- {"x" * 5000} -->{ENTITIES}{HEAD}<row/>{TAIL}'
    path = workbook(tmp_path / "s.xlsx", **{part: text.encode(encoding)})
    refused(path, "it declares a document type, which no Excel writes")


def test_the_directory_of_the_archive_tells_a_bomb(tmp_path):
    refused(workbook(tmp_path / "s.xlsx", sheet=" " * 2**26), "and 33554432 bytes unpacked, found 9 parts and 67")
    assert (tmp_path / "s.xlsx").stat().st_size < 10**5


def test_a_directory_that_lies_gains_nothing(tmp_path):
    path = workbook(tmp_path / "s.xlsx", sheet=" " * 2**26)
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 2**26 + len(HEAD + TAIL)), struct.pack("<I", 999)))
    refused(path, "expected an Excel workbook or a CSV, found one that could not be read: Bad CRC-32")


def test_too_many_parts(tmp_path):
    refused(workbook(tmp_path / "s.xlsx", **{f"p{number}": b"" for number in range(1000)}), "found 1009 parts")


def test_styles_without_end(tmp_path):
    refused(workbook(tmp_path / "s.xlsx", xl__styles_xml=f"<styles>{'<xf/>' * 200_001}</styles>"), "outside the cells")


def test_elements_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_limits, "MAX_ELEMENTS", 3000)
    row = f"<row><c>{'<x/>' * 3001}</c></row>"
    refused(workbook(tmp_path / "s.xlsx", sheet=row), "at most 3000 XML elements")


def test_a_compression_that_needs_gigabytes(tmp_path):
    refused(workbook(tmp_path / "s.xlsx", compression=zipfile.ZIP_LZMA), "compressed as no Excel does it")


def test_a_cell_longer_than_excel_lets_it_be(tmp_path):
    runs = "<r><t>" + "x" * 20_000 + "</t></r>"
    text = f'<row r="1"><c r="A1" t="inlineStr"><is>{runs * 2}</is></c></row>'
    refused(workbook(tmp_path / "s.xlsx", sheet=text), "expected cells of at most 32767 characters, found one of 40000")


def old_workbook(path, *sheets):
    """Write an ``.xls``, each sheet with one cell at (row, column)."""
    book = xlwt.Workbook()
    for number, (row, column) in enumerate(sheets):
        book.add_sheet(f"s{number}").write(row, column, "a")
    book.save(str(path))
    return path


def test_old_workbooks(tmp_path):
    assert read_sheet(old_workbook(tmp_path / "s.xls", (0, 0)), None, required=("a",)).rows == []
    refused(old_workbook(tmp_path / "wide.xls", (65535, 255)), "found 65536 rows and 256 columns or more")
    refused(old_workbook(tmp_path / "many.xls", *[(60_000, 15)] * 3), "a workbook of at most 2000000 cells")
    path = old_workbook(tmp_path / "long.xls", (0, 0))
    with path.open("ab") as file:
        file.truncate(2**25)
    refused(path, "expected at most 16777216 bytes, found 33554432")
