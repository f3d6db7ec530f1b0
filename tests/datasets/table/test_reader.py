"""The reader of a user's own table: what it reads, and how."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from tests.datasets.reading.video_fixture import write_video
from tests.datasets.table.table_fixture import SETTINGS, faults, index, row, write_frames, write_table

from merflow.datasets.clip_table import read_clips, write_clips
from merflow.datasets.labels import label_set_named
from merflow.datasets.registry import index_dataset
from merflow.errors import ConfigError, DatasetError


def test_a_row_becomes_a_clip(root):
    full = {"clip": "take-1", "aus": "AU4+AU7", "objective": "3", "expression": "macro", "fps": "200", "part": "left"}
    (clip,) = index(root, [row(**full, emotion="Sad", fold="2", notes="lamp on", x_mine="1")]).clips
    assert clip.id == "s1_take-1_3"
    assert (clip.onset, clip.apex, clip.offset, clip.fps, clip.first_frame) == (3, 6, 9, 200.0, 0)
    assert (clip.aus, clip.objective, clip.expression, clip.part) == ("AU4+AU7", "III", "macro", "left")
    assert (clip.emotion, clip.emotions, clip.fold, clip.color) == ("sadness", "", "2", "s1/a")
    assert clip.notes.startswith("lamp on")


def test_units_that_were_not_looked_for_are_not_absent(root):
    (clip,) = index(root, [row(aus="12")], coded_units=[12, 4]).clips
    assert (clip.coded_units, clip.objective) == ("4 12", "")
    assert label_set_named("au8(AU4, AU12)").label_of(clip) == (0, 1)
    assert label_set_named("au8").label_of(clip) is None
    (line,) = faults(root, row(aus="1+12"), coded_units=[4, 12])
    assert line.startswith("- row 2, column 'aus': expected action units of coded_units, found 1 too")
    with pytest.raises(ConfigError, match="coded_units: expected different numbers of action units"):
        index(root, [row(aus="12")], coded_units=[4, 4])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_split_as_it_is_written(root, separator):
    write_table(root, [row(subject="006"), row(subject="006", path="s1/b")], separator=separator)
    clips = index_dataset("mine", "table", SETTINGS | {"root": str(root)}).clips
    assert [clip.id for clip in clips] == ["006_a_3", "006_b_3"]


def test_what_is_empty_is_not_known(root):
    (clip,) = index(root, [row(apex="n/a", emotion="", fps="")]).clips
    assert (clip.apex, clip.emotion, clip.fps) == (6, "", 100)
    assert "no apex in the table, midpoint 6 taken" in clip.notes


@pytest.mark.parametrize("unit", ["frames", "seconds"])
def test_without_onset_and_offset_the_whole_recording_is_the_clip(root, unit):
    """It is noted, and not looked for: nothing spots an expression. One of the two alone is a fault."""
    write_video(root / "a.mp4", fps=25)
    (whole, given, video) = index(
        root, [row(onset="", offset="", apex=""), row(path="s1/b", onset="", offset="", apex="0.05" if unit == "seconds"
               else "6"), row(path="a.mp4", onset="n/a", offset="", apex="", clip="v")], unit=unit).clips  # fmt: skip
    assert (whole.id, whole.onset, whole.apex, whole.offset) == ("s1_a_1", 1, 10, 20)
    assert (given.onset, given.apex, given.offset, video.onset, video.offset) == (1, 6, 20, 1, 40)
    assert "no onset and offset in the table, the whole recording taken, 1 to 20" in whole.notes
    (line,) = faults(root, row(onset="", apex=""), unit="frames")
    assert line == "- row 2: expected a value of onset, found none"
    write_frames(root / "long", range(1, 1500))
    (out,) = index(root, [row(), row(path="long", onset="", offset="", apex="")]).exclusions
    assert "found 15.0 s from onset 1" in out["reason"]


def test_clips_that_overlap_are_named_for_they_may_be_one_expression(root):
    """The second row differs from the first in its onset and its name; a macro-expression may hold both."""
    rows = [row(), row(onset="4", clip="again"), row(onset="9", apex="12", offset="15", clip="next")]
    macro = row(onset="1", clip="m", expression="macro")
    told = [note for note in index(root, [*rows, macro]).notes if "overlap" in note]
    assert told == [
        "clips of one kind that overlap in their recording, which count twice if they are one: s1_a_3 and s1_again_4"
    ]
    assert not any("overlap" in note for note in index(root, [rows[0], rows[2], row(path="s1/b")]).notes)


def test_a_folder_needs_a_rate(root):
    (line,) = faults(root, row(), fps=None)
    assert "column 'fps': expected the frames per second of a folder, found none" in line
    assert index(root, [row(fps="30")], fps=None).clips[0].fps == 30


def test_a_folder_that_was_cut_out_keeps_its_numbers(tmp_path):
    write_frames(tmp_path / "s1/a", range(500, 521))
    (clip,) = index(tmp_path, [row(onset="503", apex="506", offset="509")]).clips
    assert (clip.onset, clip.offset) == (503, 509)


def test_seconds_become_frames(tmp_path):
    write_frames(tmp_path / "s1/a", range(1, 101))
    (clip,) = index(tmp_path, [row(onset="0.02", apex="0,50", offset="0.99")], unit="seconds").clips
    assert (clip.onset, clip.apex, clip.offset) == (3, 51, 100)
    (line,) = faults(tmp_path, row(onset="0.02", apex="0.5", offset="1.0"), unit="seconds")
    assert line.endswith("column 'offset': expected a frame of s1/a, which has 1 to 100, found 1 s, which is frame 101")


def test_numbers_are_read_as_pandas_writes_them(tmp_path):
    """A column of frames with an empty cell has 5.0, and 4 / 30 s has seventeen digits."""
    write_frames(tmp_path / "s1/a", range(1, 101))
    (clip,) = index(tmp_path, [row(onset="5.0", apex="", offset="9.0", fps=str(30000 / 1001))]).clips
    assert (clip.onset, clip.offset, clip.fps) == (5, 9, pytest.approx(29.97003))
    thirds = row(onset=str(4 / 30), apex=str(5 / 30), offset=str(10 / 30), fps="30")
    (clip,) = index(tmp_path, [thirds], unit="seconds").clips
    assert (clip.onset, clip.apex, clip.offset) == (5, 6, 11)
    (line,) = faults(tmp_path, row(onset="5.5", offset="9"))
    assert "expected a frame number (unit: frames), found '5.5'" in line


@pytest.mark.parametrize("missing", ["unit", "first_frame"])
def test_what_numbers_mean_is_never_guessed(root, missing):
    write_table(root, [row()])
    settings = {key: value for key, value in SETTINGS.items() if key != missing} | {"root": str(root)}
    with pytest.raises(ConfigError, match=f"needs the setting '{missing}'"):
        index_dataset("mine", "table", settings)


def test_a_gap_is_an_exclusion_with_its_row(root):
    (root / "s1/b/img_00007.jpg").unlink()
    found = index(root, [row(), row(path="s1/b")])
    (out,) = found.exclusions
    assert out["reason"] == "expected every frame from 3 to 9, found 1 missing: 7"
    assert (out["source"], found.bad) == ("clips.csv, row 3", ("s1_b_3",))


def test_a_subject_with_one_clip_is_noted(root):
    notes = index(root, [row(), row(path="s1/b"), row(path="s2/a", subject="s2")]).notes
    assert "subjects with one clip, which their fold alone is tested on: s2" in notes


def test_a_recording_of_several_subjects_is_noted(root):
    """Where the column subject has a wrong name, one person is in training and in the test."""
    notes = index(root, [row(), row(onset="10", apex="12", offset="14", subject="s2"), row(path="s1/b")]).notes
    assert "recordings with clips of several subjects, who are taken for different people: s1/a (s1, s2)" in notes
    assert not any("several subjects" in note for note in index(root, [row(), row(path="s2/a", subject="s2")]).notes)


def test_depth_of_another_size_is_an_exclusion(tmp_path):
    for folder, shape, dtype in (("s1/a", (48, 64, 3), np.uint8), ("depth", (24, 32), np.uint16)):
        (tmp_path / folder).mkdir(parents=True)
        for number in range(1, 10):
            cv2.imwrite(str(tmp_path / folder / f"{number}.png"), np.full(shape, 9, dtype))
    with pytest.raises(DatasetError, match="expected depth of 64x48 px like its colour frame, found 32x24"):
        index(tmp_path, [row(depth_path="depth")])
    assert index(tmp_path, [row(depth_path="s1/a")], depth_unit_mm=0.25).clips[0].depth_unit_mm == 0.25


def test_depth_that_counts_from_the_other_number_is_an_exclusion(tmp_path):
    """Every number of the clip is there in both, and each depth picture is that of the frame beside it."""
    write_frames(tmp_path / "s1/a", range(1, 21))
    write_frames(tmp_path / "shifted", range(20), name="{}.png")
    write_frames(tmp_path / "shorter", range(0, 12), name="{}.png")
    write_frames(tmp_path / "cut", range(2, 15), name="{}.png")
    for folder, last in (("shifted", 19), ("shorter", 11)):
        told = rf"depth with the numbers of its colour frames, 1 to 20 \(20 frames\), found 0 to {last}"
        with pytest.raises(DatasetError, match=told):
            index(tmp_path, [row(depth_path=folder)])
    assert index(tmp_path, [row(depth_path="cut")]).clips[0].depth == "cut"


def test_one_has_words_of_ones_own(root):
    words = {"classes": ["calm", "light pain", "pain"]}
    rows = [row(emotion="Pain"), row(path="s1/b", emotion="calm"), row(path="s2/a", subject="s2", emotion="")]
    clips = index(root, rows, **words).clips
    assert [(clip.label, clip.emotion) for clip in clips] == [("pain", ""), ("calm", ""), ("", "")]
    labels = label_set_named("classes(calm, light pain, pain)")
    assert [labels.label_of(clip) for clip in clips] == [2, 0, None]
    (line,) = faults(root, row(emotion="pian"), **words)
    assert line.endswith("column 'emotion': expected a known word, found 'pian'. Did you mean 'pain'?")
    write_clips(clips, root / "index.csv")
    assert tuple(read_clips(root / "index.csv")) == clips


def test_words_may_be_translated_and_joined(root):
    rows = [
        row(emotion="joy"),
        row(path="s1/b", emotion="joy+surprise"),
        row(path="s2/a", subject="s2", emotion="none"),
    ]
    clips = index(root, rows, emotions={"joy": "happiness"}).clips
    assert [(clip.emotion, clip.emotions) for clip in clips] == [
        ("happiness", "happiness"),
        ("", "happiness+surprise"),
        ("", "none"),
    ]


def test_videos_count_from_the_first_frame_that_is_stated(tmp_path):
    write_video(tmp_path / "a.mp4", fps=25)
    (clip,) = index(tmp_path, [row(path="a.mp4", offset="40")], fps=None).clips
    assert (clip.id, clip.fps, clip.first_frame, clip.color) == ("s1_a_3", 25.0, 1, "a.mp4")
    (line,) = faults(tmp_path, row(path="a.mp4", offset="40"), first_frame=0)
    assert line.endswith("expected a frame of a.mp4, which has 0 to 39, found 40")
    seconds = row(path="a.mp4", onset="0.4", apex="0.6", offset="1.56")
    (clip,) = index(tmp_path, [seconds], unit="seconds", first_frame=0).clips
    assert (clip.onset, clip.apex, clip.offset) == (10, 15, 39)
    write_clips([clip], tmp_path / "index.csv")
    assert read_clips(tmp_path / "index.csv") == [clip]


def with_sound(path, late_s):
    """Copy a video into another with silence of 2 s that begins `late_s` before the pictures."""
    with av.open(str(path)) as given, av.open(str(path.with_name("b.mkv")), "w") as made:
        pictures, sound = given.streams.video[0], made.add_stream("pcm_s16le", rate=8000)
        copied = made.add_stream_from_template(pictures)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.int16), format="s16", layout="mono")
        silence.sample_rate, silence.pts = 8000, 0
        made.mux(sound.encode(silence))
        for packet in given.demux(pictures):
            if packet.size:
                ticks = round(late_s / packet.time_base)
                packet.pts, packet.dts, packet.stream = packet.pts + ticks, packet.dts + ticks, copied
                made.mux(packet)
    return "b.mkv"


@pytest.mark.parametrize(("late_s", "frames"), [(0, 0), (0.4, 10)])
def test_seconds_of_pictures_that_begin_after_the_sound_are_noted(tmp_path, late_s, frames):
    """A player shows at 1 s the frame 25 of a video of 25 frames a second, and frame 15 of one that begins late."""
    name = with_sound(write_video(tmp_path / "a.mp4", fps=25, b_frames=0), late_s)
    (clip,) = index(tmp_path, [row(path=name, onset="0.4", apex="0.6", offset="1.4")], unit="seconds").clips
    assert (clip.onset, clip.apex, clip.offset) == (11, 16, 36)
    assert (f"frames {frames} too late are taken: subtract {late_s} s" in clip.notes) == bool(frames)
    (clip,) = index(tmp_path, [row(path=name, offset="40")], fps=None).clips
    assert clip.notes == ""


def test_slow_motion_is_annotated_in_frames(tmp_path):
    write_video(tmp_path / "a.mp4", fps=25)
    (clip,) = index(tmp_path, [row(path="a.mp4", fps="240")]).clips
    assert clip.fps == 240
    assert clip.notes.endswith("240 frames a second by the table, the file plays 25")
    (line,) = faults(tmp_path, row(path="a.mp4", onset="0.1", apex="0.2", offset="0.3", fps="240"), unit="seconds")
    assert "annotate frames" in line


def test_a_rate_of_the_dataset_that_a_video_does_not_have_is_noted(tmp_path):
    """The setting is that of folders: who means slow motion by it has the rate of the file, and must see that."""
    write_video(tmp_path / "a.mp4", fps=25)
    (clip,) = index(tmp_path, [row(path="a.mp4")], fps=240).clips
    assert (clip.fps, clip.notes) == (25, "25 frames a second of the file: fps: 240 is for folders of frames")
    assert index(tmp_path, [row(path="a.mp4")], fps=25).clips[0].notes == ""
    assert index(tmp_path, [row(path="a.mp4", fps="25")], fps=240).clips[0].notes == ""


def test_a_video_that_is_a_text_is_an_exclusion(root):
    Path(root / "x.mp4").write_text("not a video at all\n" * 20)
    found = index(root, [row(), row(path="x.mp4")])
    assert [(one["reason"], one["source"]) for one in found.exclusions] == [
        ("expected a video, found a text", "clips.csv, row 3")
    ]


def test_without_a_table_the_next_move_is_told(tmp_path):
    with pytest.raises(DatasetError, match=r"expected the table .*clips.csv.*merflow init"):
        index_dataset("mine", "table", SETTINGS | {"root": str(tmp_path)})
