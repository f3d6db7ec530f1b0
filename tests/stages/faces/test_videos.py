"""A clip of a video is the clip of the pictures that the video was made of."""

import shutil
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest

from merflow.datasets.reading.frames import list_frames, read_color
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.faces.stage import extract_clip

SETTINGS = FaceSettings(frames=("onset", "apex"))


@pytest.fixture
def filmed(tiny_demo, clips, tmp_path):
    """Return a clip in a lossless video that counts its frames from 1, beside its depth; (clip, root)."""
    clip = clips[0]
    frames = list_frames(tiny_demo / clip.color)
    numbers = [number for number in frames if clip.onset - 1 <= number <= clip.apex]
    with av.open(str(tmp_path / "x.mkv"), "w") as container:
        stream = container.add_stream("ffv1", rate=30)
        stream.pix_fmt = "bgr0"
        stream.height, stream.width = read_color(frames[clip.onset]).shape[:2]
        for time, number in enumerate(numbers):
            frame = av.VideoFrame.from_ndarray(read_color(frames[number]), format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    (tmp_path / "depth").mkdir()
    for time, number in enumerate(numbers, start=1):
        shutil.copy(tiny_demo / clip.depth / f"{number}.png", tmp_path / "depth" / f"{time}.png")
    shift = 1 - numbers[0]
    moved = {"onset": clip.onset + shift, "apex": clip.apex + shift, "offset": len(numbers)}
    return replace(clip, color="x.mkv", depth="depth", first_frame=1, **moved), tmp_path


def test_faces_of_a_video_are_those_of_its_pictures(filmed, tiny_demo, clips, detector):
    clip, root = filmed
    arrays, attrs = extract_clip(clip, SETTINGS, root=root, detector=detector)
    expected, known = extract_clip(clips[0], SETTINGS, root=tiny_demo, detector=detector)
    assert attrs["frames"] == [clip.onset, clip.apex]
    assert attrs["native_size"] == known["native_size"]
    for name, values in expected.items():
        np.testing.assert_array_equal(arrays[name], values)
