import pytest
from tests.datasets.smic import smic_fixture as smic

from merflow.datasets.clip_table import read_clips, write_clips
from merflow.datasets.index import refuse_bad_clips
from merflow.datasets.reading.frame_names import EXPECTED_NAMES
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.smic.reader import SmicSettings, read_smic, smic_annotation
from merflow.datasets.validation import format_validation, validate_dataset
from merflow.errors import ConfigError, DatasetError


@pytest.fixture
def root(tmp_path):
    """A folder whose name tells no version."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


@pytest.fixture
def read(root):
    """Read the dataset in the root."""
    return lambda **settings: read_smic("smic", SmicSettings(**{"root": root, **settings}))


@pytest.fixture
def excluded(read):
    """Read the dataset, and return reason and source of each exclusion by clip."""

    def by_clip(**settings):
        index = read(**settings)
        assert [row["clip"] for row in index.exclusions] == list(index.bad)
        return {row["clip"]: (row["reason"], row["source"]) for row in index.exclusions}

    return by_clip


@pytest.mark.parametrize("layout", ["cropped", "raw"])
def test_a_folder_is_a_micro_expression_from_its_first_frame_to_its_last(root, read, layout):
    folder = smic.add_clip(root, "s1_ne_01", range(36237, 36268), layout=layout)
    index = read()
    (clip,) = index.clips
    assert root / clip.color == folder
    assert (clip.id, clip.subject, clip.video, clip.part) == ("s01_ne_01_36237", "s01", "ne_01", "HS")
    assert (clip.onset, clip.apex, clip.offset, clip.fps) == (36237, 36252, 36267, 100.0)
    assert (clip.emotion, clip.aus, clip.objective, clip.depth) == ("negative", "", "", "")
    assert clip.notes == "no apex in SMIC, midpoint 36252 taken"
    assert list(list_frames(folder)) == list(range(36237, 36268))
    assert index.notes == (f"frames of the layout {layout}, from {folder.relative_to(root).parts[0]}/HS",)
    assert smic_annotation(SmicSettings(root=root)) == []


@pytest.mark.parametrize(
    ("name", "emotion"), [("s1_ne_01", "negative"), ("s1_po_02", "positive"), ("s1_sur_03", "surprise")]
)
def test_the_emotion_is_that_of_the_folder(root, read, name, emotion):
    smic.add_clip(root, name, range(30))
    assert [clip.emotion for clip in read().clips] == [emotion]


def test_folders_of_any_case_and_what_archives_and_the_rest_of_the_release_leave_beside_them(root, read):
    folder = smic.add_clip(root, "S20_PO_01", range(30))
    folder.parent.rename(folder.parent.with_name("Positive"))
    subject = folder.parents[2]
    (subject / "non_micro" / "s20_no_01").mkdir(parents=True)
    for name in ("micro/positive/.ipynb_checkpoints", "micro/__MACOSX", "micro/.old/s20_po_02"):
        (subject / name.replace("positive", "Positive")).mkdir(parents=True)
    (root / "__MACOSX/HS/s1/micro/negative/s1_ne_01").mkdir(parents=True)
    index = read()
    assert [clip.id for clip in index.clips] == ["s20_po_01_0"]
    assert index.exclusions == ()


def test_several_expressions_of_a_long_clip_are_clips_of_their_own(root, read):
    folder = smic.add_clip(root, "s01_ne_01", range(1, 591), layout="smic_e")
    sheet = smic.write_sheet(folder.parents[2], [smic.Row(second=(200, 231), third=(300, 330))])
    index = read()
    assert [clip.id for clip in index.clips] == ["s01_ne_01_123", "s01_ne_01_200", "s01_ne_01_300"]
    assert [(clip.apex, clip.offset) for clip in index.clips] == [(136, 150), (215, 231), (315, 330)]
    assert {root / clip.color for clip in index.clips} == {folder}
    assert {(clip.fps, clip.emotion, clip.part) for clip in index.clips} == {(100.0, "negative", "HS")}
    assert index.notes == (
        "frames of the layout smic_e, from SMIC-E_raw image/HS_long/SMIC-HS-E",
        f"annotation from {smic.SHEET_NAME}, sheet Sheet",
    )
    assert smic_annotation(SmicSettings(root=root)) == [sheet]


@pytest.mark.parametrize(
    ("folder", "row"), [("s1_ne_1", "s01_ne_01"), ("s01_ne_01", "s1_ne_01"), ("S01_NE_01", "s01_ne_1")]
)
def test_padding_and_case_make_no_other_clip(root, read, folder, row):
    smic.add_clip(root, folder, range(100, 200), layout="smic_e")
    smic.write_sheet(root, [smic.Row(row)])
    assert [clip.id for clip in read().clips] == ["s01_ne_01_123"]


def test_frames_of_eight_digits(root, read):
    folder = smic.add_clip(root, "s20_sur_01", range(100, 200), layout="smic_e")
    assert (folder / "image00000123.jpg").exists()
    smic.write_sheet(root, [smic.Row("s20_sur_01", emotion="surprise")])
    (clip,) = read().clips
    assert (clip.onset, clip.offset, clip.notes) == (123, 150, "no apex in SMIC, midpoint 136 taken")


@pytest.mark.parametrize("inner", ["", "HS"])
@pytest.mark.parametrize("unpacked", ["", "SMIC-E_raw image"])
def test_long_clips_however_deep_they_are_unpacked(root, read, unpacked, inner):
    folder = smic.add_clip(root / unpacked, "s01_ne_01", range(100, 200), layout="smic_e")
    smic.write_sheet(folder.parents[2], [smic.Row()])
    if inner:
        (folder.parents[1] / inner).mkdir()
        folder.parent.rename(folder.parents[1] / inner / "s01")
    assert len(read().clips) == 1


@pytest.mark.parametrize("version", ["VIS", "NIR"])
def test_versions_have_their_own_recordings_rate_and_part(root, read, version):
    smic.add_clip(root, "s1_ne_01", range(30))
    folder = smic.add_clip(root, "s11_ne_01", range(6387, 6397), version=version)
    (clip,) = read(version=version).clips
    assert (folder / "reg_06387.bmp").exists()
    assert (clip.id, clip.part, clip.fps, clip.apex) == ("s11_ne_01_6387", version, 25.0, 6391)
    assert [clip.subject for clip in read().clips] == ["s01"]
    assert [clip.fps for clip in read(version=version, fps=30.0).clips] == [30.0]


def test_recordings_whose_folders_tell_no_version_are_taken_for_the_one_that_is_asked_for(root, read):
    folder = smic.add_clip(root, "s1_ne_01", range(10))
    base = folder.parents[3]
    assert len(read(root=base).clips) == 1
    with pytest.raises(
        DatasetError,
        match=r"expected the recordings of SMIC VIS as .*found only HS\. Set the dataset's version \(version: HS\)",
    ):
        read(root=base, version="VIS")
    plain = base.rename(root / "faces")
    index = read(root=plain, version="VIS")
    assert [clip.part for clip in index.clips] == ["VIS"]
    assert index.notes == (
        "frames of the layout cropped, from the root itself",
        "no folder name has the version, taken for VIS",
    )


def test_two_layouts_are_a_question_and_either_may_be_the_answer(root, read):
    smic.add_clip(root, "s1_ne_01", range(30))
    smic.add_clip(root, "s1_ne_01", range(40), layout="raw")
    message = (
        r"one layout of SMIC HS, found cropped in .*SMIC_all_cropped/HS and raw in .*SMIC_all_raw/HS.*layout in conf"
    )
    with pytest.raises(DatasetError, match=message):
        read()
    with pytest.raises(DatasetError, match=message):
        smic_annotation(SmicSettings(root=root))
    assert [clip.offset for clip in read(layout="raw").clips] == [39]
    assert [clip.offset for clip in read(layout="cropped").clips] == [29]
    with pytest.raises(
        DatasetError,
        match=r"<root>/SMIC-E_raw image.*only the layout cropped, raw\..*\(layout: cropped or raw\)",
    ):
        read(layout="smic_e")


def test_a_subject_in_two_folders_of_one_layout_is_refused(root, read):
    smic.add_clip(root / "a", "s1_ne_01", range(30))
    smic.add_clip(root / "b", "s1_ne_02", range(30))
    with pytest.raises(DatasetError, match=r"recordings of subject s01 in one folder, found them in .*/a/.* and .*/b/"):
        read()


@pytest.mark.parametrize("layout", ["cropped", "smic_e"])
def test_two_folders_of_one_clip_are_refused_by_name(root, read, layout):
    smic.write_sheet(root, [smic.Row()])
    for name in ("s1_ne_01", "s01_ne_01"):
        smic.add_clip(root, name, range(100, 200), layout=layout)
    with pytest.raises(DatasetError, match=r"one folder of the clip s01_ne_01, found .*s01_ne_01 and .*s1_ne_01"):
        read()


def test_a_gap_in_a_clip_moves_the_midpoint_to_the_nearest_frame(root, read):
    smic.add_clip(root, "s1_ne_01", [10, 11, 12, 19, 20, 21, 22, 23, 24])
    (clip,) = read().clips
    assert (clip.onset, clip.apex, clip.offset) == (10, 19, 24)
    assert clip.notes == "no apex in SMIC, midpoint 17 taken; apex frame 17 is missing, 19 taken"


def test_a_row_whose_frames_are_missing_takes_the_nearest_inside_the_clip(root, read):
    smic.add_clip(root, "s01_ne_01", [*range(120), *range(125, 200)], layout="smic_e")
    smic.write_sheet(root, [smic.Row()])
    (clip,) = read().clips
    assert (clip.onset, clip.apex, clip.offset) == (125, 137, 150)
    assert clip.notes == "onset frame 123 is missing, 125 taken; no apex in SMIC, midpoint 137 taken"


def test_a_gap_without_a_frame_near_the_midpoint_names_the_folder(root, excluded):
    folder = smic.add_clip(root, "s1_ne_01", [*range(10, 14), *range(20, 25)])
    ((reason, source),) = excluded().values()
    assert "apex frame 17 (nearest: 20)" in reason
    assert root / source == folder


def test_the_midpoint_is_that_of_the_frames_that_exist_where_the_offset_is_beyond_them(root, read):
    smic.add_clip(root, "s01_ne_01", range(100, 200), layout="smic_e")
    smic.write_sheet(root, [smic.Row(onset=180, offset=201)])
    (clip,) = read().clips
    assert (clip.onset, clip.apex, clip.offset) == (180, 189, 199)
    assert clip.notes == "offset frame 201 is missing, 199 taken; no apex in SMIC, midpoint 189 taken"


def test_a_stray_picture_is_neither_onset_nor_offset(root, read):
    folder = smic.add_clip(root, "s1_ne_01", range(36237, 36267))
    for name in ("apex_1.png", "flow99999.bmp"):
        (folder / name).touch()
    (clip,) = read().clips
    assert (clip.onset, clip.offset) == (36237, 36266)
    note = "not named as the 30 frames 'reg_image<number>.bmp' of its folder, left out: 'apex_1.png', 'flow99999.bmp'"
    assert note in clip.notes


def test_a_stray_picture_named_as_the_frames_makes_the_clip_too_long(root, excluded):
    smic.add_clip(root, "s1_ne_01", range(30)).joinpath("reg_image009999.bmp").touch()
    smic.add_clip(root, "s1_ne_02", range(30))
    ((reason, _),) = excluded().values()
    assert reason.startswith("expected a micro-expression of at most 10 s, found 100.0 s from onset 0 to offset 9999")


def test_a_single_frame_shows_no_motion(root, excluded):
    smic.add_clip(root, "s1_ne_01", [7])
    smic.add_clip(root, "s1_ne_02", [7, 8])
    assert excluded() == {
        "s01_ne_01_7": (
            "expected a clip of at least two frames, found frame 7 alone: no motion",
            "SMIC_all_cropped/HS/s1/micro/negative/s1_ne_01",
        )
    }


def test_rows_without_motion_without_frames_and_out_of_order(root, excluded):
    smic.add_clip(root, "s01_ne_01", range(100, 590), layout="smic_e")
    row = smic.Row(second=(200, 200), third=(700, 720))
    sheet = smic.write_sheet(root, [row, smic.Row("s01_ne_02", 150, 123), smic.Row("s01_ne_03")])
    found = excluded()
    assert found["s01_ne_01_200"][0] == "expected a clip of at least two frames, found frame 200 alone: no motion"
    assert (
        found["s01_ne_01_700"][0] == "expected frames from 700 to 720, found 490 frames from 100 to 589 in the folder"
    )
    assert found["s01_ne_02_150"][0].startswith("expected onset <= apex <= offset, found onset 150, offset 123")
    reason = "expected a folder ne_03 of subject s01, found 's01_ne_01'"
    assert found["s01_ne_03_123"] == (reason, f"{sheet.name}, row 4")
    assert len(found) == 4


def test_folders_that_contradict_their_names_are_excluded_with_the_reason(root, read, excluded):
    smic.add_clip(root, "s1_ne_01", range(30), emotion="positive")
    smic.add_clip(root, "s1_ne_02", range(30), emotion="happy")
    smic.add_clip(root, "s1_ne_03", range(30)).rename(root / "SMIC_all_cropped/HS/s1/micro/negative/s2_ne_03")
    smic.add_clip(root, "s1_ne_04", range(30)).rename(root / "SMIC_all_cropped/HS/s1/micro/negative/clip4")
    smic.add_clip(root, "s1_ne_05", [])
    (smic.add_clip(root, "s1_ne_07", []) / "s1_ne_07.avi").touch()
    smic.add_clip(root, "s1_ne_06", range(30)).joinpath("reg_image5.bmp").touch()
    smic.add_clip(root, "s1_sur_01", range(30))
    reasons = {clip: reason for clip, (reason, _) in excluded().items()}
    assert reasons == {
        "s01_clip4_0": "expected the name of a clip of s01, such as s01_ne_01, found clip4",
        "s01_ne_01_0": "expected negative, as the clip's name says, found it in the folder positive",
        "s01_ne_02_0": "expected a folder named negative, positive, surprise around the clip, found happy",
        "s01_ne_05_-1": f"expected {EXPECTED_NAMES}, found an empty folder",
        "s01_ne_07_-1": f"expected {EXPECTED_NAMES}, found 1 *.avi (such as s1_ne_07.avi): take the frames of a "
        "video out, each under the number that the sheet gives it; which readers take videos, and under which names, "
        "is in docs/frames.md",
        "s01_ne_06_-1": "expected one file for frame 5, found reg_image000005.bmp and reg_image5.bmp",
        "s01_s2_ne_03_0": "expected the name of a clip of s01, such as s01_ne_01, found s2_ne_03",
    }
    index = read()
    assert [clip.id for clip in index.clips] == ["s01_sur_01_0"]
    assert len(index.annotated) == 8
    with pytest.raises(DatasetError, match="found 7 that are not"):
        refuse_bad_clips(index)


def test_a_row_that_contradicts_the_name_of_its_clip_is_excluded(root, excluded):
    smic.add_clip(root, "s01_ne_01", range(100, 590), layout="smic_e")
    sheet = smic.write_sheet(root, [smic.Row(second=(200, 220), emotion="surprise")])
    problem = ("expected negative, as the clip's name says, found surprise", f"{sheet.name}, row 2")
    assert excluded() == {"s01_ne_01_123": problem, "s01_ne_01_200": problem}


def test_long_clips_that_no_row_names_are_told(root, read):
    for name in ("s01_ne_01", "s01_ne_02"):
        folder = smic.add_clip(root, name, range(100, 200), layout="smic_e")
    smic.write_sheet(root, [smic.Row()])
    index = read()
    assert len(index.clips) == 1
    assert index.notes[2:] == (f"{folder.relative_to(root).as_posix()} is in no row of {smic.SHEET_NAME}",)


def test_missing_workbook_says_where_it_was_looked_for(root, read):
    smic.add_clip(root, "s01_ne_01", range(100, 200), layout="smic_e")
    with pytest.raises(DatasetError, match=r"expected the sheet SMIC-HS-E_annotation_2019\.xlsx .*found no workbook"):
        read()
    with pytest.raises(DatasetError, match=r"expected the sheet SMIC-HS-E_annotation_2019\.xlsx"):
        smic_annotation(SmicSettings(root=root))


def test_wrong_root_says_what_is_expected_and_what_lies_there(root, read):
    with pytest.raises(DatasetError, match=r"SMIC HS as <root>/SMIC_all_cropped/HS/s1/.*found no such folder"):
        read(root=root / "none")
    (root / "HS/s1/pictures").mkdir(parents=True)
    with pytest.raises(DatasetError, match=r"found HS\. Set the dataset's root \(or version, or layout\)"):
        read()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"fps": 0.0}, "fps: expected a frame rate above 0"),
        ({"version": "hs"}, "version: expected one of HS, VIS, NIR, but found 'hs'"),
        ({"layout": "e"}, "layout: expected one of auto, cropped, raw, smic_e"),
    ],
)
def test_settings_are_checked(root, setting, message):
    with pytest.raises(ConfigError, match=message):
        SmicSettings(root=root, **setting)


@pytest.mark.parametrize("layout", ["cropped", "raw", "smic_e"])
def test_a_whole_release_is_indexed_and_meets_every_published_count(root, tmp_path, read, layout):
    smic.add_official(root, layout)
    index = read()
    assert (len(index.clips), index.exclusions) == (164, ())
    assert len({clip.color for clip in index.clips}) == (157 if layout == "smic_e" else 164)
    assert [clip.subject for clip in index.clips] == sorted(clip.subject for clip in index.clips)
    report = validate_dataset("smic", index, official=True)
    assert report.differences == []
    found = {(check.group, check.name): (check.official, check.found) for check in report.checks}
    assert found["part HS micro", "rows"] == (164, 164)
    assert found["part HS micro", "subjects"] == (16, 16)
    assert found["part HS micro", "emotion3 negative"] == (70, 70)
    assert found["part HS micro", "emotion3 together"] == (164, 164)
    write_clips(index.clips, tmp_path / "clips.csv")
    assert tuple(read_clips(tmp_path / "clips.csv")) == index.clips == read().clips


@pytest.mark.parametrize("version", ["VIS", "NIR"])
def test_each_version_is_compared_with_its_own_counts(root, read, version):
    for person, video in smic.official_clips()[:71]:
        smic.add_clip(root, f"s{person}_{video}", range(10), version=version)
    index = read(version=version)
    assert validate_dataset("smic", index, official=True).differences == []
    text = format_validation(validate_dataset("smic", read(version=version), official=True))
    assert "Differences from the published counts:\n- none" in text
    (root / index.clips[0].color).rename(root / "moved")
    text = format_validation(validate_dataset("smic", read(version=version), official=True))
    assert f"- part {version} micro, rows: published 71, found 70" in text
