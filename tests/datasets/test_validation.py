import pytest
from tests.datasets.casme3 import casme3_fixture as casme3

from merflow.datasets.casme3.reader import Casme3Settings, read_casme3
from merflow.datasets.declared import DATASETS
from merflow.datasets.validation import format_validation, validate_dataset


@pytest.fixture
def index_of(tmp_path):
    """Index a root whose sheets are whole and whose recordings are one video."""

    def index(micro, macro=(), name="casme3"):
        casme3.write_micro(tmp_path, micro)
        casme3.add_video(tmp_path, "spNO.1", "a", range(1, 400))
        if macro:
            casme3.write_units(tmp_path, macro)
            casme3.write_macro(tmp_path, macro)
        expressions = ("micro", "macro") if macro else ("micro",)
        return read_casme3(name, Casme3Settings(root=tmp_path, expressions=expressions))

    return index


def test_complete_sheets_meet_every_published_count(index_of):
    index = index_of(casme3.official_micro_rows(), casme3.official_macro_rows())
    report = validate_dataset("casme3", index, official=True)
    assert report.differences == []
    compared = {(check.group, check.name): check.official for check in report.checks if check.official is not None}
    assert compared["part A micro", "rows"] == 860
    assert compared["part A micro", "subjects"] == 94
    assert compared["part A micro", "emotion3 negative"] == 457
    assert compared["part A macro", "rows"] == 3346
    text = format_validation(report)
    assert "Differences from the published counts:\n- none" in text
    assert "Dataset casme3: 4 usable clips, 4202 excluded." in text  # clips without frames are counted all the same
    assert "Not indexed: part C micro." in text


def test_part_c_as_published(tmp_path):
    casme3.write_part_c(tmp_path, casme3.official_part_c_rows())
    casme3.add_video(tmp_path / "part_C", "01", "a", range(1, 700))
    report = validate_dataset("casme3", read_casme3("c", Casme3Settings(root=tmp_path, parts=("C",))), official=True)
    assert report.differences == []
    compared = {check.name: check.official for check in report.checks if check.official is not None}
    assert (compared["rows"], compared["subjects"], compared["emotion negative"]) == (165, 30, 99)
    assert (compared["emotion3 together"], compared["emotion4 together"]) == (145, 165)


def test_differences_are_told_by_name(index_of):
    rows = [row for row in casme3.official_micro_rows() if row.emotion != "fear"]
    report = validate_dataset("casme3", index_of(rows), official=True)
    found = {check.name: (check.official, check.found) for check in report.differences}
    assert found["rows"] == (860, 774)
    assert found["emotion fear"] == (86, 0)
    assert found["emotion3 negative"] == (457, 371)
    assert "emotion disgust" not in found
    assert "- part A micro, emotion fear: published 86, found 0" in format_validation(report)


def test_dataset_without_published_counts_says_so(index_of):
    report = validate_dataset("casme3", index_of([casme3.Row()], name="demo"), official=False)
    assert not report.official
    assert report.differences == []
    text = format_validation(report)
    assert text.startswith("Dataset demo: 1 usable clip, 0 excluded.\nNot an official dataset")
    assert "published" not in text.split("\n\n")[1]


def test_objective_classes_that_the_action_units_do_not_give_are_noted(index_of):
    rows = [casme3.Row(au="12", objective="I"), casme3.Row(onset=30, apex=31, offset=32, au="12", objective="III")]
    report = validate_dataset("casme3", index_of(rows), official=True)
    line = ("spNO.1_a_30", "objective class III in the sheet, action units 12 give I")
    assert report.clip_notes == (line,)
    assert "- spNO.1_a_30: objective class III in the sheet, action units 12 give I\n" in format_validation(report)


def test_clips_whose_action_units_are_not_known_are_counted_and_named(index_of):
    rows = [casme3.Row(onset=onset, apex=onset, offset=onset + 5, au="4 nor 7") for onset in range(10, 220, 10)]
    report = validate_dataset("casme3", index_of([*rows, casme3.Row("spNO.2", au="12", objective="I")]), official=True)
    note = report.notes[-1]
    assert note.startswith(
        "action units of 21 clips not known, masked in the AU loss: spNO.1_a_10 ('4 nor 7'), spNO.1_a_20 ("
    )
    assert note.endswith("spNO.1_a_200 ('4 nor 7') and 1 more")
    told = "action units '4 nor 7' not read, masked in the AU loss"
    of_clips = [entry for entry in report.clip_notes if "not read" in entry[1]]
    assert len(of_clips) == 21
    assert of_clips[-1] == ("spNO.1_a_210", told)
    text = format_validation(report)
    assert f"- {note}\n" in text
    assert f"- 21 clips: {told}\n  - spNO.1_a_10: {told}\n" in text
    assert "  - and 18 more\n" in text
    assert text.count("' not read, masked in the AU loss\n") == 1 + 3
    assert [check.found for check in report.checks if check.name == "masked in the AU loss"] == [21]


def test_a_dataset_without_action_units_has_none_to_mask(index_of):
    report = validate_dataset("casme3", index_of([casme3.Row(au=None, objective="I")]), official=True)
    assert report.notes == (f"annotation from {casme3.MICRO_NAME}, sheet label",)
    assert "masked" not in format_validation(report)


def test_what_is_rare_comes_before_what_many_clips_share(index_of):
    lost = [casme3.Row(onset=1000 + onset, apex=1001 + onset, offset=1002 + onset) for onset in range(4)]
    moved = [casme3.Row(onset=300, apex=350, offset=401), casme3.Row(video="b", onset=310, apex=350, offset=403)]
    no_apex = [casme3.Row(onset=onset, apex="/", offset=onset + 9) for onset in range(10, 50, 10)]
    text = format_validation(validate_dataset("casme3", index_of([*lost, *moved, *no_apex]), official=True))
    excluded, noted = text.split("Excluded clips:\n")[1].split("\n\n")[:2]
    first, head, *rest = excluded.splitlines()
    assert first.startswith(
        "- spNO.1_b_310: expected a folder of colour frames of spNO.1, video b, onset 310; found 'a'"
    )
    assert head == "- 4 clips: expected frames from ... to ..., found 399 frames from 1 to 399 in the folder"
    examples = [f"  - spNO.1_a_100{number}" for number in range(3)]
    assert [line.split(":")[0] for line in rest] == [*examples, "  - and 1 more"]
    assert noted.splitlines() == [
        "Notes on clips:",
        "- spNO.1_a_300: offset frame 401 is missing, 399 taken",
        "- 4 clips: no apex in the sheet, midpoint ... taken",
        "  - spNO.1_a_10: no apex in the sheet, midpoint 14 taken",
        "  - spNO.1_a_20: no apex in the sheet, midpoint 24 taken",
        "  - spNO.1_a_30: no apex in the sheet, midpoint 34 taken",
        "  - and 1 more",
    ]


def test_corrections_and_exclusions_are_listed(index_of):
    rows = [casme3.Row(), casme3.Row(video="b"), casme3.Row(onset=380, apex=390, offset=401)]
    text = format_validation(validate_dataset("casme3", index_of(rows), official=True))
    assert "- spNO.1_b_10: expected a folder of colour frames" in text
    assert "- spNO.1_a_380: offset frame 401 is missing, 399 taken" in text


@pytest.mark.parametrize(
    ("rows", "subjects", "same"),
    [(860, 94, True), (688, 94, True), (687, 94, False), (1075, 94, True), (1076, 94, False), (860, 75, False)],
)
def test_four_fifths_to_five_fourths_of_rows_and_subjects_are_the_published_set(rows, subjects, same):
    assert DATASETS["casme3"].counts["A", "micro"].may_be(rows=rows, subjects=subjects) is same


def test_each_part_is_compared_or_another_set_by_itself(index_of):
    macro = casme3.official_macro_rows()[:10]
    report = validate_dataset("casme3", index_of(casme3.official_micro_rows()[:-1], macro), official=True)
    assert report.other_sets == ("part A macro: 10 rows of 10 subjects, published are 3346",)
    assert {check.group for check in report.differences} == {"part A micro"}
    text = format_validation(report)
    assert "- part A micro, rows: published 860, found 859" in text
    assert "whose counts are not compared: part A macro: 10 rows of 10 subjects, published are 3346." in text
