from pathlib import Path

import pytest
from tests.datasets.casme3 import casme3_fixture as casme3

from merflow.datasets.casme3.reader import Casme3Settings, casme3_annotation, read_casme3
from merflow.datasets.clip_table import write_clips
from merflow.datasets.reading.frames import list_frames
from merflow.errors import ConfigError, DatasetError


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_casme3("casme3", Casme3Settings(**{"root": tmp_path, **settings}))


def folders(index):
    return [(clip.color, clip.depth) for clip in index.clips]


@pytest.mark.parametrize("base", ["", "part_A", "part_A/data/part_A", "Part_A/data/part_A"])
@pytest.mark.parametrize("subject", ["spNO.210", "spNo.210", "spNO210"])
def test_raw_recordings_however_their_folders_are_spelt(tmp_path, read, base, subject):
    casme3.write_micro(tmp_path / "part_A" / "annotation" if not base else tmp_path, [casme3.Row("spNO.210", "a")])
    casme3.add_video(tmp_path / base, subject, "a", range(1, 30))
    index = read()
    prefix = f"{base}/{subject}/a".lstrip("/")
    assert folders(index) == [(f"{prefix}/color", f"{prefix}/depth")]
    (clip,) = index.clips
    assert (clip.id, clip.onset, clip.apex, clip.offset, clip.notes) == ("spNO.210_a_10", 10, 15, 20, "")
    assert sorted(list_frames(tmp_path / clip.color)) == list(range(1, 30))


@pytest.mark.parametrize("level", ["depth", ""])
def test_depth_may_lie_elsewhere_with_or_without_its_level(tmp_path, read, level):
    root, elsewhere = tmp_path / "colour", tmp_path / "depths"
    casme3.write_micro(root, [casme3.Row()])
    casme3.add_video(root, "spNO.1", "a", range(30), depth=False)
    casme3.touch_frames(elsewhere / "spNo.1" / "a" / level, range(30), ".png")
    (clip,) = read(root=root, depth_root=elsewhere).clips
    assert root / clip.depth == elsewhere / "spNo.1" / "a" / level
    assert 15 in list_frames(root / clip.depth)


def test_depth_below_the_root_is_stored_relative_to_it(tmp_path, read):
    casme3.write_micro(tmp_path, [casme3.Row()])
    casme3.add_video(tmp_path, "spNO.1", "a", range(30), depth=False)
    casme3.touch_frames(tmp_path / "depths" / "spNO.1" / "a", range(30), ".png")
    assert folders(read(depth_root=tmp_path / "depths")) == [("spNO.1/a/color", "depths/spNO.1/a")]


@pytest.mark.parametrize("nested", ["Part_A_ME_clip", "Part_A_ME_clip/Part_A_ME_clip", "part_A/Part_A_ME_clip"])
def test_pack_of_cut_clips(tmp_path, read, nested):
    casme3.write_micro(tmp_path, [casme3.Row("spNO.10", "a", 116, 120, 130)])
    casme3.add_cut_clip(tmp_path / nested, "spNO.10_a_116", range(116, 131))
    assert folders(read()) == [(f"{nested}/frame/spNO.10_a_116", f"{nested}/depth/spNO.10_a_116")]


def test_root_may_be_the_pack_itself_and_a_corrected_clip_keeps_its_folder(tmp_path, read):
    pack = tmp_path / "Part_A_ME_clip"
    casme3.add_cut_clip(pack, "spNo.216_d_3647", range(2647, 2661))
    casme3.write_micro(pack, [casme3.Row("spNO.216", "d", 3647, 2650, 2660)])
    (clip,) = read(root=pack).clips
    assert (clip.id, clip.color) == ("spNO.216_d_2647", "frame/spNo.216_d_3647")
    assert clip.notes == "onset 3647 corrected to 2647"


def test_macro_clips_have_their_own_pack(tmp_path, read):
    casme3.write_units(tmp_path, [casme3.Row(onset=40, apex=45, offset=50)])
    casme3.add_cut_clip(tmp_path / "Part_A_MaE_clip", "spNO.1_a_40", range(40, 51))
    (clip,) = read(expressions=("macro",)).clips
    assert (clip.expression, clip.color) == ("macro", "Part_A_MaE_clip/frame/spNO.1_a_40")


def test_micro_and_macro_of_one_onset_do_not_collide_silently(tmp_path, read):
    casme3.write_micro(tmp_path, [casme3.Row()])
    casme3.write_macro(tmp_path, [casme3.Row(offset=29)])
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 30))
    message = r"one clip named 'spNO\.1_a_10', found two: .*row 2 \(micro.* and .*row 2 \(macro"
    with pytest.raises(DatasetError, match=message):
        read(expressions=("micro", "macro"))
    assert len(read(expressions=("macro",)).clips) == 1


def test_two_rows_of_one_clip_are_refused_by_row(tmp_path, read):
    casme3.write_micro(
        tmp_path, [casme3.Row(), casme3.Row(onset=30, apex=31, offset=32), casme3.Row("spNo.1", apex=16)]
    )
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 40))
    with pytest.raises(DatasetError, match=r"row 2 \(micro, frames 10-15-20\) and .*row 4 \(micro, frames 10-16-20\)"):
        read()


def test_part_c(tmp_path, read):
    casme3.write_part_c(tmp_path, [(7, 1, 100, 120, "4，", "fear")])
    casme3.add_video(tmp_path / "part_C", "07", "a", range(90, 130))
    (clip,) = read(parts=("C",)).clips
    assert (clip.id, clip.part, clip.apex, clip.depth) == ("07_a_100", "C", 110, "part_C/07/a/depth")


def test_missing_frames_are_those_of_colour_or_depth(tmp_path, read):
    casme3.write_micro(tmp_path, [casme3.Row()])
    casme3.add_video(tmp_path, "spNO.1", "a", [*range(1, 15), *range(16, 30)])
    (tmp_path / "spNO.1/a/depth/14.png").unlink()
    (clip,) = read().clips
    assert (clip.onset, clip.apex, clip.offset) == (10, 16, 20)
    assert clip.notes == "apex frame 15 is missing, 16 taken"


def test_clips_without_depth_are_kept_and_noted(tmp_path, read):
    casme3.write_micro(tmp_path, [casme3.Row(), casme3.Row(video="b")])
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 30), depth=False)
    casme3.add_video(tmp_path, "spNO.1", "b", range(1, 30), depth=False)
    casme3.touch_frames(tmp_path / "spNO.1/b/depth", [1, 2], ".png")
    assert [(clip.depth, clip.notes) for clip in read().clips] == [
        ("", "no depth folder"),
        ("", "depth left out: expected frames from 10 to 20, found 2 frames from 1 to 2 in the folder"),
    ]


def test_depth_far_from_a_named_frame_is_left_out_and_the_colour_frame_stays(tmp_path, read):
    casme3.write_micro(tmp_path, [casme3.Row()])  # frames 10, 15, 20
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 30), depth=False)
    casme3.touch_frames(tmp_path / "spNO.1/a/depth", [*range(1, 13), *range(18, 30)], ".png")
    (clip,) = read().clips
    assert (clip.onset, clip.apex, clip.offset, clip.depth) == (10, 15, 20, "")
    assert clip.notes.startswith("depth left out: expected a frame of its own for each of onset, apex, offset")
    assert clip.notes.endswith("but missing in the folder are apex frame 15 (nearest: 12)")


@pytest.mark.parametrize(
    ("color", "depth"), [(range(1, 31), range(30)), (range(30), range(1, 31)), (range(1, 31), range(33))]
)
def test_depth_that_counts_from_another_number_is_no_depth(tmp_path, read, color, depth):
    """All numbers of the clip are there in both, and each depth map would be that of the frame beside it."""
    casme3.write_micro(tmp_path, [casme3.Row()])
    casme3.add_video(tmp_path, "spNO.1", "a", color, depth=False)
    casme3.touch_frames(tmp_path / "spNO.1/a/depth", depth, ".png")
    (clip,) = read().clips
    assert (clip.onset, clip.apex, clip.offset, clip.depth) == (10, 15, 20, "")
    assert clip.notes.startswith("depth left out: expected depth with the numbers of its colour frames")


def test_a_preview_beside_the_depth_maps_is_none_of_them(tmp_path, read):
    casme3.write_micro(tmp_path, [casme3.Row()])
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 30))
    (tmp_path / "spNO.1/a/depth/15.jpg").touch()
    (clip,) = read().clips
    assert clip.depth == "spNO.1/a/depth"
    assert clip.notes == "not named as the 29 frames '<number>.png' of its folder, left out: '15.jpg'"


def test_recordings_without_frames_name_their_videos(tmp_path, read):
    casme3.write_micro(tmp_path, [casme3.Row(video="a"), casme3.Row(video="b"), casme3.Row(video="c")])
    casme3.add_video(tmp_path, "spNO.1", "c", range(1, 30))
    (tmp_path / "spNO.1/a").mkdir()
    (tmp_path / "spNO.1/a/color.mp4").touch()
    (tmp_path / "spNO.1/b.avi").touch()
    reasons = [row["reason"] for row in read().exclusions]
    assert "found 'the video color.mp4: take the frames of a video out" in reasons[0]
    assert "found 'the video b.avi: take the frames of a video out" in reasons[1]


def test_an_offset_minutes_after_the_onset_is_an_exclusion_and_seconds_are_counted(tmp_path, read):
    wrong, long = casme3.Row(subject="spNO.214", video="c", onset=5, apex=20, offset=3460), casme3.Row(offset=121)
    casme3.write_micro(tmp_path, [wrong, long])
    casme3.add_video(tmp_path, "spNO.214", "c", range(1, 3500))
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 130))
    index = read()
    assert [clip.id for clip in index.clips] == ["spNO.1_a_10"]
    (row,) = index.exclusions
    assert "found 115.2 s from onset 5 to offset 3460 at 30 frames a second" in row["reason"]
    assert row["source"] == f"{casme3.MICRO_NAME}, row 2"
    (note,) = [note for note in index.notes if "micro-expressions last longer" in note]
    assert note.startswith("2 of 2 micro-expressions last longer than 0.5 s, by which they are defined")
    assert note.endswith("spNO.214_c_5 (115.17 s), spNO.1_a_10 (3.70 s)")


def test_clips_that_cannot_be_used_become_exclusions_with_their_reason(tmp_path, read):
    casme3.write_micro(
        tmp_path,
        [
            casme3.Row(video="a"),
            casme3.Row(video="b", apex=9),
            casme3.Row(video="c", offset=14),
            casme3.Row(video="d"),
            casme3.Row(video="e"),
        ],
    )
    for video in "abc":
        casme3.add_video(tmp_path, "spNO.1", video, range(1, 30))
    casme3.add_video(tmp_path, "spNO.1", "e", range(25, 30))
    index = read()
    assert [clip.id for clip in index.clips] == ["spNO.1_a_10"]
    reasons = {row["clip"]: (row["reason"], row["source"]) for row in index.exclusions}
    assert list(reasons) == list(index.bad) == [f"spNO.1_{video}_10" for video in "bcde"]
    order = "expected onset <= apex <= offset, found onset 10, apex"
    assert reasons["spNO.1_b_10"] == (
        f"{order} 9, offset 20; correct the row in the sheet",
        f"{casme3.MICRO_NAME}, row 3",
    )
    assert reasons["spNO.1_c_10"][0].startswith(f"{order} 15, offset 14")
    assert reasons["spNO.1_d_10"][0].endswith("video d, onset 10; found 'a, b, c, e'")
    assert reasons["spNO.1_e_10"] == (
        "expected frames from 10 to 20, found 5 frames from 25 to 29 in the folder",
        "spNO.1/e/color",
    )
    assert {row["stage"] for row in index.exclusions} == {"index"}


def test_depth_folder_with_two_files_of_one_number_is_named_relative_to_the_root(tmp_path, read):
    casme3.write_micro(tmp_path, [casme3.Row()])
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 30))
    (tmp_path / "spNO.1/a/depth/012.png").touch()
    (row,) = read().exclusions
    assert row["reason"] == "expected one file for frame 12, found 012.png and 12.png"
    assert row["source"] == "spNO.1/a/depth"


def test_occluded_clips_are_excluded_when_the_list_is_given(tmp_path, read):
    casme3.write_micro(tmp_path, [casme3.Row(), casme3.Row(onset=22, apex=23, offset=24)])
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 30))
    (tmp_path / "occluded.csv").write_text("subject,filename,onset\nspNO.1,a,22\n", encoding="utf-8")
    assert len(read().clips) == 2
    index = read(occluded=tmp_path / "occluded.csv")
    assert [clip.onset for clip in index.clips] == [10]
    assert index.bad == ()
    (row,) = index.exclusions
    assert (row["clip"], row["source"]) == ("spNO.1_a_22", "occluded.csv, line 2")
    assert "occluded" in row["reason"]


def test_a_list_that_is_read_is_not_told_to_be_unread_however_its_path_is_spelt(tmp_path, read, monkeypatch):
    casme3.write_micro(tmp_path, [casme3.Row(), casme3.Row(onset=22, apex=23, offset=24)])
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 30))
    (tmp_path / "occluded.csv").write_text("spNO.1,a,22\n", encoding="utf-8")
    unread = "other sheets that are not read: occluded.csv"
    assert unread in read().notes
    monkeypatch.chdir(tmp_path)
    assert unread not in read(occluded=Path("occluded.csv")).notes


def test_the_official_workbook_of_occluded_clips_is_read_as_released(tmp_path, read):
    casme3.write_micro(tmp_path, [casme3.Row(), casme3.Row("spNO.216", "e", 0, 0, 14)])
    for subject, video in (("spNO.1", "a"), ("spNO.216", "e")):
        casme3.add_video(tmp_path, subject, video, range(1, 30))
    columns = ("Subject", "Filename", "Onset", "problem")
    rows = [("spNO.1", "a", 10, "hand"), ("spNO.216", "e", 0, "there is no frame 0")]
    listed = casme3.write_workbook(tmp_path / "casme3_partA_error_list_ZhouJu.xlsx", columns, rows, "Sheet1")
    index = read(occluded=listed)
    assert [clip.id for clip in index.clips] == ["spNO.216_e_1"]
    assert [row["source"] for row in index.exclusions] == [f"{listed.name}, row 2"]
    assert index.notes == (
        f"annotation from {casme3.MICRO_NAME}, sheet label",
        f"{listed.name}, row 3 corrects a frame number of spNO.216/e and names no occlusion: not excluded",
    )


def test_annotation_may_be_a_folder_or_the_sheet_itself(tmp_path, read):
    root, sheets = tmp_path / "frames", tmp_path / "sheets"
    casme3.add_video(root, "spNO.1", "a", range(1, 30))
    path = casme3.write_micro(sheets, [casme3.Row()])
    renamed = path.rename(sheets / "labels.xlsx")
    with pytest.raises(DatasetError, match=r"expected the sheet cas\(me\)3.*found no workbook"):
        read(root=root)
    with pytest.raises(DatasetError, match=r"found only labels\.xlsx"):
        read(root=root, annotation=sheets)
    assert len(read(root=root, annotation=renamed).clips) == 1


def test_macro_expressions_need_one_of_their_workbooks(tmp_path, read):
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 30))
    with pytest.raises(DatasetError, match=r"expected CAS\(ME\)3_part_A_v2\.xls or .* found neither"):
        read(expressions=("macro",))


def test_files_of_the_index_are_its_workbooks_and_lists(tmp_path):
    micro, units = casme3.write_micro(tmp_path, [casme3.Row()]), casme3.write_units(tmp_path, [casme3.Row(onset=40)])
    part_c = casme3.write_part_c(tmp_path, [(1, 1, 2, 3, "4", "fear")])
    listed = tmp_path / "occluded.txt"
    everything = {"parts": ("A", "C"), "expressions": ("micro", "macro"), "occluded": listed}
    assert casme3_annotation(Casme3Settings(root=tmp_path)) == [micro]
    assert casme3_annotation(Casme3Settings(root=tmp_path, **everything)) == [micro, units, part_c, listed]
    with pytest.raises(DatasetError, match="found no such folder"):
        casme3_annotation(Casme3Settings(root=tmp_path / "none"))


def test_missing_root_says_what_is_expected_and_what_lies_there(tmp_path, read):
    with pytest.raises(DatasetError, match=r"expected the recordings of CAS\(ME\)\^3 as .*color.*found no such folder"):
        read(root=tmp_path / "none")
    casme3.write_micro(tmp_path / "sheets", [casme3.Row()])
    with pytest.raises(DatasetError, match=r"found sheets\. Set the dataset's root"):
        read()


@pytest.mark.parametrize("settings", [{"parts": ("B",)}, {"parts": ()}, {"expressions": ("mini",)}, {"fps": 0.0}])
def test_settings_are_checked(tmp_path, settings):
    with pytest.raises(ConfigError, match=rf"{next(iter(settings))}: expected"):
        Casme3Settings(root=tmp_path, **settings)


def test_clips_are_sorted_by_number_and_the_table_is_the_same_every_time(tmp_path, read):
    rows = [casme3.Row("spNO.10"), casme3.Row("spNO.9", "b"), casme3.Row("spNO.9", "a")]
    casme3.write_micro(tmp_path, rows)
    for row in rows:
        casme3.add_video(tmp_path, row.subject, row.video, range(1, 30))
    written = []
    for name in ("one.csv", "two.csv"):
        write_clips(read().clips, tmp_path / name)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert [clip.id for clip in read().clips] == ["spNO.9_a_10", "spNO.9_b_10", "spNO.10_a_10"]


def test_whole_dataset_is_indexed(tmp_path, read):
    micro, macro = casme3.official_micro_rows(), casme3.official_macro_rows()
    casme3.write_micro(tmp_path, micro)
    casme3.write_units(tmp_path, macro, micro=micro)
    casme3.write_macro(tmp_path, macro)
    for subject, video in sorted({(row.subject, row.video) for row in (*micro, *macro)}):
        casme3.add_video(tmp_path, subject, video, [1, 123, 1845, 2403, 2647], depth=False)
    for row in (*micro, *macro):
        casme3.touch_frames(tmp_path / row.subject / row.video / "color", [row.onset, row.apex, row.offset], ".jpg")
    index = read(expressions=("micro", "macro"))
    assert len(index.annotated) == 860 + 3346
    assert len(index.clips) == len(index.annotated)
    assert sum(clip.apex == clip.onset for clip in index.annotated) == 55
