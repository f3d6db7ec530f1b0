"""Numbers with thousands separators: one that may be two is refused, and a decimal comma is read."""

import openpyxl
import pytest
from tests.datasets.table.table_fixture import faults, index, row, write_frames

from merflow.datasets.reading.numbers import decimal, two_numbers
from merflow.datasets.reading.tables import read_sheet
from merflow.errors import DatasetError


@pytest.fixture
def root(tmp_path):
    write_frames(tmp_path / "s1/a")
    write_frames(tmp_path / "s1/a_depth", name="img_{:05d}.png")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "number"),
    [("29.97", 29.97), ("29,97", 29.97), ("29,9700", 29.97), ("0,125", 0.125), ("200", 200.0), ("1234.000", 1234.0)],
)
def test_a_number_of_one_kind_is_read(text, number):
    assert decimal(text) == number
    assert not two_numbers(text, "whole")


@pytest.mark.parametrize("text", ["1.234,5", "1,234.5", "1,234,567", "1 000", "1'000", "1\u00a0000", "-1", "", ","])
def test_what_is_no_number_is_none(text):
    assert decimal(text) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"fps": "1,000"}, "column 'fps': expected a frame rate above 0, found '1,000', which may be 1 or 1000: write"),
        ({"fps": "1.000"}, "column 'fps': expected a frame rate above 0, found '1.000', which may be 1 or 1000: write"),
        ({"fps": "29,970"}, "found '29,970', which may be 29.97 or 29970: write 29.97 or 29970"),
        ({"onset": "3,000"}, "column 'onset': expected a frame number (unit: frames), found '3,000', which may"),
        ({"onset": "3.000"}, "column 'onset': expected a frame number (unit: frames), found '3.000', which may"),
        ({"depth_path": "s1/a_depth", "depth_unit_mm": "1,000"}, "expected a number, found '1,000', which may be 1 or"),
        ({"depth_path": "s1/a_depth", "depth_unit_mm": "1.000"}, "expected a number, found '1.000', which may be 1 or"),
        (
            {"depth_path": "s1/a_depth", "fx": "1,324", "fy": "1324", "cx": "640", "cy": "360"},
            "column 'fx': expected a number, found '1,324', which may be 1.324 or 1324: write 1.324 or 1324",
        ),
    ],
)
def test_a_number_of_a_table_that_may_be_two_is_a_fault(root, changes, told):
    lines = faults(root, row(**changes))
    assert any(told in line for line in lines), lines


def test_seconds_that_may_be_thousands_are_a_fault_and_three_decimals_are_read(root):
    told = faults(root, row(onset="0.030", apex="", offset="1,100"), unit="seconds")
    assert told == [
        "- row 2, column 'offset': expected seconds such as 12.48 (unit: seconds), found '1,100', which may be 1.1 or "
        "1100: write 1.1 or 1100"
    ]
    (clip,) = index(root, [row(onset="0,030", apex="", offset="0.110")], unit="seconds").clips
    assert (clip.onset, clip.offset) == (4, 12)


def test_decimal_commas_of_a_german_table_are_read(root):
    (clip,) = index(root, [row(fps="29,97", onset="3,0")]).clips
    assert (clip.fps, clip.onset) == (29.97, 3)


def test_a_number_in_a_workbook_is_one_number(root):
    """A cell that is a number has no separators: Excel shows 5.123 as its user's country writes it."""
    book = openpyxl.Workbook()
    names = [*row(), "fps", "depth_path", "fx", "fy", "cx", "cy"]
    book.active.append(names)
    book.active.append([*row().values(), 1.125, "s1/a_depth", 615.25, 615.25, 5.125, -5.125])
    book.save(root / "clips.xlsx")
    (clip,) = index(root, [], annotation=str(root / "clips.xlsx")).clips
    assert (clip.fps, clip.camera) == (1.125, "615.25 615.25 5.125 -5.125")


@pytest.mark.parametrize("text", ["1.000", "46.000", "1.046"])
def test_a_frame_of_a_sheet_that_may_be_two_is_refused(tmp_path, text):
    path = tmp_path / "s.csv"
    path.write_text(f"Subject;Onset\n1;{text}\n")
    (read,) = read_sheet(path, None, required=("Subject", "Onset")).rows
    with pytest.raises(DatasetError, match=r"row 2, column 'Onset': expected a frame number, found .*, which may be"):
        read.frame("Onset")
