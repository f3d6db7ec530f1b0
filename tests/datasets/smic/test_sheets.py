import pytest
from tests.datasets.smic import smic_fixture as smic

from merflow.datasets.reading.annotation import check_unique
from merflow.datasets.smic.layout import clip_name, subject_of_folder
from merflow.datasets.smic.sheets import find_smic_workbook, sheet_names, smic_annotations
from merflow.errors import DatasetError


@pytest.fixture
def annotations(tmp_path):
    """Write the workbook and read its rows, without any frame."""

    def read(rows, **sheet):
        path = smic.write_sheet(tmp_path, rows, **sheet)
        return smic_annotations(path, dataset="smic", version="HS", fps=100.0).annotations

    return read


def test_rows_as_spelt_in_the_workbook(annotations):
    rows = [
        smic.Row("s01_ne_01", 36237, 36268),
        smic.Row("s2_po_1", "120", 150.0, emotion="Positive ", subject="s02"),
        smic.Row("S20_SUR_03", second=(200, 220), emotion="surprise"),
    ]
    found = annotations(rows)
    assert [(one.clip.id, one.clip.apex, one.clip.offset, one.clip.emotion) for one in found] == [
        ("s01_ne_01_36237", -1, 36268, "negative"),
        ("s02_po_01_120", -1, 150, "positive"),
        ("s20_sur_03_123", -1, 150, "surprise"),
        ("s20_sur_03_200", -1, 220, "surprise"),
    ]
    assert [one.source for one in found] == [f"{smic.SHEET_NAME}, row {number}" for number in (2, 3, 4, 4)]
    assert {(one.clip.dataset, one.clip.part, one.clip.fps, one.problem) for one in found} == {
        ("smic", "HS", 100.0, "")
    }


def test_a_workbook_may_know_two_expressions_a_clip_only(annotations):
    columns = [None if name in ("Onset3F", "Offset3F") else name for name in smic.COLUMNS]
    found = annotations([smic.Row(second=(200, 220), third=(300, 320))], columns=columns)
    assert [one.clip.onset for one in found] == [123, 200]


def test_apexes_that_somebody_added_are_used(tmp_path):
    columns = ("Subject", "Filename", "OnsetF", "ApexF", "OffsetF", "Onset2F", "Apex2F", "Offset2F", "Emotion")
    path = tmp_path / "apexes.csv"
    path.write_text(f"{','.join(columns)}\n1,s01_ne_01,123,130,150,200,,220,negative\n")
    found = smic_annotations(path, dataset="smic", version="HS", fps=100.0).annotations
    assert [(one.clip.onset, one.clip.apex, one.clip.offset) for one in found] == [(123, 130, 150), (200, -1, 220)]


def test_remarks_below_the_rows_are_no_clips(annotations):
    found = annotations([smic.Row(), smic.Row("s01_ne_02")], remarks=["TotalVL: frames of the clip", "2019: corrected"])
    assert [one.clip.video for one in found] == ["ne_01", "ne_02"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"emotion": "happy"}, r"row 2, column 'Emotion': expected one of negative, positive, surprise, found 'happy'"),
        ({"emotion": None}, r"row 2, column 'Emotion': expected one of negative, .*found an empty cell"),
        ({"subject": "x"}, r"row 2, column 'Subject': expected a number such as 1, found 'x'"),
        ({"subject": ""}, r"row 2, column 'Subject': expected a number such as 1, found ''"),
        ({"subject": 2}, r"row 2, column 'Filename': expected a clip of subject s02, such as .*found 's01_ne_01'"),
        ({"filename": "s01_neg_01", "subject": 1}, r"row 2, column 'Filename': expected a clip of subject s01"),
        ({"onset": None}, r"row 2, columns 'OnsetF', 'OffsetF': .*found an empty cell and 150"),
        ({"onset": None, "offset": None}, r"row 2, columns 'OnsetF', 'OffsetF': .*an empty cell and an empty cell"),
        ({"second": (200, None)}, r"row 2, columns 'Onset2F', 'Offset2F': .*found 200 and an empty cell"),
        ({"third": ("/", 320)}, r"row 2, columns 'Onset3F', 'Offset3F': .*found / and 320"),
        ({"onset": "lost"}, r"row 2, column 'OnsetF': expected a frame number, found 'lost'"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_row(annotations, row, message):
    with pytest.raises(DatasetError, match=message):
        annotations([smic.Row(**row)])


@pytest.mark.parametrize("name", ["OnsetF", "Offset2F", "Emotion"])
def test_missing_column_lists_those_that_are_there(annotations, name):
    columns = [f"{column} (frame)" if column == name else column for column in smic.COLUMNS]
    with pytest.raises(DatasetError, match=rf"expected the column '{name}'.*; found Subject, Filename, .* in row 1"):
        annotations([smic.Row()], columns=columns)


def test_two_expressions_with_one_onset_are_refused_by_row(annotations):
    with pytest.raises(DatasetError, match=r"one clip named 's01_ne_01_123', found two: .*row 2 .*row 2"):
        check_unique(annotations([smic.Row(second=(123, 160))]))


@pytest.mark.parametrize("version", ["HS", "VIS"])
def test_the_later_workbook_of_a_version_comes_first(tmp_path, version):
    smic.write_sheet(tmp_path, [], name=sheet_names("NIR")[0])
    with pytest.raises(DatasetError, match=rf"sheet SMIC-{version}-E_annotation_2019.xlsx in .*found only SMIC-NIR"):
        find_smic_workbook(tmp_path, None, version)
    for name in reversed(sheet_names(version)):
        path = smic.write_sheet(tmp_path, [], name=name)
        assert find_smic_workbook(tmp_path, None, version) == path


def test_annotation_may_be_a_folder_or_the_workbook_under_another_name(tmp_path):
    path = smic.write_sheet(tmp_path / "sheets", [])
    (tmp_path / "data").mkdir()
    assert find_smic_workbook(tmp_path / "data", tmp_path / "sheets", "HS") == path
    renamed = path.rename(tmp_path / "sheets/labels.xlsx")
    assert find_smic_workbook(tmp_path / "data", renamed, "HS") == renamed


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("s1_ne_01", ("s01", "ne_01", "negative")),
        ("S01_PO_1", ("s01", "po_01", "positive")),
        ("s20_sur_12", ("s20", "sur_12", "surprise")),
        ("s1_ne", None),
        ("s0_ne_01", None),
        ("s1_neg_01", None),
        ("01_ne_01", None),
    ],
)
def test_names_of_clips(text, name):
    assert clip_name(text) == name


@pytest.mark.parametrize(
    ("text", "name"), [("s1", "s01"), ("S01", "s01"), ("s001", "s01"), ("s20", "s20"), ("1", None)]
)
def test_names_of_subjects(text, name):
    assert subject_of_folder(text) == name
