import pandas as pd
import pytest

from merflow.datasets.reading.tables import SheetRow, read_sheet
from merflow.errors import DatasetError


def write(path, grid, sheet="label"):
    pd.DataFrame(grid).to_excel(path, sheet_name=sheet, index=False, header=False)
    return path


def test_rows_know_their_excel_number_and_blank_rows_are_passed_over(tmp_path):
    path = write(tmp_path / "s.xlsx", [["notes", ""], ["Subject", "Onset Frame "], ["006", 3], ["", ""], ["NA", "4.0"]])
    rows = read_sheet(path, "label", required=("subject", "OnsetFrame")).rows
    assert [(row.number, row.text("subject"), row.frame("OnsetFrame")) for row in rows] == [(3, "006", 3), (5, "NA", 4)]
    assert rows[0].source == "s.xlsx, row 3"


def test_strings_of_digits_stay_strings_and_floats_lose_their_point(tmp_path):
    path = write(tmp_path / "s.xlsx", [["a", "b"], ["006", 12.0], ["007", 12.5]])
    assert [(row.text("a"), row.text("b")) for row in read_sheet(path, None, required=("a", "b")).rows] == [
        ("006", "12"),
        ("007", "12.5"),
    ]


def test_missing_column_names_those_found_and_the_nearest(tmp_path):
    path = write(tmp_path / "s.xlsx", [["Subject", "Onset", "emotions"], ["1", 2, "sad"]])
    with pytest.raises(DatasetError) as caught:
        read_sheet(path, "label", required=("Subject", "Onset", "emotion"))
    assert (
        "s.xlsx: expected the column 'emotion' (nearest: 'emotions'); found Subject, Onset, emotions in row 1"
        in str(caught.value)
    )


def test_optional_columns_may_be_missing(tmp_path):
    row = read_sheet(write(tmp_path / "s.xlsx", [["a"], ["1"]]), None, required=("a",), optional=("b",)).rows[0]
    assert row.text("b") == ""
    assert row.frame("b") is None


def test_sheet_is_found_by_name_of_any_case_or_is_the_only_one(tmp_path):
    path = tmp_path / "s.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame([["a"], ["1"]]).to_excel(book, sheet_name="read me", index=False, header=False)
        pd.DataFrame([["a"], ["2"]]).to_excel(book, sheet_name="Label", index=False, header=False)
    assert [row.text("a") for row in read_sheet(path, "label", required=("a",)).rows] == ["2"]
    with pytest.raises(DatasetError, match="expected the sheet 'codes', found read me, Label"):
        read_sheet(path, "codes", required=("a",))
    only = write(tmp_path / "one.xlsx", [["a"], ["3"]], sheet="Tabelle1")
    assert [row.text("a") for row in read_sheet(only, "label", required=("a",)).rows] == ["3"]


def test_files_that_are_no_workbook_are_refused(tmp_path):
    path = tmp_path / "s.xlsx"
    with pytest.raises(DatasetError, match="no such file"):
        read_sheet(path, None, required=("a",))
    path.write_bytes(b"PK\x03\x04 half a workbook")
    with pytest.raises(DatasetError, match="expected an Excel workbook"):
        read_sheet(path, None, required=("a",))
    write(path, [[]])
    with pytest.raises(DatasetError, match="found an empty sheet"):
        read_sheet(path, None, required=("a",))


@pytest.mark.parametrize(("value", "number"), [(3, 3), (3.0, 3), ("3", 3), (" 3.0 ", 3), ("", None), ("/", None)])
def test_frame_numbers(tmp_path, value, number):
    assert SheetRow(tmp_path / "s.xlsx", 2, {"Apex": value}).frame("Apex") == number


@pytest.mark.parametrize("value", ["soon", 3.5, -2, "1e2"])
def test_frame_numbers_that_are_none_are_refused(tmp_path, value):
    with pytest.raises(
        DatasetError, match=rf"s\.xlsx, row 2, column 'Apex': expected a frame number, found '{value}'\. Correct"
    ):
        SheetRow(tmp_path / "s.xlsx", 2, {"Apex": value}).frame("Apex")


def test_labels_outside_the_map_name_row_value_and_known_words(tmp_path):
    known = {"happy": "happiness", "vii": "VII"}
    assert SheetRow(tmp_path / "s.xlsx", 2, {"e": " Happy "}).choice("e", known) == "happiness"
    assert SheetRow(tmp_path / "s.xlsx", 2, {"e": "\N{ROMAN NUMERAL SEVEN}"}).choice("e", known) == "VII"
    assert SheetRow(tmp_path / "s.xlsx", 2, {"e": ""}).choice("e", known) == ""
    with pytest.raises(DatasetError, match=r"s\.xlsx, row 2, column 'e': expected one of happy, vii, found 'bored'"):
        SheetRow(tmp_path / "s.xlsx", 2, {"e": "bored"}).choice("e", known)
