import re

import pytest
from tests.datasets.samm import samm_fixture as samm

from merflow.datasets.action_units import known_units, objective_from_aus
from merflow.datasets.clip import NO_FRAME
from merflow.datasets.clip_table import read_clips, write_clips
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.samm.reader import SammSettings, read_samm, samm_annotation, samm_annotations
from merflow.datasets.validation import format_validation, validate_dataset
from merflow.errors import ConfigError, DatasetError

READ = f"annotation from {samm.MICRO_NAME}, sheet MICRO_ONLY"


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_samm("samm", SammSettings(**{"root": tmp_path, **settings}))


@pytest.fixture
def clips(tmp_path):
    """Write the workbook and read its rows, without any frame."""

    def rows_as_clips(rows, **columns):
        path = samm.write_micro(tmp_path, rows, **columns)
        return [one.clip for one in samm_annotations(path, dataset="samm", fps=200.0).annotations]

    return rows_as_clips


@pytest.mark.parametrize("base", ["", "SAMM", "SAMM/SAMM"])
@pytest.mark.parametrize("digits", [5, 4])
def test_recordings_wherever_they_are_unpacked_and_however_padded(tmp_path, read, base, digits):
    samm.write_micro(tmp_path, [samm.Row(onset=562, apex=580, offset=600)])
    folder = samm.add_clip(tmp_path / base, "006_1_2", range(562, 601), digits=digits)
    (clip,) = read().clips
    assert tmp_path / clip.color == folder
    assert (clip.id, clip.subject, clip.video) == ("006_1_2_562", "006", "1_2")
    assert (clip.onset, clip.apex, clip.offset, clip.fps) == (562, 580, 600, 200.0)
    assert (clip.part, clip.expression, clip.depth, clip.notes) == ("", "micro", "", "")
    assert list(list_frames(folder)) == list(range(562, 601))  # never 600562


def test_subjects_stay_strings_through_the_table(tmp_path, read):
    samm.write_micro(tmp_path, [samm.Row()])
    samm.add_clip(tmp_path, "006_1_2", range(5562, 5601))
    write_clips(read().clips, tmp_path / "clips.csv")
    assert [clip.subject for clip in read_clips(tmp_path / "clips.csv")] == ["006"]


def test_rows_as_spelt_in_the_sheet(clips):
    found = clips(
        [
            samm.Row("006_1_2", au="AU 4C + 7B", emotion="Anger", objective=3),
            samm.Row("011_6_1", au="R14 or L14A", emotion="Other", objective="7", subject=11),
            samm.Row("035_7_1", au="1+2", emotion="Others", objective="ii"),
        ]
    )
    assert [(clip.id, clip.aus, clip.emotion, clip.objective) for clip in found] == [
        ("006_1_2_5562", "AU 4C + 7B", "anger", "III"),
        ("011_6_1_5562", "R14 or L14A", "others", "VII"),
        ("035_7_1_5562", "1+2", "others", "II"),
    ]
    assert {(clip.dataset, clip.fps, clip.notes) for clip in found} == {("samm", 200.0, "")}


def test_every_emotion_of_the_sheet_has_a_canonical_name(clips):
    found = clips([samm.Row(f"006_1_{i}", emotion=word) for i, word in enumerate(samm.EMOTIONS)])
    assert [clip.emotion for clip in found] == [word.lower().replace("other", "others") for word in samm.EMOTIONS]


def test_objective_class_comes_from_the_action_units_when_the_sheet_has_none(clips):
    columns = [name if name != "Objective Classes" else "Remarks" for name in samm.MICRO_COLUMNS]
    found = clips(
        [samm.Row("006_1_2", au="12B"), samm.Row("006_1_3", au="4 or 7"), samm.Row("006_1_4", au="7 or 14")],
        columns=columns,
    )
    assert [(clip.objective, clip.notes) for clip in found] == [
        ("I", "objective class taken from the action units"),
        ("", "action units '4 or 7' left open, masked in the AU loss; no objective class"),
        (
            "VII",
            "action units '7 or 14' left open, masked in the AU loss; objective class taken from the action units",
        ),
    ]


def test_action_units_that_are_not_known_are_kept_noted_and_named_by_the_index(tmp_path, read):
    rows = [samm.Row(au="12 nor 14"), samm.Row("006_1_3"), samm.Row("006_1_4", au="M57"), samm.Row("006_1_5", au=None)]
    samm.write_micro(tmp_path, rows)
    for name in ("006_1_2", "006_1_3"):
        samm.add_clip(tmp_path, name, range(5562, 5601))
    index = read()
    assert [(clip.aus, clip.objective, clip.notes) for clip in index.clips] == [
        ("12 nor 14", "III", "action units '12 nor 14' not read, masked in the AU loss"),
        ("4C + 7B", "III", ""),
    ]
    note = (
        "action units of 3 clips not known, masked in the AU loss: 006_1_2_5562 ('12 nor 14'), 006_1_4_5562 ('M57'), "
        "006_1_5_5562 ('')"
    )
    assert index.notes == ("frames from the root itself", READ, note)
    text = format_validation(validate_dataset("samm", index, official=True))
    assert f"- {note}\n" in text
    assert re.search(r"micro +masked in the AU loss +3\n", text)


def test_spellings_of_the_released_sheet_are_read_and_the_open_one_alone_is_masked(clips):
    """None of them is taken for a clip that moves nothing: 7 of the 24 clips of class I, which is AU 6/12, were."""
    found = clips(samm.official_rows())
    spelt = {clip.aus: clip for clip in found}
    assert set(spelt) >= set(samm.IRREGULAR_UNITS)
    masked = [clip.aus for clip in found if known_units(clip.aus) is None]
    assert masked == ["(R6 or R12)+R15"]
    assert spelt["A/L12"].objective == objective_from_aus("A/L12") == "I"
    assert {text: spelt[text].notes for text in samm.IRREGULAR_UNITS if spelt[text].notes} == {
        "ref(7B)+43": "action units 'ref(7B)+43' read without ref(7B)",
        "12A+ref(24)": "action units '12A+ref(24)' read without ref(24)",
        "R14+17+soft focus": "action units 'R14+17+soft focus' read without soft focus",
        "(R6 or R12)+R15": "action units '(R6 or R12)+R15' left open, masked in the AU loss",
    }


def test_recordings_of_a_subject_in_two_folders_are_a_question_and_never_mixed(tmp_path, read):
    samm.write_micro(tmp_path / "sheets", [samm.Row(), samm.Row("006_1_3")])
    samm.add_clip(tmp_path / "SAMM", "006_1_2", range(5562, 5601))
    samm.add_clip(tmp_path / "SAMM_cropped", "006_1_3", range(5562, 5601))
    message = (
        r"subject 006 in one folder, found them in .*/SAMM and .*/SAMM_cropped.*Set the dataset's root .*annotation"
    )
    with pytest.raises(DatasetError, match=message):
        read()
    with pytest.raises(DatasetError, match=message):
        samm_annotation(SammSettings(root=tmp_path))
    index = read(root=tmp_path / "SAMM", annotation=tmp_path / "sheets")
    assert [clip.color for clip in index.clips] == ["006/006_1_2"]
    assert list(index.bad) == ["006_1_3_5562"]
    assert index.notes == ("frames from the root itself", READ)


def test_recordings_unpacked_in_parts_are_all_read_and_said(tmp_path, read):
    samm.write_micro(tmp_path, [samm.Row(), samm.Row("007_1_3")])
    samm.add_clip(tmp_path / "part1", "006_1_2", range(5562, 5601))
    samm.add_clip(tmp_path / "part2", "007_1_3", range(5562, 5601))
    index = read()
    assert [clip.color for clip in index.clips] == ["part1/006/006_1_2", "part2/007/007_1_3"]
    assert index.notes == ("frames from part1, part2", READ)


@pytest.mark.parametrize("apex", [87, 5000, "/", None, -1])
def test_known_apexes_outside_their_clip_are_corrected_by_clip(clips, apex):
    (clip,) = clips([samm.Row("028_4_1", 1087, apex, 1120)])
    assert clip.apex == 1105
    assert clip.notes == f"apex {apex if apex in (87, 5000) else 'missing'} corrected to 1105"


def test_apexes_of_the_released_workbook_lie_inside_their_clips_and_stand(clips):
    released = {"028_4_1": (1087, 1113, 1120), "032_3_1": (4920, 4930, 4960), "032_3_2": (5115, 5127, 5150)}
    found = clips([samm.Row(name, *frames) for name, frames in released.items()])
    assert [(clip.apex, clip.notes) for clip in found] == [(1113, ""), (4930, ""), (5127, "")]


def test_known_errors_are_corrected_and_a_corrected_release_reads_unchanged(clips):
    found = clips(
        [
            samm.Row("032_3_1", 4930, 5930, 4960),
            samm.Row("032_3_2", 5115, 4945, 5150),
            samm.Row("013_1_9", 5600, 5650, 57390),
            samm.Row("028_4_1", 1087, 1101, 1120),
            samm.Row("013_1_8", 5600, 5650, 5700),
        ]
    )
    assert [(clip.apex, clip.offset, clip.notes) for clip in found] == [
        (4945, 4960, "apex 5930 corrected to 4945"),
        (5130, 5150, "apex 4945 corrected to 5130"),
        (5650, 5739, "offset 57390 corrected to 5739"),
        (1101, 1120, ""),
        (5650, 5700, ""),
    ]


def test_apex_outside_any_other_clip_excludes_it(tmp_path, read):
    path = samm.write_micro(tmp_path, [samm.Row(), samm.Row("006_1_3", apex=5700), samm.Row("006_1_4", offset=5570)])
    for name in ("006_1_2", "006_1_3", "006_1_4"):
        samm.add_clip(tmp_path, name, range(5562, 5601))
    index = read()
    assert [clip.id for clip in index.clips] == ["006_1_2_5562"]
    assert [row["clip"] for row in index.exclusions] == list(index.bad) == ["006_1_3_5562", "006_1_4_5562"]
    assert index.exclusions[0]["reason"].startswith("expected onset <= apex <= offset, found onset 5562, apex 5700")
    assert index.exclusions[0]["source"] == f"{path.name}, row 16"


def test_missing_apex_and_offset(clips):
    midpoint, none = clips([samm.Row(apex="/"), samm.Row("006_1_3", offset=None)])
    assert (midpoint.apex, midpoint.notes) == (5581, "no apex in the sheet, midpoint 5581 taken")
    assert (none.apex, none.offset, none.notes) == (5580, NO_FRAME, "no offset in the sheet")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"emotion": "bored"}, r"row 15, column 'Estimated Emotion': expected one of .*contempt.*, found 'bored'"),
        ({"objective": 9}, r"row 15, column 'Objective Classes': expected one of .*found '9'"),
        ({"subject": "s6"}, r"row 15, column 'Subject': expected a number such as 006, found 's6'"),
        ({"subject": "007"}, r"row 15, column 'Filename': expected a clip of subject 007.*found '006_1_2'"),
        ({"filename": "clip", "subject": "006"}, r"row 15, column 'Filename': expected a clip of subject 006"),
        ({"onset": "x"}, r"row 15, column 'Onset Frame': expected a frame number, found 'x'"),
        ({"onset": None}, r"row 15, column 'Onset Frame': expected a frame number, found an empty cell"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_row(clips, row, message):
    with pytest.raises(DatasetError, match=message):
        clips([samm.Row(**row)])


def test_missing_column_lists_those_that_are_there(clips):
    columns = ["Offset" if name == "Offset Frame" else name for name in samm.MICRO_COLUMNS]
    with pytest.raises(DatasetError, match=r"'Offset Frame' \(nearest: .*\); found Subject, Filename, .* in row 14"):
        clips([samm.Row()], columns=columns)


def test_two_rows_of_one_clip_are_refused_by_row(tmp_path, read):
    samm.write_micro(tmp_path, [samm.Row(), samm.Row(apex=5581, subject=6)])
    samm.add_clip(tmp_path, "006_1_2", range(5562, 5601))
    with pytest.raises(DatasetError, match=r"one clip named '006_1_2_5562', found two: .*row 15 .*row 16"):
        read()


def test_annotation_may_be_a_folder_or_the_workbook_under_another_name(tmp_path, read):
    samm.add_clip(tmp_path / "frames", "006_1_2", range(5562, 5601))
    path = samm.write_micro(tmp_path / "sheets", [samm.Row()])
    root, sheets = tmp_path / "frames", tmp_path / "sheets"
    assert samm_annotation(SammSettings(root=root, annotation=sheets)) == [path]
    with pytest.raises(DatasetError, match=r"expected the sheet SAMM_Micro_FACS_Codes_v2\.xlsx .*found no workbook"):
        read(root=root)
    renamed = path.rename(sheets / "codes.xlsx")
    with pytest.raises(DatasetError, match=r"found only codes\.xlsx"):
        read(root=root, annotation=sheets)
    assert len(read(root=root, annotation=renamed).clips) == 1
    with pytest.raises(DatasetError, match=r"code\.xlsx, but there is no such file or folder"):
        read(root=root, annotation=sheets / "code.xlsx")


def test_wrong_root_says_what_is_expected_and_what_lies_there(tmp_path, read):
    with pytest.raises(DatasetError, match=r"expected the recordings of SAMM as .*006_05562.*found no such folder"):
        read(root=tmp_path / "none")
    samm.write_micro(tmp_path / "sheets", [samm.Row()])
    with pytest.raises(DatasetError, match=r"found sheets\. Set the dataset's root"):
        read()


def test_settings_are_checked(tmp_path):
    with pytest.raises(ConfigError, match="fps: expected a frame rate above 0"):
        SammSettings(root=tmp_path, fps=0.0)


def test_clips_are_sorted_by_number(tmp_path, read):
    for name in ("006_1_10", "006_1_9", "010_1_1"):
        samm.add_clip(tmp_path, name, range(5562, 5601))
    samm.write_micro(tmp_path, [samm.Row("010_1_1"), samm.Row("006_1_10"), samm.Row("006_1_9")])
    assert [clip.id for clip in read().clips] == ["006_1_9_5562", "006_1_10_5562", "010_1_1_5562"]


def test_whole_dataset_is_indexed_and_meets_every_published_count(tmp_path, read):
    rows = samm.official_rows()
    samm.write_micro(tmp_path, rows)
    for row in rows:
        samm.add_clip(tmp_path / "SAMM", row.filename, samm.CORRECTED.get(row.filename, (100, 110, 130)))
    index = read()
    assert len(index.clips) == 159
    noted = {clip.id: clip.notes for clip in index.clips if "corrected" in clip.notes}
    assert noted == {
        "013_1_9_5600": "offset 57390 corrected to 5739",
        "028_4_1_1087": "apex 87 corrected to 1105",
        "032_3_1_4930": "apex 5930 corrected to 4945",
        "032_3_2_5115": "apex missing corrected to 5130",
    }
    report = validate_dataset("samm", index, official=True)
    assert report.differences == []
    found = {check.name: (check.official, check.found) for check in report.checks}
    assert found["rows"] == (159, 159)
    assert found["subjects"] == (29, 29)
    assert found["emotion3 together"] == (133, 133)
    assert found["emotion5_samm together"] == (136, 136)
    assert found["objective4 together"] == (141, 141)
    assert found["objective5 together"] == (68, 68)
    assert "Differences from the published counts:\n- none" in format_validation(report)


def test_differences_are_told_by_name(tmp_path, read):
    rows = [row for row in samm.official_rows() if row.emotion != "Contempt"]
    samm.write_micro(tmp_path, rows)
    samm.add_clip(tmp_path, "006_1_2", [1])
    text = format_validation(validate_dataset("samm", read(), official=True))
    assert "- micro, emotion contempt: published 12, found 0" in text
    assert "- micro, emotion5_samm together: published 136, found 124" in text
    assert "Dataset samm: 0 usable clips, 147 excluded." in text
