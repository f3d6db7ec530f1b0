from dataclasses import replace

import pytest
from tests.datasets.fourdme import fourdme_fixture as fourdme
from tests.datasets.fourdme.fourdme_fixture import Row, write_sheet

from merflow.datasets.fourdme.reader import read_fourdme
from merflow.datasets.fourdme.settings import FourdmeSettings

IN_TEXT = "4DME_Labelling_Micro_release v1.csv"  # read as the workbook is, and sooner
AT = 144  # of the row as its public loader counts it


@pytest.fixture
def read(tmp_path):
    """Write a sheet of 267 rows with two of one's own in the places of the known error, and read these."""
    (tmp_path / "gray_micro" / "S99").mkdir(parents=True)

    def two_rows(first, second, *, rows=267, **settings):
        others = [Row("S01", f"{1 + i:03d}_01_1") for i in range(rows - 2)]
        write_sheet(tmp_path, [*others[:AT], first, second, *others[AT:]], name=IN_TEXT)
        index = read_fourdme("fourdme", FourdmeSettings(root=tmp_path, **settings))
        return [clip for clip in index.annotated if clip.subject == "S30"], index.notes

    return two_rows


SMILE = Row("S30", "001_01_1", aus="AU12", emotion="Positive")
FROWN = Row("S30", "001_02_1", aus="AU4(k)+7", emotion="Negative")
LEFT = "known to have each other's action units, are left as they are"


def with_units_of(row, other):
    return replace(row, aus=other.aus)


def test_rows_that_have_each_others_units_get_their_own_back_by_what_they_show(read):
    clips, notes = read(with_units_of(SMILE, FROWN), with_units_of(FROWN, SMILE))
    assert [(clip.video, clip.aus, clip.emotions) for clip in clips] == [
        ("001_01_1", "AU12", "positive"),
        ("001_02_1", "AU4(k)+7", "negative"),
    ]
    assert [clip.notes for clip in clips] == [
        "action units exchanged with row 147",
        "action units exchanged with row 146",
    ]
    assert not any(LEFT in note for note in notes)


def test_columns_of_emotions_that_went_with_the_units_come_back_with_them(read):
    smile = replace(with_units_of(SMILE, FROWN), columns="Negative")
    frown = replace(with_units_of(FROWN, SMILE), columns="Positive")
    clips, _ = read(smile, frown)
    assert [(clip.aus, clip.emotions) for clip in clips] == [("AU12", "positive"), ("AU4(k)+7", "negative")]
    assert clips[0].notes == "action units and emotions exchanged with row 147"


def test_a_corrected_sheet_a_sorted_one_and_equal_emotions_are_left_as_they_are(read):
    for pair in ((SMILE, FROWN), (FROWN, SMILE), (SMILE, replace(SMILE, clip="001_02_1", aus="AU6+12"))):
        clips, notes = read(*pair)
        assert [clip.aus for clip in clips] == [row.aus for row in sorted(pair, key=lambda row: row.clip)]
        assert [clip.notes for clip in clips] == ["", ""]
        (note,) = (note for note in notes if LEFT in note)
        assert note.startswith(f"rows 146 ({pair[0].emotion}: {pair[0].aus}) and 147 (")


def test_a_setting_exchanges_always_or_never(read):
    wrong = with_units_of(SMILE, FROWN), with_units_of(FROWN, SMILE)
    clips, notes = read(*wrong, exchange="never")
    assert [clip.aus for clip in clips] == ["AU4(k)+7", "AU12"]
    assert not any(LEFT in note for note in notes)
    clips, _ = read(SMILE, FROWN, exchange="always")
    assert [(clip.aus, clip.emotions) for clip in clips] == [("AU4(k)+7", "negative"), ("AU12", "positive")]


def test_a_sheet_of_another_length_is_another_sheet(read):
    wrong = with_units_of(SMILE, FROWN), with_units_of(FROWN, SMILE)
    clips, notes = read(*wrong, rows=266)
    assert [clip.aus for clip in clips] == ["AU4(k)+7", "AU12"]
    assert "Table 4 gives 'negative'" in clips[0].notes
    assert not any(LEFT in note for note in notes)


def test_the_fixture_puts_the_rows_where_excel_counts_146_and_147(tmp_path):
    from openpyxl import load_workbook

    path = write_sheet(tmp_path, fourdme.official_rows())
    sheet = load_workbook(path).active
    assert sheet.max_row == 268
    assert sheet.cell(AT + 2, 2).value == fourdme.official_rows()[AT].clip
