"""Which sheet of a file is read, and what is said of the others."""

import pandas as pd
import pytest
from tests.datasets.casme2 import casme2_fixture as casme2

from merflow.datasets.casme2.reader import Casme2Settings, read_casme2
from merflow.datasets.reading.tables import read_sheet
from merflow.errors import DatasetError

CODING = [["a", "b"], ["1", "2"]]
NOTES = [["Release notes"], ["version 2"]]


def write(path, **sheets):
    with pd.ExcelWriter(path) as book:
        for name, grid in sheets.items():
            pd.DataFrame(grid).to_excel(book, sheet_name=name.replace("_", " "), index=False, header=False)
    return path


def read(path, sheet=None):
    return read_sheet(path, sheet, required=("a", "b"))


def test_a_sheet_of_notes_before_the_coding_is_passed_over_and_named(tmp_path):
    found = read(write(tmp_path / "s.xlsx", read_me=NOTES, coding=CODING, empty=[]))
    assert [row.text("b") for row in found.rows] == ["2"]
    assert found.note == "annotation from s.xlsx, sheet coding; other sheets in it: read me"


def test_the_official_name_decides_and_a_second_coding_is_named(tmp_path):
    old = [["a", "b"], ["1", "old"]]
    found = read(write(tmp_path / "s.xlsx", old=old, Label=CODING), "label")
    assert [row.text("b") for row in found.rows] == ["2"]
    assert found.note == "annotation from s.xlsx, sheet Label; sheets with the same columns that are not read: old"


def test_without_an_official_name_the_first_that_has_the_columns_is_read(tmp_path):
    found = read(write(tmp_path / "s.xlsx", first=CODING, second=[["a", "b"], ["3", "4"]]))
    assert [row.text("b") for row in found.rows] == ["2"]
    assert found.note.endswith("sheets with the same columns that are not read: second")


def test_a_renamed_sheet_is_read_where_it_alone_has_the_columns(tmp_path):
    found = read(write(tmp_path / "s.xlsx", notes=NOTES, Tabelle1=CODING), "label")
    assert [row.text("b") for row in found.rows] == ["2"]
    empty = read(write(tmp_path / "t.xlsx", label=NOTES, Tabelle1=CODING), "label")
    assert empty.note == "annotation from t.xlsx, sheet Tabelle1; other sheets in it: label"


def test_several_sheets_that_could_be_meant_are_a_question(tmp_path):
    path = write(tmp_path / "s.xlsx", one=CODING, two=CODING)
    with pytest.raises(DatasetError, match=r"expected the sheet 'label', found one, two; one, two have the columns"):
        read(path, "label")
    path = write(tmp_path / "t.xlsx", notes=NOTES, old=CODING, new=CODING)
    with pytest.raises(DatasetError, match=r"the first sheet, notes, found notes, old, new; old, new have the columns"):
        read(path)


def test_no_sheet_with_the_columns_names_the_sheets(tmp_path):
    path = write(tmp_path / "s.xlsx", read_me=NOTES, coding=[["a", "bee"], ["1", "2"]])
    with pytest.raises(DatasetError) as caught:
        read(path)
    assert (
        "expected the column 'b'; found a, bee in row 1 of sheet coding (the file's sheets: read me, coding). Rename"
    ) in str(caught.value)


def test_two_columns_of_one_name_are_told(tmp_path):
    found = read(write(tmp_path / "s.xlsx", coding=[["a", "b", "B "], ["1", "2", "3"]]))
    assert [row.text("b") for row in found.rows] == ["2"]
    assert found.note == "annotation from s.xlsx, sheet coding; column b is there 2 times, the first is read"
    path = write(tmp_path / "t.xlsx", coding=[["a", "b", "c", "C"], ["1", "2", "3", "4"]])
    assert read_sheet(path, None, required=("a", "b"), optional=("c",)).note.endswith(
        "column c is there 2 times, the first is read"
    )


def test_two_codings_side_by_side_are_told(tmp_path):
    casme2.write_coding(tmp_path, [casme2.Row()])
    casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87))
    later = casme2.write_workbook(
        tmp_path / "CASME2-coding-20190701.xlsx", casme2.CODING_COLUMNS, [casme2.Row(onset=50).cells()]
    )
    index = read_casme2("d", Casme2Settings(root=tmp_path))
    assert [clip.onset for clip in index.clips] == [46]
    assert f"annotation from {casme2.CODING_NAME}, sheet Sheet1" in index.notes
    assert f"other sheets that are not read: {later.name}" in index.notes
    named = read_casme2("d", Casme2Settings(root=tmp_path, annotation=later))
    assert [clip.onset for clip in named.clips] == [50]
    assert f"annotation from {later.name}, sheet Sheet1" in named.notes
