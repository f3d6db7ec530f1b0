"""A sheet of apexes for the cut layouts of SMIC, which name none."""

import openpyxl
import pytest
from tests.datasets.smic import smic_fixture as smic

from merflow.datasets.smic.apexes import APEX_COLUMNS
from merflow.datasets.smic.reader import SmicSettings, read_smic, smic_annotation
from merflow.errors import DatasetError


@pytest.fixture
def sheet(tmp_path):
    """Write a sheet of apexes beside the recordings."""

    def write(rows, columns=("Filename", "Apex")):
        book = openpyxl.Workbook()
        for cells in (columns, *rows):
            book.active.append(cells)
        book.save(tmp_path / "apexes.xlsx")
        return tmp_path / "apexes.xlsx"

    return write


@pytest.fixture
def read(tmp_path):
    """Read the recordings below a root of their own, with a sheet of apexes."""
    root = tmp_path / "SMIC"

    def index(annotation):
        return read_smic("smic", SmicSettings(root=root, annotation=annotation))

    smic.add_clip(root, "s1_ne_01", range(100, 130))
    smic.add_clip(root, "s2_po_01", range(200, 230))
    return index


def frames(index):
    return [(clip.id, clip.onset, clip.apex, clip.offset, clip.notes) for clip in index.clips]


@pytest.mark.parametrize("column", [*APEX_COLUMNS, "Apex Frame", "apexframe"])
def test_the_apexes_are_used_and_the_midpoint_stands_in_where_there_is_none(read, sheet, column):
    path = sheet([("s01_ne_01", 105), ("s2_po_01", None)], columns=("Filename", column))
    index = read(path)
    assert frames(index) == [
        ("s01_ne_01_100", 100, 105, 129, ""),
        ("s02_po_01_200", 200, 214, 229, "no apex in SMIC, midpoint 214 taken"),
    ]
    assert index.notes[1:] == ("annotation from apexes.xlsx, sheet Sheet",)
    assert smic_annotation(SmicSettings(root=path.parent / "SMIC", annotation=path)) == [path]


def test_of_two_columns_of_apexes_the_one_that_is_read_is_told(read, sheet):
    index = read(sheet([("s01_ne_01", 105, 104), ("s2_po_01", 203, 204)], columns=("Filename", "Apex", "ApexF")))
    assert [clip.apex for clip in index.clips] == [104, 204]
    assert index.notes[1] == "annotation from apexes.xlsx, sheet Sheet; apexes from column ApexF, not from Apex"


def test_a_table_in_text_will_do(read, tmp_path):
    path = tmp_path / "apexes.csv"
    path.write_text("Subject,Filename,ApexF\n1,s1_ne_01,105\n2,s2_po_01,203\n")
    assert [clip.apex for clip in read(path).clips] == [105, 203]


def test_a_row_without_a_folder_is_told(read, sheet):
    index = read(sheet([("s1_ne_01", 105), ("s1_ne_09", 7)]))
    assert "apexes.xlsx, row 3 names s01_ne_09, of which there is no folder" in index.notes


def test_an_apex_outside_the_folder_excludes_the_clip(read, sheet):
    index = read(sheet([("s1_ne_01", 5), ("s2_po_01", 203)]))
    assert [clip.id for clip in index.clips] == ["s02_po_01_200"]
    (row,) = index.exclusions
    assert row["reason"].startswith("expected onset <= apex <= offset, found onset 100, apex 5, offset 129")
    assert row["source"] == "SMIC_all_cropped/HS/s1/micro/negative/s1_ne_01; apexes.xlsx, row 2"


def test_a_row_that_counts_frames_in_another_way_excludes_the_clip(read, sheet):
    path = sheet([("s1_ne_01", 90, 105), ("s2_po_01", 200, 203)], columns=("Filename", "OnsetF", "ApexF"))
    index = read(path)
    assert [(clip.id, clip.apex) for clip in index.clips] == [("s02_po_01_200", 203)]
    assert index.exclusions[0]["reason"] == "expected frames from the onset 90 of the sheet, found them from 100"


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [
        ([("s1_ne_01", 105)], ("Filename", "Peak"), "expected a column of apexes .* remove the dataset's annotation"),
        ([], ("Filename", "Apex"), "expected a row for each clip, found none below the header"),
        ([("s1_ne_01", 105)] * 2, ("Filename", "Apex"), "one apex of s01_ne_01, found two: .*row 2 and .*row 3"),
        ([("clip 7", 105)], ("Filename", "Apex"), "row 2, column 'Filename': expected a clip such as s01_ne_01"),
        ([("s1_ne_01", "soon")], ("Filename", "Apex"), "row 2, column 'Apex': expected a frame number, found 'soon'"),
        ([("s1_ne_01", "=B3")], ("Filename", "Apex"), r"B2 \(Apex\): the formula =B3 without a stored result"),
    ],
)
def test_a_sheet_that_is_of_no_use_is_refused(read, sheet, rows, columns, message):
    with pytest.raises(DatasetError, match=message):
        read(sheet(rows, columns))


def test_a_folder_names_no_sheet(read, sheet):
    folder = sheet([("s1_ne_01", 105)]).parent
    for refused in (read, lambda path: smic_annotation(SmicSettings(root=folder / "SMIC", annotation=path))):
        with pytest.raises(DatasetError, match=r"expected a sheet of apexes.* with SMIC, apexes\.xlsx\. Name"):
            refused(folder)
