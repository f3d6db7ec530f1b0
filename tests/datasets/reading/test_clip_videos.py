"""CASME II and SAMM from videos: a frame number of the sheet names the same picture as in a folder of pictures."""

import cv2
import pytest
from tests.datasets.casme2 import casme2_fixture as casme2
from tests.datasets.reading.video_fixture import number_of, pattern, write_video
from tests.datasets.samm import samm_fixture as samm

from merflow.datasets.casme2.reader import Casme2Settings, read_casme2
from merflow.datasets.clip_table import read_clips, write_clips
from merflow.datasets.reading.frame_source import frames_of
from merflow.datasets.samm.reader import SammSettings, read_samm
from merflow.errors import ConfigError

BASE = "CASME2_Compressed video/CASME2_compressed"


def film(path, first, last, *, codec="mpeg4"):
    """Write a video at 60 frames a second whose pictures show the numbers from `first` to `last`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    numbers = range(first, last + 1)
    return write_video(path, codec, "yuvj420p" if codec == "mjpeg" else "yuv420p",
                       times=range(len(numbers)), numbers=numbers, fps=60)  # fmt: skip


def shown(clip, root):
    """Return the numbers that the pictures of onset, apex and offset carry."""
    source = frames_of(clip, root)
    return [number_of(source.read(number).rgb) for number in (clip.onset, clip.apex, clip.offset)]


def casme2_root(tmp_path, *videos):
    casme2.write_coding(tmp_path, [casme2.Row(video=video) for video in videos])
    return tmp_path


def read(root, **settings):
    return read_casme2("casme2", Casme2Settings(root=root, **settings))


@pytest.mark.parametrize("codec", ["mpeg4", "mjpeg"])
def test_numbers_are_those_of_the_pictures_of_a_recording(tmp_path, codec):
    root = casme2_root(tmp_path, "EP02_01f")
    film(root / BASE / "sub01/ep02_01F.avi", 1, 100, codec=codec)
    index = read(root)
    (clip,) = index.clips
    assert (clip.id, clip.first_frame, clip.fps) == ("sub01_EP02_01f_46", 1, 200.0)
    assert shown(clip, root) == [46, 59, 86]
    assert clip.color == f"{BASE}/sub01/ep02_01F.avi"
    assert f"frames of the layout compressed, from {BASE}" in index.notes
    for note in ("whose first is taken for frame 1 (video_start: recording)", "the file plays 60"):
        assert note in clip.notes
    write_clips([clip], tmp_path / "index.csv")
    assert read_clips(tmp_path / "index.csv") == [clip]


def test_pictures_come_before_videos_and_a_mix_is_named(tmp_path):
    root = casme2_root(tmp_path, "EP02_01f", "EP03_02", "EP04_01")
    for video in ("EP02_01f", "EP03_02"):
        film(root / f"CASME2-RAW/sub01/{video}.avi", 1, 100)
    for number in range(1, 101):
        folder = root / "CASME2-RAW/sub01/EP02_01f"
        folder.mkdir(exist_ok=True)
        cv2.imwrite(str(folder / f"img{number}.jpg"), pattern(number))
    film(root / "CASME2-RAW/sub01/EP04_01/take.avi", 1, 100)
    (root / "CASME2-RAW/sub01/EP03_02").mkdir()  # without a picture, it hides no video
    index = read(root)
    pictures, video, inside = index.clips
    assert [one.color.removeprefix("CASME2-RAW/sub01/") for one in index.clips] == [
        "EP02_01f", "EP03_02.avi", "EP04_01/take.avi",
    ]  # fmt: skip
    assert shown(pictures, root) == shown(video, root) == shown(inside, root) == [46, 59, 86]
    (note,) = [one for one in index.notes if "videos" in one]
    assert note == (
        "frames of 2 clips are in videos (CASME2-RAW/sub01/EP03_02.avi, CASME2-RAW/sub01/EP04_01/take.avi), "
        "those of 1 in folders of pictures: the motion in the videos may be less"
    )


def test_a_video_that_begins_with_the_onset_is_read_where_the_setting_says_so(tmp_path):
    root = casme2_root(tmp_path, "EP02_01f")
    film(root / BASE / "sub01/EP02_01f.avi", 46, 86)
    (out,) = read(root).exclusions
    assert "holds the frames 46 to 86 of the sheet, found one of 41 frames" in out["reason"]
    assert "set the dataset's video_start to onset" in out["reason"]
    (clip,) = read(root, video_start="onset").clips
    assert (clip.first_frame, shown(clip, root)) == (46, [46, 59, 86])


@pytest.mark.parametrize("numbers", [(1, 100), (46, 85), (45, 86)])
def test_a_video_of_another_length_does_not_begin_with_the_onset(tmp_path, numbers):
    root = casme2_root(tmp_path, "EP02_01f")
    film(root / BASE / "sub01/EP02_01f.avi", *numbers)
    (out,) = read(root, video_start="onset").exclusions
    assert f"41 frames, found one of {numbers[1] - numbers[0] + 1}" in out["reason"]
    assert out["source"] == f"{BASE}/sub01/EP02_01f.avi"


def test_two_videos_of_a_clip_are_refused(tmp_path):
    root = casme2_root(tmp_path, "EP02_01f")
    for suffix in ("avi", "mp4"):
        film(root / f"{BASE}/sub01/EP02_01f.{suffix}", 1, 100)
    (out,) = read(root).exclusions
    assert out["reason"] == "expected one video of the clip, found EP02_01f.avi, EP02_01f.mp4. Keep the right one"


def test_a_damaged_video_is_an_exclusion(tmp_path):
    root = casme2_root(tmp_path, "EP02_01f")
    (root / BASE / "sub01").mkdir(parents=True)
    (root / BASE / "sub01/EP02_01f.avi").write_text("not a video at all\n" * 20)
    (out,) = read(root).exclusions
    assert out["reason"] == "expected a video, found a text"


def test_a_released_clip_of_samm_begins_with_its_onset(tmp_path):
    samm.write_micro(tmp_path, [samm.Row(onset=162, apex=180, offset=200)])
    film(tmp_path / "SAMM/006/006_1_2.avi", 162, 200)
    (clip,) = read_samm("samm", SammSettings(root=tmp_path)).clips
    assert (clip.id, clip.first_frame, clip.color) == ("006_1_2_162", 162, "SAMM/006/006_1_2.avi")
    assert shown(clip, tmp_path) == [162, 180, 200]
    (out,) = read_samm("samm", SammSettings(root=tmp_path, video_start="recording")).exclusions
    assert "found one of 39 frames" in out["reason"]


def test_where_a_video_begins_is_one_of_two_words(tmp_path):
    with pytest.raises(ConfigError, match="video_start: expected one of recording, onset"):
        Casme2Settings(root=tmp_path, video_start="first")
