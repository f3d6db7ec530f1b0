"""Cells that are filled and cannot be read are refused by address: they are not empty."""

import datetime
import io
import zipfile

import openpyxl
import pytest
import xlwt
from tests.datasets.casme2 import casme2_fixture as casme2
from tests.datasets.casme3 import casme3_fixture as casme3
from tests.datasets.samm import samm_fixture as samm
from tests.datasets.smic import smic_fixture as smic

from merflow.datasets.casme2.sheets import Casme2Workbooks, casme2_annotations
from merflow.datasets.casme3.sheets import macro_annotations, micro_annotations, part_c_annotations
from merflow.datasets.reading import workbook_grids
from merflow.datasets.reading.cells import address
from merflow.datasets.reading.tables import read_sheet
from merflow.datasets.samm.reader import samm_annotations
from merflow.datasets.smic.sheets import smic_annotations
from merflow.errors import DatasetError

COLUMNS = ("Subject", "Onset", "Apex", "Remark")
ROWS = [("1", 10, 15, "x"), ("2", 20, 25, "y")]


def write(path, change=lambda sheet: None):
    """Write a workbook of two rows, changed by `change(sheet)`."""
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in (COLUMNS, *ROWS):
        sheet.append(cells)
    change(sheet)
    book.save(path)
    return path


def read(path):
    return read_sheet(path, None, required=COLUMNS[:2], optional=COLUMNS[2:3]).rows


def refused(path, message):
    with pytest.raises(DatasetError, match=message):
        read(path)


def put(**cells):
    return lambda sheet: [sheet.__setitem__(place, value) for place, value in cells.items()]


def test_formulas_without_a_stored_result_are_refused_by_address_and_formula(tmp_path):
    path = write(tmp_path / "s.xlsx", put(C2="=B2+5", C3="=B3+5", B3="=B2+10", D2="=1+1"))
    refused(
        path,
        r"^s\.xlsx, sheet Sheet: expected cells that can be read, found 3 that cannot and are not empty: C2 \(Apex\): "
        r"the formula =B2\+5 without a stored result, B3 \(Onset\): the formula =B2\+10 without .*, C3 \(Apex\): .*"
        r"open the file in Excel or LibreOffice, which compute them, and save it\.$",
    )


def stored(path, cell):
    """Write a workbook whose cell B2 is this XML, as Excel writes it and openpyxl cannot."""
    buffer = io.BytesIO()
    write(buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace(b'<c r="B2" t="n"><v>10</v></c>', cell.encode()))
    return path


def test_a_stored_result_is_read(tmp_path):
    path = stored(tmp_path / "s.xlsx", '<c r="B2"><f>5+6</f><v>11</v></c>')
    assert [row.frame("Onset") for row in read(path)] == [11, 20]
    empty = stored(tmp_path / "e.xlsx", '<c r="B2" t="str"><f>IF(1,"","")</f><v></v></c>')
    assert [row.text("Onset") for row in read(empty)] == ["", "20"]


def test_a_file_that_says_it_is_smaller_than_it_is_loses_no_row(tmp_path):
    path = write(tmp_path / "s.xlsx")
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert b'<dimension ref="A1:D3" />' in parts[sheet]
    parts[sheet] = parts[sheet].replace(b'ref="A1:D3"', b'ref="A1:B2"')
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    assert [row.frame("Apex") for row in read(path)] == [15, 25]


def test_shared_and_array_formulas_are_named_too(tmp_path):
    shared = '<c r="B2"><f t="shared" ref="B2:B3" si="0">A2*10</f></c>'
    refused(stored(tmp_path / "s.xlsx", shared), r"B2 \(Onset\): the formula =A2\*10 without a stored result")
    array = '<c r="B2"><f t="array" ref="B2:B2">SUM(A2:A3)</f></c>'
    refused(stored(tmp_path / "a.xlsx", array), r"B2 \(Onset\): the formula =SUM\(A2:A3\) without a stored result")


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#NV", "#BEZUG!", "#####"])
def test_errors_are_refused_by_address_however_they_are_stored(tmp_path, error):
    path = write(tmp_path / "s.xlsx", put(C3=error))
    refused(
        path, rf"found 1 that cannot and is not empty: C3 \(Apex\): {error}\. Errors: correct the formula, or empty"
    )


def test_a_result_that_is_an_error_is_one(tmp_path):
    refused(stored(tmp_path / "s.xlsx", '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'), r"B2 \(Onset\): #DIV/0!")


def test_dates_are_refused_since_they_stand_for_what_was_typed(tmp_path):
    path = write(tmp_path / "s.xlsx", put(A2=datetime.date(2026, 4, 7)))
    refused(path, r"A2 \(Subject\): the date 2026-04-07.* Dates, into which Excel turns what looks like one: format")


def test_parts_of_a_merged_cell_are_refused_and_name_the_first(tmp_path):
    path = write(tmp_path / "s.xlsx", lambda sheet: sheet.merge_cells("A2:A3"))
    refused(path, r"A3 \(Subject\): merged with A2 \(A2:A3\)\. Merged cells: unmerge them")
    across = write(tmp_path / "t.xlsx", lambda sheet: sheet.merge_cells("B2:C2"))
    refused(across, r"C2 \(Apex\): merged with B2 \(B2:C2\)")


def test_merged_cells_that_hide_no_value_are_none_of_the_readers_business(tmp_path):
    def change(sheet):
        sheet.insert_rows(1)
        sheet["A1"] = "Release notes"
        sheet.merge_cells("A1:D1")  # a title above the header
        sheet.merge_cells("D3:D4")  # in a column that is not read
        sheet["A6"] = "TotalVL: frames of the clip"
        sheet.merge_cells("A6:D7")  # a remark below the rows
        sheet.merge_cells("A9:D9")  # nothing at all

    rows = read(write(tmp_path / "s.xlsx", change))
    assert [(row.number, row.frame("Apex")) for row in rows] == [(3, 15), (4, 25), (6, None)]


def test_merged_cells_that_overlap_over_and_over_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_grids, "MAX_CELLS", 20)
    path = write(tmp_path / "s.xlsx")
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        ranges = "".join(f'<mergeCell ref="A1:{last}{row}"/>' for last in "BCD" for row in range(1, 4))
        text = sheet.replace("</sheetData>", f"</sheetData><mergeCells>{ranges}</mergeCells>")
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, content in (parts | {"xl/worksheets/sheet1.xml": text.encode()}).items():
            book.writestr(name, content)
    refused(path, "expected merged cells that take at most 20 cells together, found more")


def test_cells_of_columns_that_are_not_read_may_be_anything(tmp_path):
    path = write(tmp_path / "s.xlsx", put(D2="=1+1", D3="#N/A", E2=datetime.date(2026, 1, 1)))
    assert [row.frame("Apex") for row in read(path)] == [15, 25]


def old_workbook(path, change):
    """Write the two rows as ``.xls``, changed by `change(sheet)`."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("label", cell_overwrite_ok=True)
    for number, cells in enumerate((COLUMNS, *ROWS)):
        for column, value in enumerate(cells):
            sheet.write(number, column, value)
    change(sheet)
    book.save(str(path))
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda sheet: sheet.row(2).set_cell_error(2, 0x17), r"C3 \(Apex\): #REF!"),
        (lambda sheet: sheet.row(2).set_cell_error(2, 0x2A), r"C3 \(Apex\): #N/A"),
        (lambda sheet: sheet.write_merge(1, 2, 0, 0, "1"), r"A3 \(Subject\): merged with A2 \(A2:A3\)"),
        (
            lambda sheet: sheet.write(1, 2, datetime.date(2026, 4, 7), xlwt.easyxf(num_format_str="D-MMM")),
            r"C2 \(Apex\): a date, stored as 46119",
        ),
    ],
    ids=["error", "not available", "merged", "date"],
)
def test_the_old_format_tells_the_same(tmp_path, change, message):
    refused(old_workbook(tmp_path / "s.xls", change), message)


def change_cell(path, place, value):
    book = openpyxl.load_workbook(path)
    book.worksheets[0][place] = value
    book.save(path)
    return path


READERS = {
    "casme2": lambda path: casme2_annotations(Casme2Workbooks(path, None), dataset="d", fps=200.0),
    "casme3": lambda path: micro_annotations(path, dataset="d", fps=30.0),
    "casme3 macro": lambda path: macro_annotations(None, path, dataset="d", fps=30.0),
    "casme3 part C": lambda path: part_c_annotations(path, dataset="d", fps=30.0),
    "samm": lambda path: samm_annotations(path, dataset="d", fps=200.0),
    "smic": lambda path: smic_annotations(path, dataset="d", version="HS", fps=100.0),
}
SHEETS = {
    "casme2": lambda folder: casme2.write_coding(folder, [casme2.Row()]),
    "casme3": lambda folder: casme3.write_micro(folder, [casme3.Row()]),
    "casme3 macro": lambda folder: casme3.write_macro(folder, [casme3.Row()]),
    "casme3 part C": lambda folder: casme3.write_part_c(folder, [(1, 1, 100, 121, "4", "negative")]),
    "samm": lambda folder: samm.write_micro(folder, [samm.Row()]),
    "smic": lambda folder: smic.write_sheet(folder, [smic.Row()]),
}


@pytest.mark.parametrize(
    ("reader", "place", "value", "found"),
    [
        ("casme2", "E2", "=D2+5", "ApexFrame"),
        ("casme2", "F2", "#REF!", "OffsetFrame"),
        ("casme3", "D2", "#REF!", "Apex"),
        ("casme3", "E2", "=C2+10", "Offset"),
        ("casme3", "H2", '="disgust"', "emotion"),
        ("casme3", "G2", "#N/A", "Objective class"),
        ("casme3 macro", "D2", "=C2+1", "apex"),
        ("casme3 part C", "D2", "=C2+1", "offset"),
        ("casme3 part C", "F2", "#N/A", "emotion"),
        ("samm", "E15", "=D15+5", "Apex Frame"),
        ("samm", "K15", "#N/A", "Objective Classes"),
        ("smic", "F2", "=D2+20", "Onset2F"),
        ("smic", "I2", "#VALUE!", "Offset3F"),
    ],
)
def test_no_reader_takes_such_a_cell_for_not_annotated(tmp_path, reader, place, value, found):
    path = change_cell(SHEETS[reader](tmp_path), place, value)
    with pytest.raises(DatasetError, match=rf"{place} \({found}\): "):
        READERS[reader](path)


@pytest.mark.parametrize(("row", "column", "name"), [(0, 0, "A1"), (1, 25, "Z2"), (2, 26, "AA3"), (9, 701, "ZZ10")])
def test_addresses_are_those_of_excel(row, column, name):
    assert address(row, column) == name
