import pytest
from tests.datasets.casme3 import casme3_fixture as casme3

from merflow.datasets.casme3.sheets import macro_annotations, micro_annotations, part_c_annotations
from merflow.datasets.labels import LABEL_SETS
from merflow.errors import DatasetError

NAMES = {"dataset": "casme3", "fps": 30.0}


def clips(coding):
    return [one.clip for one in coding.annotations]


def test_micro_rows_as_spelt_in_the_sheet(tmp_path):
    rows = [
        casme3.Row("spNO.1", "a", 10, 15, 20, 12, "I", "happy"),
        casme3.Row("spNo.2", "B", 10.0, "15", 20, "4+R2", "VII", "Others"),
        casme3.Row("spNO210", "c", 10, 10, 20, "T28+14", "vii", "others"),
    ]
    found = micro_annotations(casme3.write_micro(tmp_path, rows), **NAMES)
    assert [(c.id, c.aus, c.emotion, c.objective) for c in clips(found)] == [
        ("spNO.1_a_10", "12", "happiness", "I"),
        ("spNO.2_b_10", "4+R2", "others", "VII"),
        ("spNO.210_c_10", "T28+14", "others", "VII"),
    ]
    assert {(c.dataset, c.part, c.expression, c.fps, c.color, c.notes) for c in clips(found)} == {
        ("casme3", "A", "micro", 30.0, "", "")
    }
    assert found.annotations[2].source.endswith("_v2.xlsx, row 4")
    assert found.notes == [f"annotation from {casme3.MICRO_NAME}, sheet label"]


def test_every_emotion_of_the_sheet_has_a_canonical_name(tmp_path):
    path = casme3.write_micro(
        tmp_path, [casme3.Row(emotion=word, onset=i, apex=i, offset=i) for i, word in enumerate(casme3.EMOTIONS)]
    )
    assert [c.emotion for c in clips(micro_annotations(path, **NAMES))] == [
        "disgust",
        "surprise",
        "others",
        "fear",
        "anger",
        "sadness",
        "happiness",
    ]


def test_objective_class_comes_from_the_action_units_when_the_sheet_has_none(tmp_path):
    columns = [name for name in casme3.MICRO_COLUMNS if name != "Objective class"]
    rows = [("spNO.1", "a", 10, 15, 20, "L6+R12", "happy"), ("spNO.1", "a", 30, 35, 40, "4+?", "sad")]
    path = casme3.write_workbook(tmp_path / casme3.MICRO_NAME, columns, rows, "label")
    first, second = clips(micro_annotations(path, **NAMES))
    assert (first.objective, first.notes) == ("I", "objective class taken from the action units")
    assert second.objective == ""
    assert second.notes == "action units '4+?' left open, masked in the AU loss; no objective class"


def test_action_units_that_are_not_known_are_kept_and_noted(tmp_path):
    note = "action units '4+smile' not read, masked in the AU loss"
    row = casme3.Row(au="4+smile", objective="III")
    (micro,) = clips(micro_annotations(casme3.write_micro(tmp_path, [row]), **NAMES))
    (macro,) = clips(macro_annotations(casme3.write_units(tmp_path, [row]), None, **NAMES))
    assert (micro.aus, micro.objective, micro.notes) == ("4+smile", "III", note)
    assert (macro.aus, macro.objective, macro.notes) == ("4+smile", "III", note)
    (part_c,) = clips(part_c_annotations(casme3.write_part_c(tmp_path, [(1, 1, 100, 121, "4 or", "Fear")]), **NAMES))
    assert (part_c.aus, part_c.objective) == ("4 or", "")
    assert part_c.notes.endswith("; action units '4 or' left open, masked in the AU loss; no objective class")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"emotion": "bored"}, r"row 2, column 'emotion': expected one of .*happy.*, found 'bored'"),
        ({"objective": "IX"}, r"row 2, column 'Objective class': .*found 'IX'"),
        ({"subject": "s1"}, r"row 2, column 'Subject': expected spNO\.<number>, found 's1'"),
        ({"onset": "x"}, r"row 2, column 'Onset': expected a frame number, found 'x'"),
        ({"onset": None}, r"row 2, column 'Onset': expected a frame number, found an empty cell"),
        ({"video": ""}, r"row 2, column 'Filename': expected a letter"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_row(tmp_path, row, message):
    path = casme3.write_micro(tmp_path, [casme3.Row(**row)])
    with pytest.raises(DatasetError, match=message):
        micro_annotations(path, **NAMES)


def test_empty_apex_becomes_the_midpoint_of_the_corrected_numbers(tmp_path):
    path = casme3.write_micro(tmp_path, [casme3.Row(onset=10, apex="", offset=21)])
    (clip,) = clips(micro_annotations(path, **NAMES))
    assert (clip.apex, clip.notes) == (15, "no apex in the sheet, midpoint 15 taken")


def test_macro_rows_join_the_old_workbook_with_the_emotions(tmp_path):
    both = casme3.Row("spNO.1", "a", 10, 15, 20, "6+12", "I", "happy")
    units_only = casme3.Row("spNO.2", "a", 10, 15, 20, "4", "III", "sad")
    emotion_only = casme3.Row("spNO.3", "a", 10, 15, 20, "", "", "sad")
    units = casme3.write_units(tmp_path, [both, units_only], micro=[casme3.Row("spNO.9")])
    emotions = casme3.write_macro(tmp_path, [emotion_only, both])
    found = clips(macro_annotations(units, emotions, **NAMES))
    assert [(c.subject, c.expression, c.aus, c.objective, c.emotion) for c in found] == [
        ("spNO.1", "macro", "6+12", "I", "happiness"),
        ("spNO.2", "macro", "4", "III", ""),
        ("spNO.3", "macro", "", "", "sadness"),
    ]
    assert found[0].notes == ""
    assert "no emotion" in found[1].notes
    assert "not in CAS(ME)3_part_A_v2.xls" in found[2].notes


def test_macro_workbooks_that_disagree_are_noted(tmp_path):
    units = casme3.write_units(tmp_path, [casme3.Row(apex=15)])
    emotions = casme3.write_macro(tmp_path, [casme3.Row(apex=16)])
    (clip,) = clips(macro_annotations(units, emotions, **NAMES))
    assert clip.apex == 15
    assert clip.notes == f"apex 16 in {casme3.MACRO_NAME}"


def test_either_macro_workbook_is_enough(tmp_path):
    row = casme3.Row(au="12", objective="I", emotion="happy")
    (coded,) = clips(macro_annotations(casme3.write_units(tmp_path, [row]), None, **NAMES))
    (felt,) = clips(macro_annotations(None, casme3.write_macro(tmp_path, [row]), **NAMES))
    assert (coded.objective, coded.emotion) == ("I", "")
    assert (felt.objective, felt.emotion) == ("", "happiness")


def test_part_c_has_no_apex_and_commas_of_two_widths(tmp_path):
    rows = [(1, 1, 100, 121, "4，7,", "Fear"), ("02", 1, 5, 9, "12,", "happiness")]
    found = clips(part_c_annotations(casme3.write_part_c(tmp_path, rows), **NAMES))
    assert [(c.id, c.part, c.apex, c.aus, c.emotion, c.objective) for c in found] == [
        ("01_a_100", "C", 110, "4，7,", "fear", "III"),
        ("02_a_5", "C", 7, "12,", "happiness", "I"),
    ]
    assert found[0].notes.startswith("no apex in the sheet, midpoint 110 taken")


def test_part_c_names_four_classes_in_place_of_emotions(tmp_path):
    rows = [(1, i, 100 * i, 100 * i + 9, "4", word) for i, word in enumerate(casme3.PART_C_EMOTIONS)]
    found = clips(part_c_annotations(casme3.write_part_c(tmp_path, rows), **NAMES))
    assert [c.emotion for c in found] == ["negative", "surprise", "others", "positive"]
    assert [LABEL_SETS["emotion4"].label_of(c) for c in found] == [0, 2, 3, 1]
    with pytest.raises(DatasetError, match=r"column 'emotion': expected one of .*found 'negative'"):
        micro_annotations(casme3.write_micro(tmp_path, [casme3.Row(emotion="negative")]), **NAMES)
