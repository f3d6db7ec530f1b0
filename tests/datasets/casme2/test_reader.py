import pytest
from tests.datasets.casme2 import casme2_fixture as casme2

from merflow.datasets.casme2.reader import Casme2Settings, casme2_annotation, read_casme2
from merflow.datasets.clip import NO_FRAME
from merflow.datasets.clip_table import write_clips
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.validation import format_validation, validate_dataset
from merflow.errors import ConfigError, DatasetError


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_casme2("casme2", Casme2Settings(**{"root": tmp_path, **settings}))


@pytest.mark.parametrize("layout", ["raw", "selected", "cropped"])
def test_each_layout_is_found_and_said(tmp_path, read, layout):
    casme2.write_coding(tmp_path, [casme2.Row()])
    folder = casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87), layout=layout)
    index = read()
    (clip,) = index.clips
    assert tmp_path / clip.color == folder
    assert (clip.id, clip.onset, clip.apex, clip.offset, clip.fps) == ("sub01_EP02_01f_46", 46, 59, 86, 200.0)
    assert (clip.part, clip.expression, clip.depth) == ("", "micro", "")
    assert list(list_frames(folder)) == list(range(46, 87))
    assert f"frames of the layout {layout}, from {casme2.LAYOUTS[layout][0]}" in index.notes


@pytest.mark.parametrize(
    ("there", "used"),
    [(("raw", "selected", "cropped"), "selected"), (("raw", "cropped"), "raw"), (("cropped",), "cropped")],
)
def test_auto_prefers_the_selected_frames_then_raw_then_cropped(tmp_path, read, there, used):
    casme2.write_coding(tmp_path, [casme2.Row()])
    for layout in there:
        casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87), layout=layout)
    assert read().clips[0].color == f"{casme2.LAYOUTS[used][0]}/sub01/EP02_01f"


def test_layout_may_be_chosen_and_must_then_be_there(tmp_path, read):
    casme2.write_coding(tmp_path, [casme2.Row()])
    casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87), layout="selected")
    casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87), layout="cropped")
    assert read(layout="cropped").clips[0].color == "Cropped/sub01/EP02_01f"
    with pytest.raises(DatasetError, match=r"CASME2-RAW/sub01/.*found only the layout cropped, selected"):
        read(layout="raw")


@pytest.mark.parametrize(
    "base", ["CASME2_RAW/CASME2-RAW", "CASME2_RAW_selected/CASME2_RAW_selected", "Cropped-updated/Cropped", "cropped"]
)
def test_layouts_as_the_archives_unpack_them(tmp_path, read, base):
    casme2.write_coding(tmp_path, [casme2.Row()])
    folder = casme2.add_clip(tmp_path / "x", "Sub1", "ep02_01F", range(46, 87))
    (tmp_path / base).mkdir(parents=True)
    folder.parent.rename(tmp_path / base / "Sub1")
    (clip,) = read().clips
    assert (clip.subject, clip.video, clip.color) == ("sub01", "EP02_01f", f"{base}/Sub1/ep02_01F")


def test_root_may_be_the_layout_itself(tmp_path, read):
    sheets = casme2.write_coding(tmp_path / "sheets", [casme2.Row()]).parent
    casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87), layout="cropped")
    index = read(root=tmp_path / "Cropped", annotation=sheets)
    assert index.clips[0].color == "sub01/EP02_01f"
    assert "frames of the layout cropped, from the root itself" in index.notes
    unnamed = (tmp_path / "Cropped").rename(tmp_path / "faces")
    assert "frames of the layout unnamed, from the root itself" in read(root=unnamed, annotation=sheets).notes
    assert len(read(root=unnamed, annotation=sheets, layout="raw").clips) == 1


def test_recordings_of_a_subject_twice_in_one_layout_are_a_question_and_never_mixed(tmp_path, read):
    casme2.write_coding(tmp_path / "sheets", [casme2.Row(), casme2.Row(video="EP03_02")])
    casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87), layout="cropped")
    casme2.add_clip(tmp_path / "Cropped-updated", "sub1", "EP03_02", range(46, 87), layout="cropped")
    with pytest.raises(
        DatasetError, match=r"subject sub01 in one folder, found them in .*/Cropped and .*/Cropped-updated/Cropped,"
    ):
        read()
    casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87), layout="raw")
    assert [clip.color for clip in read(annotation=tmp_path / "sheets").clips] == ["CASME2-RAW/sub01/EP02_01f"]
    index = read(root=tmp_path / "Cropped-updated", annotation=tmp_path / "sheets")
    assert [clip.color for clip in index.clips] == ["Cropped/sub1/EP03_02"]
    assert list(index.bad) == ["sub01_EP02_01f_46"]


def test_clips_whose_action_units_are_not_known_are_named(tmp_path, read):
    casme2.write_coding(tmp_path, [casme2.Row(au="12/14"), casme2.Row(2, au="?"), casme2.Row(3, au="R12")])
    casme2.write_objective(tmp_path, [(1, "EP02_01f", 1), (2, "EP02_01f", 3), (3, "EP02_01f", 1)])
    for subject in ("sub01", "sub02", "sub03"):
        casme2.add_clip(tmp_path, subject, "EP02_01f", range(46, 87))
    index = read()
    assert [(clip.aus, clip.objective) for clip in index.clips] == [("12/14", "I"), ("?", "III"), ("R12", "I")]
    assert index.notes[3:] == (
        "action units of 2 clips not known, masked in the AU loss: sub01_EP02_01f_46 ('12/14'), "
        "sub02_EP02_01f_46 ('?')",
    )


def test_clip_truncated_in_the_cropped_frames_is_excluded_and_a_frame_or_two_are_made_up_for(tmp_path, read):
    casme2.write_coding(tmp_path, [casme2.Row(16, "EP01_08", 30, 80, 110), casme2.Row(16, "EP01_09", 30, 80, 98)])
    for video in ("EP01_08", "EP01_09"):
        casme2.add_clip(tmp_path, "sub16", video, range(30, 97), layout="cropped")
    index = read()
    (clip,) = index.clips
    assert (clip.video, clip.onset, clip.apex, clip.offset) == ("EP01_09", 30, 80, 96)
    assert "offset frame 98 is missing, 96 taken" in clip.notes
    (row,) = index.exclusions
    assert row["clip"] == "sub16_EP01_08_30"
    assert "missing in the folder are offset frame 110 (nearest: 96)" in row["reason"]


def test_slash_for_an_apex_becomes_the_midpoint_and_is_noted(tmp_path, read):
    casme2.write_coding(tmp_path, [casme2.Row(apex="/")])
    casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87))
    (clip,) = read().clips
    assert clip.apex == 66
    assert clip.notes.startswith("no apex in the sheet, midpoint 66 taken")


@pytest.mark.parametrize("offset", ["/", None, 0, -1])
def test_clip_without_an_offset_keeps_having_none_and_says_so(tmp_path, read, offset):
    rows = [casme2.Row(offset=offset), casme2.Row(video="EP03_01", offset=offset, apex="/")]
    casme2.write_coding(tmp_path, rows)
    for row in rows:
        casme2.add_clip(tmp_path, "sub01", row.video, range(46, 87))
    first, second = read().clips
    assert (first.apex, first.offset) == (59, NO_FRAME)
    assert "no offset in the sheet" in first.notes
    assert (second.apex, second.offset) == (NO_FRAME, NO_FRAME)
    assert "no apex in the sheet; no offset in the sheet" in second.notes


def test_clips_that_cannot_be_used_become_exclusions_with_their_reason(tmp_path, read):
    rows = [
        casme2.Row(video="EP01"),
        casme2.Row(video="EP02", onset=60),
        casme2.Row(video="EP03", apex=90),
        casme2.Row(video="EP04"),
        casme2.Row(video="EP05"),
    ]
    path = casme2.write_coding(tmp_path, rows)
    for video in ("EP01", "EP02", "EP03"):
        casme2.add_clip(tmp_path, "sub01", video, range(46, 87))
    casme2.add_clip(tmp_path, "sub01", "EP05", [1, 2, 3])
    index = read()
    assert [clip.video for clip in index.clips] == ["EP01"]
    assert len(index.annotated) == 5
    reasons = {row["clip"]: (row["reason"], row["source"]) for row in index.exclusions}
    assert (
        list(reasons)
        == list(index.bad)
        == [
            "sub01_EP02_60",
            "sub01_EP03_46",
            "sub01_EP04_46",
            "sub01_EP05_46",
        ]
    )
    assert reasons["sub01_EP02_60"] == (
        "expected onset <= apex <= offset, found onset 60, apex 59, offset 86; correct the row in the sheet",
        f"{path.name}, row 3",
    )
    assert "apex 90, offset 86" in reasons["sub01_EP03_46"][0]
    assert reasons["sub01_EP04_46"][0] == "expected a folder EP04 of subject sub01, found 'EP01, EP02, EP03, EP05'"
    assert reasons["sub01_EP05_46"] == (
        "expected frames from 46 to 86, found 3 frames from 1 to 3 in the folder",
        "CASME2_RAW_selected/sub01/EP05",
    )


@pytest.mark.parametrize("suffix", [".tif", ".webp"])
def test_frames_of_the_other_formats_are_found(tmp_path, read, suffix):
    casme2.write_coding(tmp_path, [casme2.Row()])
    for path in list(casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87)).iterdir()):
        path.rename(path.with_suffix(suffix))
    assert [clip.id for clip in read().clips] == ["sub01_EP02_01f_46"]


def test_a_stray_picture_is_no_frame_and_stands_in_for_none(tmp_path, read):
    casme2.write_coding(tmp_path, [casme2.Row(), casme2.Row(2, onset=45)])
    for subject in ("sub01", "sub02"):
        folder = casme2.add_clip(tmp_path, subject, "EP02_01f", range(46, 87))
        for name in ("apex_59.png", "flow45.bmp"):
            (folder / name).touch()
    index = read()
    assert [(clip.onset, clip.apex) for clip in index.clips] == [(46, 59), (46, 59)]
    assert all("left out: 'apex_59.png', 'flow45.bmp'" in clip.notes for clip in index.clips)
    assert "onset frame 45 is missing, 46 taken" in index.clips[1].notes


def test_a_video_of_nearly_the_name_of_a_clip_is_named(tmp_path, read):
    casme2.write_coding(tmp_path, [casme2.Row(), casme2.Row(video="EP03_01")])
    (casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87)).parent / "EP03_01_color.avi").touch()
    index = read()
    assert [clip.video for clip in index.clips] == ["EP02_01f"]
    (row,) = index.exclusions
    assert "found 'the video EP03_01_color.avi: take the frames of a video out" in row["reason"]


def test_two_rows_of_one_clip_are_refused_by_row(tmp_path, read):
    casme2.write_coding(tmp_path, [casme2.Row(), casme2.Row("01", apex=60)])
    casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87))
    with pytest.raises(DatasetError, match=r"row 2 \(micro, frames 46-59-86\) and .*row 3 \(micro, frames 46-60-86\)"):
        read()


def test_annotation_may_be_a_folder_or_the_coding_under_another_name(tmp_path, read):
    casme2.add_clip(tmp_path / "frames", "sub01", "EP02_01f", range(46, 87))
    path = casme2.write_coding(tmp_path / "sheets", [casme2.Row(au="4")])
    objective = casme2.write_objective(tmp_path / "sheets", [(1, "EP02_01f", 7)])
    settings = Casme2Settings(root=tmp_path / "frames", annotation=tmp_path / "sheets")
    assert casme2_annotation(settings) == [path, objective]
    renamed = path.rename(tmp_path / "sheets" / "my labels.xlsx")
    with pytest.raises(
        DatasetError, match=r"expected the sheet CASME2-coding-20140508\.xlsx .*found only .*my labels\.xlsx"
    ):
        read(root=settings.root, annotation=settings.annotation)
    assert read(root=settings.root, annotation=renamed).clips[0].objective == "VII"
    later = renamed.rename(tmp_path / "sheets" / "CASME2-coding-20190701.xlsx")
    assert casme2_annotation(settings) == [later, objective]


def test_named_coding_is_taken_as_it_is_whatever_copies_lie_below(tmp_path, read):
    casme2.add_clip(tmp_path / "frames", "sub01", "EP02_01f", range(46, 87))
    path = casme2.write_coding(tmp_path / "sheets", [casme2.Row(au="4")])
    objective = casme2.write_objective(tmp_path / "sheets", [(1, "EP02_01f", 7)])
    casme2.write_coding(tmp_path / "sheets" / "old", [casme2.Row(au="12")])
    casme2.write_objective(tmp_path / "sheets" / "old", [(1, "EP02_01f", 1)])
    root = tmp_path / "frames"
    with pytest.raises(DatasetError, match="found two that differ"):
        read(root=root, annotation=path.parent)
    assert casme2_annotation(Casme2Settings(root=root, annotation=path)) == [path, objective]
    assert read(root=root, annotation=path).clips[0].aus == "4"
    with pytest.raises(DatasetError, match=r"coding\.xlsx, but there is no such file or folder"):
        read(root=root, annotation=path.with_name("coding.xlsx"))


def test_classes_of_a_named_coding_may_lie_below_it(tmp_path, read):
    casme2.add_clip(tmp_path, "sub01", "EP02_01f", range(46, 87))
    path = casme2.write_coding(tmp_path / "sheets", [casme2.Row(au="4")])
    casme2.write_objective(tmp_path / "sheets" / "classes", [(1, "EP02_01f", 7)])
    assert read(annotation=path).clips[0].objective == "VII"


def test_wrong_root_says_what_is_expected_and_what_lies_there(tmp_path, read):
    with pytest.raises(DatasetError, match=r"expected the recordings of CASME II as .*reg_img46.*found no such folder"):
        read(root=tmp_path / "none")
    casme2.write_coding(tmp_path / "sheets", [casme2.Row()])
    with pytest.raises(DatasetError, match=r"found sheets\. Set the dataset's root \(or layout\)"):
        read()
    with pytest.raises(DatasetError, match="found sheets"):
        casme2_annotation(Casme2Settings(root=tmp_path))


@pytest.mark.parametrize("settings", [{"layout": "faces"}, {"fps": 0.0}])
def test_settings_are_checked(tmp_path, settings):
    with pytest.raises(ConfigError, match=rf"{next(iter(settings))}: expected"):
        Casme2Settings(root=tmp_path, **settings)


def test_whole_dataset_is_indexed_the_same_every_time_and_meets_every_published_count(tmp_path, read):
    coding, objective = casme2.official_rows()
    casme2.write_coding(tmp_path, reversed(coding))
    casme2.write_objective(tmp_path, objective)
    for row in coding:
        casme2.add_clip(tmp_path, f"sub{int(row.subject):02d}", row.video, (46, 60, 66, 86))
    index = read()
    assert len(index.clips) == 255
    assert [clip.subject for clip in index.clips] == sorted(clip.subject for clip in index.clips)
    for name in ("one.csv", "two.csv"):
        write_clips(read().clips, tmp_path / name)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    report = validate_dataset("casme2", index, official=True)
    assert report.differences == []
    found = {check.name: (check.official, check.found) for check in report.checks}
    assert found["rows"] == (255, 255)
    assert found["subjects"] == (26, 26)
    assert found["emotion repression"] == (27, 27)
    assert found["emotion5_casme2 together"] == (246, 246)
    assert found["objective6 together"] == (254, 254)
    assert found["objective5 together"] == (185, 185)
    text = format_validation(report)
    assert "- frames of the layout selected, from CASME2_RAW_selected" in text
    assert "no apex in the sheet, midpoint 66 taken" in text
