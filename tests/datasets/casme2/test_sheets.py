import pytest
from tests.datasets.casme2 import casme2_fixture as casme2

from merflow.datasets.casme2.sheets import Casme2Workbooks, casme2_annotations
from merflow.errors import DatasetError

CODING_READ = f"annotation from {casme2.CODING_NAME}, sheet Sheet1"
CLASSES_READ = f"annotation from {casme2.OBJECTIVE_NAME}, sheet Sheet1"


@pytest.fixture
def annotations(tmp_path):
    """Write the workbooks and read them: clips and the notes on the workbooks."""

    def read(rows, objective=None):
        coding = casme2.write_coding(tmp_path, rows)
        classes = None if objective is None else casme2.write_objective(tmp_path, objective)
        found, notes = casme2_annotations(Casme2Workbooks(coding, classes), dataset="casme2", fps=200.0)
        return [one.clip for one in found], list(notes)

    return read


def test_rows_as_spelt_in_the_sheet(annotations):
    rows = [
        casme2.Row(1, "EP02_01f", 46, 59, 86, "R12", "happiness"),
        casme2.Row("02", "EP03_02", 46.0, "59", 86, "L7+L10", "Others "),
        casme2.Row("sub26", "EP16_01", 1, 2, 3, 4, "repression"),
    ]
    clips, notes = annotations(rows, [(1, "EP02_01f", 1), (2, "EP03_02", "VII"), (26, "ep16_01", 3.0)])
    assert [(clip.id, clip.aus, clip.emotion, clip.objective, clip.notes) for clip in clips] == [
        ("sub01_EP02_01f_46", "R12", "happiness", "I", ""),
        ("sub02_EP03_02_46", "L7+L10", "others", "VII", ""),
        ("sub26_EP16_01_1", "4", "repression", "III", ""),
    ]
    assert notes == [CODING_READ, CLASSES_READ]


def test_every_emotion_of_the_sheet_has_a_canonical_name(annotations):
    clips, _ = annotations([casme2.Row(video=word, emotion=word) for word in casme2.EMOTIONS])
    assert [clip.emotion for clip in clips] == list(casme2.EMOTIONS)


def test_published_class_wins_and_the_action_units_stand_in_for_one_that_is_missing(annotations):
    rows = [casme2.Row(au="4"), casme2.Row(2, au="R12"), casme2.Row(3, au="?")]
    clips, notes = annotations(rows, [(1, "EP02_01f", 7), (9, "EP02_01f", 1)])
    assert [(clip.objective, clip.notes) for clip in clips] == [
        ("VII", ""),
        ("I", "objective class taken from the action units"),
        ("", "action units '?' left open, masked in the AU loss; no objective class"),
    ]
    assert notes == [
        CODING_READ,
        CLASSES_READ,
        "CASME2-ObjectiveClasses.xlsx, row 3 names sub09/ep02_01f, which CASME2-coding-20140508.xlsx lacks",
    ]


def test_action_units_that_are_not_known_stay_as_spelt_and_the_class_is_the_published_one(annotations):
    rows = [casme2.Row(au="12+smile"), casme2.Row(2, au="1+2 (trace)"), casme2.Row(3, au="12/14")]
    clips, _ = annotations(rows, [(1, "EP02_01f", 1)])
    assert [(clip.aus, clip.objective, clip.notes) for clip in clips] == [
        ("12+smile", "I", "action units '12+smile' not read, masked in the AU loss"),
        (
            "1+2 (trace)",
            "II",
            "action units '1+2 (trace)' read without (trace); objective class taken from the action units",
        ),
        ("12/14", "", "action units '12/14' left open, masked in the AU loss; no objective class"),
    ]


def test_without_the_objective_classes_all_come_from_the_action_units(annotations):
    clips, notes = annotations([casme2.Row(au="4")])
    assert clips[0].objective == "III"
    assert notes == [
        CODING_READ,
        "CASME2-ObjectiveClasses.xlsx is not there: objective classes are taken from the action units",
    ]


def test_two_classes_of_one_clip_are_refused_by_row(annotations):
    same = [(1, "EP02_01f", 7), (1, "EP02_01f", 7)]
    assert annotations([casme2.Row()], same)[0][0].objective == "VII"
    with pytest.raises(DatasetError, match=r"sub01/ep02_01f, found VII in .*row 2 and III in .*row 4"):
        annotations([casme2.Row()], [*same, (1, "EP02_01f", 3)])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"emotion": "bored"}, r"row 2, column 'Estimated Emotion': expected one of .*happiness.*, found 'bored'"),
        ({"subject": "s1"}, r"row 2, column 'Subject': expected a number such as 1, found 's1'"),
        ({"onset": "x"}, r"row 2, column 'OnsetFrame': expected a frame number, found 'x'"),
        ({"onset": "/"}, r"row 2, column 'OnsetFrame': expected a frame number, found /"),
        ({"onset": None}, r"row 2, column 'OnsetFrame': expected a frame number, found an empty cell"),
        ({"video": ""}, r"row 2, column 'Filename': expected the name of a clip"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_row(annotations, row, message):
    with pytest.raises(DatasetError, match=message):
        annotations([casme2.Row(**row)])


def test_classes_outside_the_map_are_refused_with_their_row(annotations):
    with pytest.raises(DatasetError, match=r"row 2, column 'Objective Class': expected one of .*found '8'"):
        annotations([casme2.Row()], [(1, "EP02_01f", 8)])


def test_missing_column_lists_those_that_are_there(tmp_path):
    columns = [None if name == "OffsetFrame" else name for name in casme2.CODING_COLUMNS]
    path = casme2.write_workbook(tmp_path / casme2.CODING_NAME, columns, [casme2.Row().cells()])
    with pytest.raises(DatasetError, match=r"'OffsetFrame' \(nearest: 'OnsetFrame'\); found Subject, Filename, OnsetF"):
        casme2_annotations(Casme2Workbooks(path, None), dataset="casme2", fps=200.0)
