import pytest
from tests.datasets.samm import samm_fixture as samm
from tests.datasets.samm_lv import samm_lv_fixture as samm_lv

from merflow.datasets.reading.frames import list_frames
from merflow.datasets.samm_lv.reader import SammLvSettings, read_samm_lv, samm_lv_annotation
from merflow.datasets.validation import format_validation, validate_dataset
from merflow.errors import ConfigError, DatasetError

BOTH = ("micro", "macro")
UNITS = "objective class taken from the action units"


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_samm_lv("lv", SammLvSettings(**{"root": tmp_path, **settings}))


@pytest.mark.parametrize("digits", [4, 5])
@pytest.mark.parametrize("base", ["", "SAMM_MEGC"])
def test_movements_in_long_videos_wherever_they_are_unpacked(tmp_path, read, base, digits):
    path = samm_lv.write_sheet(tmp_path, [samm_lv.Row()])
    folder = samm_lv.add_video(tmp_path / base, "006_1", range(5550, 5610), digits=digits)
    index = read()
    (clip,) = index.clips
    assert samm_lv_annotation(SammLvSettings(root=tmp_path)) == [path]
    assert tmp_path / clip.color == folder
    assert (clip.id, clip.subject, clip.video) == ("006_1_2_5562", "006", "1_2")
    assert (clip.onset, clip.apex, clip.offset, clip.fps) == (5562, 5580, 5600, 200.0)
    assert (clip.expression, clip.emotion, clip.objective, clip.notes) == ("micro", "", "III", UNITS)
    assert list(list_frames(folder)) == list(range(5550, 5610))
    assert "SAMM_Micro_FACS_Codes_v2.xlsx is not there: micro-movements have no emotions" in index.notes


def test_macro_movements_are_read_when_they_are_asked_for(tmp_path, read):
    samm_lv.write_sheet(tmp_path, [samm_lv.Row(), samm_lv.Row("006_1_3", 100, 200, 300, "Macro", "R12")])
    samm_lv.add_video(tmp_path, "006_1", [*range(90, 310), *range(5550, 5610)])
    assert [clip.expression for clip in read().clips] == ["micro"]
    found = {clip.id: (clip.expression, clip.objective) for clip in read(expressions=BOTH).clips}
    assert found == {"006_1_2_5562": ("micro", "III"), "006_1_3_100": ("macro", "I")}


@pytest.mark.parametrize("name", ["SAMM_LongVideos_V1_Release.xlsx", "SAMM_LongVideos_V2_Release.xlsx"])
def test_releases_of_the_workbook_the_newest_first(tmp_path, read, name):
    old = samm_lv.write_sheet(tmp_path, [samm_lv.Row()], name=name)
    samm_lv.add_video(tmp_path, "006_1", range(5550, 5610))
    assert samm_lv_annotation(SammLvSettings(root=tmp_path)) == [old]
    new = samm_lv.write_sheet(tmp_path, [samm_lv.Row()])
    assert samm_lv_annotation(SammLvSettings(root=tmp_path)) == [new]
    assert f"other sheets that are not read: {name}" in read().notes


@pytest.mark.parametrize("onset", [0, 0.0, -1, -5.0, -0.5])
def test_an_onset_that_is_not_annotated_is_the_apex(tmp_path, read, onset):
    samm_lv.write_sheet(tmp_path, [samm_lv.Row(onset=onset)])
    samm_lv.add_video(tmp_path, "006_1", range(5550, 5610))
    (clip,) = read().clips
    assert (clip.onset, clip.apex) == (5580, 5580)
    assert "no onset in the sheet, the apex 5580 taken" in clip.notes


@pytest.mark.parametrize("onset", [0, None])
def test_a_row_without_onset_and_apex_is_excluded_with_its_row(tmp_path, read, onset):
    path = samm_lv.write_sheet(tmp_path, [samm_lv.Row(onset=onset, apex=None)])
    samm_lv.add_video(tmp_path, "006_1", range(5550, 5610))
    (row,) = read().exclusions
    assert row["reason"] == "expected an onset or an apex, found neither in the sheet"
    assert row["source"] == f"{path.name}, row 11"


def test_known_offsets_behind_the_end_are_corrected_and_others_are_left_alone(tmp_path, read):
    samm_lv.write_sheet(
        tmp_path,
        [
            samm_lv.Row("020_6_5", 3532.0, 3600.0, 5476.0),
            samm_lv.Row("036_7_4", 5873.0, 6000.0, 8298.0, "Macro"),
            samm_lv.Row("036_7_5", 100.0, 200.0, 250.0),
        ],
    )
    samm_lv.add_video(tmp_path, "020_6", [3532, 3600, 5001])
    samm_lv.add_video(tmp_path, "036_7", [100, 200, 250, 5873, 6000, 8201])
    found = {clip.id: (clip.offset, clip.notes) for clip in read(expressions=BOTH).clips}
    assert found == {
        "020_6_5_3532": (5001, f"offset 5476 corrected to 5001; {UNITS}"),
        "036_7_4_5873": (8201, f"offset 8298 corrected to 8201; {UNITS}"),
        "036_7_5_100": (250, UNITS),
    }


def test_another_offset_behind_the_end_excludes_the_movement_with_its_row(tmp_path, read):
    samm_lv.write_sheet(tmp_path, [samm_lv.Row(), samm_lv.Row("006_1_3", offset=5700.0)])
    samm_lv.add_video(tmp_path, "006_1", range(5550, 5610))
    index = read()
    assert [clip.id for clip in index.clips] == ["006_1_2_5562"]
    assert "offset frame 5700 (nearest: 5600)" in index.exclusions[0]["reason"].replace("5609", "5600")


def test_numbers_between_two_frames_are_rounded_and_noted(tmp_path, read):
    samm_lv.write_sheet(tmp_path, [samm_lv.Row(apex=5580.25)])
    samm_lv.add_video(tmp_path, "006_1", range(5550, 5610))
    (clip,) = read().clips
    assert (clip.apex, clip.notes) == (5580, f"apex 5580.25 in the sheet, rounded to 5580; {UNITS}")


def test_a_number_with_a_point_between_thousands_is_refused_and_not_rounded(tmp_path, read):
    samm_lv.write_sheet(tmp_path, [samm_lv.Row(apex="5.580")])
    samm_lv.add_video(tmp_path, "006_1", range(5550, 5610))
    with pytest.raises(DatasetError, match=r"found '5\.580', which may be 5\.58 or 5580"):
        read()


def test_emotions_and_objective_classes_come_from_the_sheet_of_samm_by_file_name(tmp_path, read):
    samm_lv.write_sheet(
        tmp_path,
        [samm_lv.Row(), samm_lv.Row("006_1_3", au="R14"), samm_lv.Row("007_1_1"), samm_lv.Row("006_1_9", kind="Macro")],
    )
    samm.write_micro(
        tmp_path,
        [
            samm.Row("006_1_2", objective=3),
            samm.Row("006_1_3", 5562, 5585, 5600, au="R14A or L14A", emotion="Others", objective=7),
            samm.Row("006_1_9", emotion="Happiness"),
        ],
    )
    for name in ("006_1", "007_1"):
        samm_lv.add_video(tmp_path, name, range(5550, 5610))
    index = read(expressions=BOTH)
    found = {clip.id: clip for clip in index.clips}
    assert (found["006_1_2_5562"].emotion, found["006_1_2_5562"].objective) == ("anger", "III")
    assert found["006_1_2_5562"].notes == ""
    assert (found["006_1_3_5562"].emotion, found["006_1_3_5562"].objective) == ("others", "VII")
    assert found["006_1_3_5562"].notes == (
        "apex 5585 in the sheet of SAMM; action units 'R14A or L14A' in the sheet of SAMM"
    )
    assert (found["007_1_1_5562"].emotion, found["006_1_9_5562"].emotion) == ("", "")
    assert found["007_1_1_5562"].notes == f"{UNITS}; no emotion: SAMM has no row of this file name"
    assert found["006_1_9_5562"].notes == UNITS
    assert f"annotation from {samm.MICRO_NAME}, sheet MICRO_ONLY" in index.notes


def test_the_sheet_of_samm_may_lie_anywhere_under_any_name(tmp_path, read):
    samm_lv.write_sheet(tmp_path, [samm_lv.Row()])
    samm_lv.add_video(tmp_path, "006_1", range(5550, 5610))
    micro = samm.write_micro(tmp_path / "elsewhere" / "far" / "away" / "from" / "here", [samm.Row("006_1_2")])
    (clip,) = read(micro_annotation=micro).clips
    assert clip.emotion == "anger"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"filename": "006_1", "subject": 6}, r"row 11, column 'Filename': expected a movement such as 006_1_2"),
        ({"subject": 7}, r"row 11, column 'Subject': expected 006, as the file name 006_1_2 says, found '7'"),
        ({"kind": "large"}, r"row 11, column 'Type': expected Macro or Micro - 1/2, found 'large'"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_row(tmp_path, read, row, message):
    samm_lv.write_sheet(tmp_path, [samm_lv.Row(**row)])
    samm_lv.add_video(tmp_path, "006_1", [5562])
    with pytest.raises(DatasetError, match=message):
        read()


def test_two_rows_of_one_name_in_the_sheet_of_samm_are_refused(tmp_path, read):
    samm_lv.write_sheet(tmp_path, [samm_lv.Row()])
    samm.write_micro(tmp_path, [samm.Row("006_1_2"), samm.Row("006_1_2", onset=9)])
    samm_lv.add_video(tmp_path, "006_1", [5562])
    with pytest.raises(DatasetError, match=r"expected one row of 006_1_2, found .*row 15 and .*row 16"):
        read()


def test_wrong_root_sheet_and_settings(tmp_path, read):
    with pytest.raises(DatasetError, match=r"expected the recordings of SAMM Long Videos as .*found no such folder"):
        read(root=tmp_path / "none")
    samm_lv.add_video(tmp_path, "006_1", [5562])
    with pytest.raises(DatasetError, match=r"expected the sheet SAMM_LongVideos_V3_Release\.xlsx"):
        read()
    samm_lv.write_sheet(tmp_path, [samm_lv.Row()], columns=["Kind" if c == "Type" else c for c in samm_lv.COLUMNS])
    with pytest.raises(DatasetError, match=r"expected the column 'Type'.* in row 10"):
        read()
    with pytest.raises(ConfigError, match="expressions: expected some of micro, macro"):
        SammLvSettings(root=tmp_path, expressions=())
    with pytest.raises(ConfigError, match="fps: expected a frame rate above 0"):
        SammLvSettings(root=tmp_path, fps=0.0)


def test_whole_sheet_meets_every_published_count(tmp_path, read):
    samm_lv.write_sheet(tmp_path, samm_lv.official_rows())
    samm_lv.add_video(tmp_path, "006_1", range(5550, 5610))
    report = validate_dataset("samm_lv", read(expressions=BOTH), official=True)
    assert report.differences == []
    found = {(check.group, check.name): (check.official, check.found) for check in report.checks}
    assert (found["micro", "rows"], found["macro", "rows"]) == ((159, 159), (343, 343))
    assert "Differences from the published counts:\n- none" in format_validation(report)
