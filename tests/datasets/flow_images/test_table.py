"""Ready flow images in one flat folder, listed by a table."""

import re

import pytest
from tests.datasets.flow_images import flow_images_fixture as folders
from tests.datasets.flow_images.flow_images_fixture import add, read

from merflow.datasets.flow_images.reader import FlowImagesSettings, flow_images_annotation, read_flow_images
from merflow.datasets.flow_images.table import COLUMNS
from merflow.datasets.registry import index_dataset
from merflow.errors import DatasetError

ROWS = [("a .png", "006", "1_2", 0), ("b.png", "s1", "x", "Surprise"), ("sub/c.png", "s1", "y", 1)]


@pytest.fixture
def flat(tmp_path):
    for file, *_ in ROWS:
        add(tmp_path / "flat" / file)
    return tmp_path / "flat"


@pytest.fixture
def table(flat):
    """Return a function that writes the table beside the folder, and returns the reader's settings."""

    def write(rows=ROWS, **options):
        return {"root": flat, "annotation": folders.write_table(flat.parent / "clips.csv", rows, **options)}

    return write


def test_a_flat_folder_is_read_by_its_table(flat, table):
    index = read(**table())
    assert [(clip.id, clip.emotion, clip.color) for clip in index.clips] == [
        ("006_1_2_0", "negative", "a .png"),
        ("s1_x_0", "surprise", "b.png"),
        ("s1_y_0", "positive", "sub/c.png"),
    ]
    assert index.notes == ("pictures listed by clips.csv",)
    assert flow_images_annotation(FlowImagesSettings(**table())) == [flat.parent / "clips.csv"]


def test_a_missing_file_is_an_exclusion_and_can_stop_the_run(flat, table):
    (flat / "b.png").unlink()
    settings = table()
    index = read(**settings)
    assert [clip.id for clip in index.clips] == ["006_1_2_0", "s1_y_0"]
    row = index.exclusions[0]
    assert (row["clip"], row["subject"], row["source"]) == ("s1_x_0", "s1", "clips.csv, line 3")
    assert row["reason"] == "expected the picture b.png, found no such file"
    assert len(index.annotated) == 3
    with pytest.raises(DatasetError, match="found 1 that is not: s1_x_0"):
        index_dataset("ready", "flow_images", settings, on_bad_clip="fail")


def test_columns_may_stand_in_any_order_and_a_missing_one_is_refused(table):
    columns = ("Label", "clip", "subject", "file", "remark")
    rows = [(label, clip, subject, file, "x") for file, subject, clip, label in ROWS]
    assert read(**table(rows, columns=columns)) == read(**table())
    with pytest.raises(DatasetError, match=r"missing 'label' \(nearest: 'labels'\); found file, subject, clip, labels"):
        read(**table(columns=("file", "subject", "clip", "labels")))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("d.png", "s2", "z", 3), r"line 5, column 'label': expected one of 0, 1, 2, negative, .*found '3'"),
        (("d.png", "", "z", 1), "line 5: expected a value of subject, found none"),
        (("d.png", "s2", "x/y", 1), "line 5, column 'clip': expected letters.*found 'x/y'"),
        (("b.png", "s2", "z", 1), r"line 5: expected a picture of its own, found b\.png, which line 3 names too"),
        (("d.png", "s1", "x", 1), "expected one clip named 's1_x_0', found two: clips.csv, line 3.*line 5"),
    ],
)
def test_rows_that_cannot_be_are_refused_by_line(row, message, table):
    with pytest.raises(DatasetError, match=message):
        read(**table([*ROWS, row]))


@pytest.mark.parametrize("separator", [";", "\t"])
def test_cells_may_be_parted_by_semicolons_or_tabs(separator, table):
    settings = table()
    expected = read(**settings)
    path = settings["annotation"]
    path.write_text(path.read_text(encoding="utf-8").replace(",", separator), encoding="utf-8-sig")
    assert read(**settings) == expected


def test_the_unicode_text_of_excel_is_read(table):
    settings = table()
    expected = read(**settings)
    path = settings["annotation"]
    path.write_text(path.read_text(encoding="utf-8").replace(",", "\t"), encoding="utf-16")
    assert read(**settings) == expected


def test_a_label_may_be_written_as_a_decimal(table):
    rows = [(*row[:3], f"{row[3]}.0" if isinstance(row[3], int) else row[3]) for row in ROWS]
    assert read(**table(rows)) == read(**table())
    with pytest.raises(DatasetError, match=r"column 'label': .*found '1\.5'"):
        read(**table([*rows, ("d.png", "s2", "z", "1.5")]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("file,subject,clip,label\n".encode("utf-16-le"), "found bytes that are no text, or UTF-16"),
        ("file,subject,clip,label\na.png,é,1,0\n".encode("latin-1"), "the byte 0xe9 of another encoding in line 2"),
        (b"PK\x03\x04\x14\x00\xff\xfe", "found an Excel workbook. Save it as 'CSV UTF-8'"),
        (b"", "in line 1, found an empty file. Write a header and a line for each picture"),
        (
            b"file,subject,clip,label\na.png,006\n",
            "line 2: expected a value of clip, label, found none. Fill it in, or",
        ),
    ],
)
def test_tables_that_cannot_be_read_are_refused_with_the_next_move(content, message, flat):
    path = flat.parent / "clips.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"clips\.csv.*" + re.escape(message)):
        read(flat, annotation=path)


def test_a_missing_table_is_refused(flat):
    settings = FlowImagesSettings(root=flat, annotation=flat / "none.csv")
    for function in (flow_images_annotation, lambda one: read_flow_images("ready", one)):
        with pytest.raises(DatasetError, match=r"expected the table .*none\.csv, but there is no such file"):
            function(settings)


def test_a_column_that_is_there_twice_is_refused(table):
    rows = [(*row, 1) for row in ROWS]
    with pytest.raises(DatasetError, match=r"expected one column label, found 2 in line 1\. Remove or rename one"):
        read(**table(rows, columns=(*COLUMNS, "Label ")))


def test_a_line_with_more_cells_than_the_header_is_refused(table):
    with pytest.raises(DatasetError, match=r"line 3: expected 4 cells, as the header has, found more"):
        read(**table([ROWS[0], (*ROWS[1], "x")]))


def test_a_subject_in_two_spellings_is_refused(table):
    with pytest.raises(DatasetError, match=r"found 'S1' \(clips\.csv, line 3\) and 's1' \(clips\.csv, line 4\)"):
        read(**table([ROWS[0], ("b.png", "S1", "x", 2), ROWS[2]]))
    with pytest.raises(DatasetError, match=r"found '006' \(clips\.csv, line 2\) and '6' \(clips\.csv, line 3\)"):
        read(**table([ROWS[0], ("b.png", "6", "x", 2)]))


def test_a_quotation_mark_that_is_not_closed_hides_no_row_below_it(flat):
    path = flat.parent / "clips.csv"
    path.write_text('file,subject,clip,label,remark\na .png,006,1_2,0,"dark\nb.png,s1,x,2,\n', encoding="utf-8")
    with pytest.raises(DatasetError, match=r"clips\.csv: expected a CSV in UTF-8, could not read it"):
        read(flat, annotation=path)
