"""Sheets as tables in text, as other repositories ship them, and files that are no sheet."""

import csv
import zipfile

import openpyxl
import pytest
from tests.datasets.casme2 import casme2_fixture as casme2
from tests.datasets.casme3 import casme3_fixture as casme3
from tests.datasets.samm import samm_fixture as samm
from tests.datasets.smic import smic_fixture as smic

from merflow.datasets.casme2.reader import Casme2Settings, casme2_annotation, read_casme2
from merflow.datasets.casme3.reader import Casme3Settings, read_casme3
from merflow.datasets.reading.tables import read_sheet
from merflow.datasets.samm.reader import SammSettings, read_samm
from merflow.datasets.smic.reader import SmicSettings, read_smic
from merflow.errors import DatasetError


def as_text(path, *, separator=",", encoding="utf-8", name=None):
    """Replace the first sheet of a workbook by a table in text."""
    rows = [
        ["" if value is None else value for value in row]
        for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
    ]
    new = path.with_name(name) if name else path.with_suffix(".csv")
    path.unlink()
    with new.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return new


def casme2_root(root):
    casme2.add_clip(root, "sub01", "EP02_01f", range(46, 87))
    return casme2.write_coding(root, [casme2.Row(apex="/")])


def casme3_root(root):
    casme3.add_video(root, "spNO.1", "a", range(1, 40))
    return casme3.write_micro(root, [casme3.Row(au="4，7,")])


def samm_root(root):
    samm.add_clip(root, "006_1_2", range(5562, 5601))
    return samm.write_micro(root, [samm.Row()])


def smic_root(root):
    smic.add_clip(root, "s01_ne_01", range(100, 200), layout="smic_e")
    return smic.write_sheet(root, [smic.Row()], remarks=["TotalVL: frames of the clip"])


DATASETS = {
    "casme2": (casme2_root, lambda **settings: read_casme2("d", Casme2Settings(**settings))),
    "casme3": (casme3_root, lambda **settings: read_casme3("d", Casme3Settings(**settings))),
    "samm": (samm_root, lambda **settings: read_samm("d", SammSettings(**settings))),
    "smic": (smic_root, lambda **settings: read_smic("d", SmicSettings(**settings))),
}


@pytest.mark.parametrize("reader", DATASETS)
@pytest.mark.parametrize(("separator", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16")])
def test_a_sheet_as_text_gives_the_clips_of_the_workbook(tmp_path, reader, separator, encoding):
    write, read = DATASETS[reader]
    sheet = write(tmp_path)
    clips = read(root=tmp_path).clips
    assert len(clips) == 1
    text = as_text(sheet, separator=separator, encoding=encoding)
    found = read(root=tmp_path)
    assert found.clips == clips
    assert f"annotation from {text.name}, a table in text" in found.notes
    named = text.rename(tmp_path / "coding.txt")
    assert read(root=tmp_path, annotation=named).clips == clips


def test_a_table_in_text_under_the_name_of_a_workbook_is_read(tmp_path):
    sheet = casme2_root(tmp_path)
    as_text(sheet, name=sheet.name)
    assert len(read_casme2("d", Casme2Settings(root=tmp_path)).clips) == 1


def test_a_workbook_comes_before_its_copy_in_text_and_the_copy_is_named(tmp_path):
    sheet = casme2_root(tmp_path)
    (tmp_path / "CASME2-coding-20140508.csv").write_text("old\n")
    settings = Casme2Settings(root=tmp_path)
    assert casme2_annotation(settings) == [sheet]
    note = "other sheets that are not read: CASME2-coding-20140508.csv"
    assert note in read_casme2("d", settings).notes


def read(path):
    return read_sheet(path, None, required=("Subject", "Onset"), optional=("Apex",)).rows


def test_numbers_of_a_column_with_gaps_are_whole_again_and_subjects_stay_text(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("notes\n\nSubject,Onset,Apex\n006,10.0,\n007,12,15.0\n")
    rows = read(path)
    assert [(row.number, row.text("Subject"), row.text("Onset"), row.frame("Apex")) for row in rows] == [
        (4, "006", "10", None),
        (5, "007", "12", 15),
    ]


def test_a_line_above_a_sheet_that_states_the_separator_is_no_row(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("sep=|\nSubject|Onset|Apex\n006|10|\n")
    assert [(row.number, row.text("Subject")) for row in read(path)] == [(2, "006")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_ends_of_lines_of_any_system_are_read(tmp_path, end):
    path = tmp_path / "s.csv"
    path.write_bytes(f"Subject;Onset;Apex{end}1;10;12{end}2;20;22{end}".encode())
    assert [(row.text("Subject"), row.frame("Apex")) for row in read(path)] == [("1", 12), ("2", 22)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "Subject,Onset,Apex\n1,10\n",
            r"row 2: expected 3 cells, as the header has, found 2\. Complete the line",
        ),
        ("Subject,Onset,Apex\n1,4,7,10\n", "row 2: expected 3 cells, as the header has, found 4"),
        ("Subject,Onset,Apex\n1,10,#NV\n", r"C2 \(Apex\): #NV"),
        ('Subject,Onset,Apex\n"1,10,15\n2,20,25\n', "could not read it: unexpected end of data"),
        ('Subject,Onset,Apex\n"1"x,10,15\n', "could not read it: ',' expected after '\"'"),
        ("Subject,Start,Apex\n1,10,15\n", r"expected the column 'Onset'.*found Subject, Start, Apex in row 1\. Rename"),
        ("\n\n", "found an empty file. Copy it again"),
    ],
)
def test_lines_that_would_shift_or_lose_cells_are_refused(tmp_path, content, message):
    path = tmp_path / "s.csv"
    path.write_text(content)
    with pytest.raises(DatasetError, match=message):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "Subject,Onset\nGröße,1\n".encode("latin-1"),
            "the byte 0xf6 of another encoding in line 2. Save",
        ),
        ("Subject,Onset\n主,1\n".encode("gbk"), "of another encoding in line 2"),
        ("Subject,Onset\n1,10\n".encode("utf-16-le"), "bytes that are no text, or UTF-16 without a byte-order mark"),
        (b"\x7fELF\x02\x01\x00\x00", "bytes that are no text"),
        (b"<html><body>Please log in</body></html>", "an HTML or XML page, which some websites .*save it as .xlsx"),
        (b"\xef\xbb\xbf  <table><tr><td>Subject", "an HTML or XML page"),
        (b"%PDF-1.7\n", "a PDF. Take the file of the release"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS in place of the file. Fetch"),
        (b"", "an empty file"),
        (b"PK\x03\x04 half", r"one that is damaged \(File is not a zip file\)\. Copy it again"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 half",
            "one that could not be read: .* save it as .xlsx",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "one that is protected by a password. Open it in Excel, remove the password, save",
        ),
    ],
)
def test_files_that_are_no_sheet_say_what_they_are(tmp_path, content, message):
    path = tmp_path / "s.xlsx"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        read(path)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("xl/workbook.bin", r"\(\.xlsb\)"),
        ("content.xml", r"\(\.ods\)"),
        ("labels.xlsx", "an archive"),
    ],
)
def test_other_archives_say_what_they_are(tmp_path, part, message):
    path = tmp_path / "s.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "x")
    with pytest.raises(DatasetError, match=message):
        read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\n" * 100_001, "expected at most 100000 rows, 1000 columns and 2000000 cells, found more"),
        ("," * 1_001 + "\n", "1000 columns"),
        ("," * 999 + "\n" + ("," * 999 + "\n") * 2_001, "2000000 cells"),
        ("x" * 40_000, "expected cells of at most 32767 characters, found one of 40000"),
    ],
    ids=["rows", "columns", "cells", "long cell"],
)
def test_a_table_in_text_keeps_to_the_limits_of_sheets(tmp_path, content, message):
    path = tmp_path / "s.csv"
    path.write_text("Subject,Onset\n" + content)
    with pytest.raises(DatasetError, match=message):
        read(path)
