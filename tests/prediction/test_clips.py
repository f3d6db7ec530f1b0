"""A clip that is named by hand: the numbers that it gets, and every fault told in one sentence with the next move."""

from pathlib import Path

import pytest
from tests.datasets.reading.video_fixture import write_video
from tests.datasets.table.table_fixture import write_frames

from merflow.datasets.clip import NO_FRAME
from merflow.datasets.intrinsics import Intrinsics
from merflow.errors import DatasetError
from merflow.prediction.clips import Asked, DepthDefaults, clip_of


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """A video of 40 frames at 25 a second, a folder of frames 1 to 20, and files that are none of both."""
    folder = tmp_path_factory.mktemp("recordings")
    write_video(folder / "take 1.mp4")
    write_frames(folder / "frames")
    (folder / "text.mp4").write_text("no video\n")
    (folder / "empty").mkdir()
    return folder


def clip(recordings, name, **asked):
    found, root = clip_of(Asked(recording=recordings / name, **asked), dataset="mine")
    assert root / found.color == recordings / name
    return found


def test_a_whole_video_is_the_clip_where_no_number_is_given(recordings):
    found = clip(recordings, "take 1.mp4")
    assert (found.onset, found.apex, found.offset, found.fps, found.first_frame) == (0, 19, 39, 25.0, 0)
    assert found.id == "new_take 1_0"
    for note in (
        "no apex in what was given, midpoint 19 taken",
        "no onset given, 0 taken",
        "no offset given, 39 taken",
    ):
        assert note in found.notes


@pytest.mark.parametrize(
    ("asked", "frames"),
    [
        ({"onset": 3, "apex": 7, "offset": 9, "first_frame": 0}, (3, 7, 9)),
        ({"onset": 3, "apex": 7, "offset": 9, "first_frame": 1}, (3, 7, 9)),
        ({"onset": 0.2, "apex": 0.4, "offset": 1.0, "unit": "seconds"}, (5, 10, 25)),
        ({"onset": 0.2, "unit": "seconds"}, (5, 22, 39)),
        ({"apex": 5, "first_frame": 1}, (1, 5, 40)),
    ],
)
def test_numbers_and_seconds_are_those_of_the_table_reader(recordings, asked, frames):
    found = clip(recordings, "take 1.mp4", **asked)
    assert (found.onset, found.apex, found.offset) == frames
    assert found.first_frame == asked.get("first_frame", 0)


def test_frames_in_a_folder_have_the_numbers_of_their_names(recordings):
    found = clip(recordings, "frames", onset=4, offset=8, fps=200)
    assert (found.onset, found.apex, found.offset, found.fps) == (4, 6, 8, 200.0)
    assert (clip(recordings, "frames", fps=200).onset, NO_FRAME) == (1, -1)


@pytest.mark.parametrize(
    ("name", "asked", "told"),
    [
        ("take2.mp4", {}, "expected 'take2.mp4', found no such file or folder"),
        ("text.mp4", {}, "expected a video, found"),
        ("empty", {"fps": 30}, "found an empty folder"),
        ("take 1.mp4", {"onset": 3}, "Give --first-frame 0"),
        ("take 1.mp4", {"onset": 3, "offset": 99, "first_frame": 0}, "99. Correct --offset."),
        ("take 1.mp4", {"onset": 9, "offset": 5, "first_frame": 0}, "expected onset <= apex <= offset"),
        ("take 1.mp4", {"onset": 1.5, "offset": 5, "first_frame": 0}, "expected a frame number (unit: frames), found "),
        ("take 1.mp4", {"onset": -1, "offset": 5, "first_frame": 0}, "expected a frame number (unit: frames), found "),
        ("take 1.mp4", {"onset": 0, "unit": "seconds", "fps": 200}, "found 200 frames a second by the table and 25"),
        ("frames", {}, "expected the frames per second of a folder, found none. Give --fps."),
        ("frames", {"fps": 1}, "expected a clip of one expression, at most 10 s, found 19.0 s"),
        ("frames", {"fps": 30, "first_frame": 0}, "expected a folder that counts from 0"),
        ("frames", {"fps": 30, "depth": "nowhere"}, "nowhere: expected a folder of depth pictures, found no"),
        ("frames", {"fps": 30, "intrinsics": Path("a.yaml")}, "a.yaml: expected depth with the camera of it, found"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_clip_is_told(recordings, name, asked, told):
    asked = asked | ({"depth": recordings / asked["depth"]} if "depth" in asked else {})
    with pytest.raises(DatasetError) as error:
        clip(recordings, name, **asked)
    assert told in str(error.value)


def test_depth_must_have_the_frames_of_the_clip(recordings, tmp_path):
    write_frames(tmp_path / "depth", range(1, 6), name="{:05d}.png")
    with pytest.raises(DatasetError, match="expected every frame from 1 to 20, found 15 missing"):
        clip(recordings, "frames", fps=30, depth=tmp_path / "depth")


def test_the_camera_of_depth_is_that_of_the_file_or_of_the_training_data(recordings, tmp_path):
    write_frames(tmp_path / "depth", name="{:05d}.png")
    camera, trained = tmp_path / "camera.json", Intrinsics(fx=9, fy=9, cx=9, cy=9)
    camera.write_text('{"fx": 615, "fy": 614, "cx": 320, "cy": 240, "depth_unit_mm": 0.25}')
    asked = {"fps": 30, "depth": tmp_path / "depth"}
    found = clip(recordings, "frames", **asked, intrinsics=camera, default=DepthDefaults(0.1, trained))
    assert (found.camera, found.depth_unit_mm) == ("615.0 614.0 320.0 240.0", 0.25)
    assert not any(word in found.notes for word in ("intrinsics", "unit"))
    assert clip(recordings, "frames", **asked, intrinsics=camera, depth_unit_mm=2).depth_unit_mm == 2
    as_trained = clip(recordings, "frames", **asked, default=DepthDefaults(0.1, trained))
    assert (as_trained.camera, as_trained.depth_unit_mm) == ("9.0 9.0 9.0 9.0", 0.1)
    notes = clip(recordings, "frames", **asked).notes
    assert "no unit of depth given, 1 mm taken" in notes
    assert "no intrinsics given: a cloud takes focal_px of the model's settings" in notes
    camera.write_text("{fx: 615}")
    with pytest.raises(DatasetError, match=r"camera.json: .*needs the setting 'fy', found none. Correct --intrinsics"):
        clip(recordings, "frames", **asked, intrinsics=camera)
