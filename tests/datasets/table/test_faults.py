"""Faults of a user's own table: every one is told at once, by row and column."""

import openpyxl
import pytest
from tests.datasets.table.table_fixture import SETTINGS, assert_faults, faults, index, row, write_frames

from merflow.datasets.registry import index_dataset
from merflow.errors import DatasetError


@pytest.mark.parametrize(
    ("first", "second"),
    [("S01", "s1"), ("1", "001"), ("p1_2", "p01_02"), ("s12", "s\uff11\uff12"), ("sub-01", "sub01"), ("S_1", "s1")],
)
def test_a_subject_in_two_spellings_is_a_fault_and_two_subjects_are_none(root, first, second):
    """A spreadsheet makes 001 1, an input method digits of full width: one person would be in training and test."""
    (line,) = faults(root, row(subject=first), row(path="s1/b", subject=second))
    assert line.endswith(f"expected one spelling of a subject, found {second!r}, and {first!r} in clips.csv, row 2")
    apart = [row(subject="s10"), row(path="s1/b", subject="s1"), row(path="s2/a", subject="s0")]
    assert len(index(root, apart).clips) == 3


def test_every_fault_is_told_at_once_with_its_row(root):
    told = faults(
        root,
        row(),
        row(path="s1/c"),
        row(path="../elsewhere"),
        row(path="/etc"),
        row(path="s1/b", onset="19", apex="20", offset="25"),
        row(path="s2/a", onset="9", offset="3", apex="6"),
        row(path="s1/b", emotion="hapiness"),
        row(path="s1/b", onset="-1"),
        row(path="s1/b", onset="4", fps="fast"),
        row(),
        row(path="s2/a", subject="S1"),
        row(subject="", offset=""),
    )
    expected = (
        r"row 3, column 'path': expected 's1/c', found no such file or folder; in s1 lies: a, b.",
        "row 4, column 'path': expected a path below the root",
        "row 5, column 'path': expected a path below the root",
        "row 6, column 'offset': expected a frame of s1/b, which has 1 to 20, found 25",
        "row 7, column 'onset': expected onset <= apex <= offset, found onset 9, apex 6, offset 3",
        "row 8, column 'emotion': expected a known word, found 'hapiness'. Did you mean 'happiness'?",
        "row 9, column 'onset': expected a frame number (unit: frames), found '-1'",
        "row 10, column 'fps': expected a frame rate above 0, found 'fast'",
        "row 11: expected one row for a clip, found s1/a from 3 in clips.csv, row 2 too",
        "row 12: expected one spelling of a subject, found 'S1', and 's1' in clips.csv, row 2",
        "row 13: expected a value of subject, offset, found none",
    )
    assert_faults(told, expected)


def test_equal_faults_stand_in_one_line_and_all_lines_are_shown(root):
    words = enumerate(("calm", "calm", "fury", "calm", "calm", "calm"), start=1)
    wrong = [row(path="s1/b", onset=str(onset), emotion=word) for onset, word in words]
    other = row(path="s1/a", onset="5", subject="S1", emotion="zzz")
    told = faults(root, row(), *wrong, other, row(path="s2/a", subject="s2", fps="fast"))
    assert told[:5] == [
        "- rows 3, 4, 6-8, column 'emotion': expected a known word, found 'calm'.",
        "- row 5, column 'emotion': expected a known word, found 'fury'.",
        "- row 9: expected one spelling of a subject, found 'S1', and 's1' in clips.csv, row 2",
        "- row 9, column 'emotion': expected a known word, found 'zzz'.",
        "- row 10, column 'fps': expected a frame rate above 0, found 'fast'",
    ]
    (known,) = told[5:]
    assert known.startswith("Known words of the column 'emotion': anger, ")
    assert "classes: [calm, pain] in the dataset, and labels: classes in the experiment" in known
    assert len(faults(root, *[row(path=f"s1/{number}") for number in range(30)])) == 30


def test_faults_of_a_row_hide_none_of_its_others(root):
    """Two rows of one clip are told beside what is wrong with them, and a recording beside the cells of its row."""
    told = faults(
        root,
        row(emotion="hapiness"),
        row(emotion="hapiness"),
        row(path="s1/c", fps="fast", subject=""),
        row(path="s1/c"),
        row(path="s1/b", onset="18", apex="21", offset="25", emotion="hapiness", emotoin="x"),
    )
    expected = (
        "row 1, column 'emotoin': unknown column. Did you mean 'emotion'?",
        "rows 2, 3, 6, column 'emotion': expected a known word, found 'hapiness'. Did you mean 'happiness'?",
        "row 3: expected one row for a clip, found s1/a from 3 in clips.csv, row 2 too",
        "row 4, column 'fps': expected a frame rate above 0, found 'fast'",
        "row 4: expected a value of subject, found none",
        "rows 4, 5, column 'path': expected 's1/c', found no such file or folder",
        "row 5: expected one row for a clip, found s1/c from 3 in clips.csv, row 4 too",
        "row 6, column 'apex': expected a frame of s1/b, which has 1 to 20, found 21",
        "row 6, column 'offset': expected a frame of s1/b, which has 1 to 20, found 25",
    )
    assert_faults(told, expected)


def test_the_words_of_a_dataset_are_told_once_with_the_place_to_add_one(root):
    wrong, known = faults(root, row(emotion="fury"), row(path="s1/b", emotion="fury"), classes=["calm", "pain"])
    assert wrong == "- rows 2, 3, column 'emotion': expected a known word, found 'fury'."
    assert known.startswith("Known words of the column 'emotion': calm, pain. They are the dataset's classes")


def test_a_wrong_first_frame_is_one_fault_of_all_folders(root):
    (line,) = faults(root, row(), row(path="s1/b"), first_frame=0)
    assert line.startswith("- rows 2, 3, column 'onset': expected a folder that counts from 0")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"emotoin": "x"}, "row 1, column 'emotoin': unknown column. Did you mean 'emotion'?"),
        ({"f": "615"}, "row 1, column 'f': unknown column."),
    ],
)
def test_an_unknown_column_is_refused(root, changes, told):
    (line,) = faults(root, row(**changes))
    assert line.startswith(f"- {told}")


def test_a_missing_column_is_refused(root):
    without = {key: value for key, value in row().items() if key != "offset"}
    (line,) = faults(root, without)
    assert line == "- row 1: expected the column offset, found path, subject, onset, apex, emotion"


@pytest.mark.parametrize(("stated", "lies"), [(0, 1), (1, 0)])
def test_numbers_of_another_first_frame_are_refused(tmp_path, stated, lies):
    write_frames(tmp_path / "s1/a", range(lies, lies + 20))
    (line,) = faults(tmp_path, row(), first_frame=stated)
    assert (
        f"expected a folder that counts from {stated} (first_frame: {stated}), found one that begins at frame" in line
    )
    assert f"set first_frame to {lies}" in line
    assert index(tmp_path, [row()], first_frame=lies).clips[0].onset == 3


def test_a_table_without_a_row_is_told_so(root):
    (line,) = faults(root, dict.fromkeys(row(), ""))
    assert line.endswith("expected a row for each clip below the names of the columns, found none")


HEADER = "path,subject,onset,offset,expression,x_mine"


def text_faults(root, *lines):
    (root / "clips.csv").write_text("\n".join([HEADER, *lines]))
    with pytest.raises(DatasetError) as told:
        index_dataset("mine", "table", SETTINGS | {"root": str(root)})
    return str(told.value).splitlines()[1:]


def test_a_line_that_was_cut_off_is_a_fault_and_not_a_row_of_empty_cells(root):
    """Without it the macro-expression of a file that ends early was a micro-expression."""
    (line,) = text_faults(root, "s1/a,s1,3,9,macro,", "s1/b,s1,3,9")
    assert line.startswith("- row 3: expected 6 cells, as the header has, found 4: what is missing may not be empty.")


def test_a_line_may_lack_cells_that_nothing_reads(root):
    (root / "clips.csv").write_text(f"{HEADER}\ns1/a,s1,3,9,macro\n")
    (clip,) = index_dataset("mine", "table", SETTINGS | {"root": str(root)}).clips
    assert clip.expression == "macro"


def test_a_row_of_a_workbook_has_no_end_that_could_be_cut_off(root):
    book = openpyxl.Workbook()
    for cells in (HEADER.split(","), ["s1/a", "s1", 3, 9]):
        book.active.append(cells)
    book.save(root / "clips.xlsx")
    (clip,) = index(root, [], annotation=str(root / "clips.xlsx")).clips
    assert clip.expression == "micro"


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;;;", "sep=|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_first_line_that_states_the_separator_is_read_and_no_row(root, first, end):
    text = end.join([first, HEADER, "s1/a,s1,3,9,macro,", "s1/b,s1,3,9,big,"])
    (root / "clips.csv").write_bytes(text.replace(",", "|" if "|" in first else ";").encode())
    with pytest.raises(DatasetError) as told:
        index_dataset("mine", "table", SETTINGS | {"root": str(root)})
    (line, _) = str(told.value).splitlines()[1:]
    assert line == "- row 3, column 'expression': expected a known word, found 'big'."


def test_clips_of_a_second_sheet_are_not_passed_over(root):
    book = openpyxl.Workbook()
    for name, cells in (("Sheet", ["s1/a", "s1", 3, 9]), ("S2", ["s2/a", "s2", 3, 9]), ("notes", []), ("empty", None)):
        sheet = book.active if name == "Sheet" else book.create_sheet(name)
        for line in [] if cells is None else [HEADER.split(",") if cells else ["who", "what"], cells or ["me", "cut"]]:
            sheet.append(line)
    book.save(root / "clips.xlsx")
    (line,) = faults(root, annotation=str(root / "clips.xlsx"))
    assert line.startswith("- row 1: expected all clips in the first sheet, which is read, found S2 with the same col")
    book.remove(book["S2"])
    book.save(root / "clips.xlsx")
    assert len(index(root, [], annotation=str(root / "clips.xlsx")).clips) == 1


def test_a_subject_that_a_workbook_has_as_number_and_as_text_is_one(root):
    book = openpyxl.Workbook()
    for cells in (HEADER.split(","), ["s1/a", 1, 3, 9], ["s1/b", "1.0", 3, 9]):
        book.active.append(cells)
    book.save(root / "clips.xlsx")
    (line,) = faults(root, annotation=str(root / "clips.xlsx"))
    assert line == "- row 3: expected one spelling of a subject, found '1.0', and '1' in clips.xlsx, row 2"
