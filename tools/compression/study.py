"""The demo as a study of one's own: a table of clips, and a video of each clip in every coding."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np

from merflow.datasets.clip import Clip
from merflow.datasets.reading.clip_frames import frames_of_roles
from merflow.datasets.reading.frame_source import frames_of
from merflow.datasets.registry import index_dataset


@dataclass(frozen=True, slots=True)
class Coding:
    """How a video is written.

    Parameters
    ----------
    title : str
        Name in the table.
    codec, pixels : str
        Encoder and pixel format of FFmpeg.
    options : tuple of (str, str)
        Of the encoder.
    suffix : str
        Of the file.
    """

    title: str
    codec: str
    pixels: str
    options: tuple[tuple[str, str], ...] = ()
    suffix: str = ".mp4"

    @property
    def folder(self) -> str:
        """Name of its folder."""
        return "".join(letter if letter.isalnum() else "_" for letter in self.title)


def _x264(crf: int, pixels: str, name: str) -> Coding:
    return Coding(f"H.264, {name}, crf {crf}", "libx264", pixels, (("crf", str(crf)), ("preset", "medium")))


CODINGS = (
    Coding("FFV1, RGB", "ffv1", "bgr0", (("level", "3"), ("slicecrc", "1")), ".mkv"),
    *(_x264(crf, "yuv444p", "4:4:4") for crf in (0, 18, 23, 28)),
    *(_x264(crf, "yuv420p", "4:2:0") for crf in (0, 18, 23, 28)),
)
"""23 is what FFmpeg takes where nothing is asked for; 4:2:0 is what cameras and telephones write."""


def write_video(path: Path, frames: Sequence[np.ndarray], coding: Coding, *, fps: float) -> None:
    """Write pictures (H, W, 3) of red, green, blue as a video that plays at `fps`."""
    rate = Fraction(fps).limit_denominator(1001)
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:  # noqa: TID251  # writes
        stream = cast("av.VideoStream", container.add_stream(coding.codec, rate=rate, options=dict(coding.options)))
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = coding.pixels
        for number, rgb in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def frames_of_clip(clip: Clip, root: Path) -> list[np.ndarray]:
    """Return the pictures of a clip from onset to offset, as the recording has them."""
    source = frames_of(clip, root)
    return [source.read(number).rgb for number in frames_of_roles(clip, ("all",), source.numbers)]


def as_study(clips: Sequence[Clip], folder: Path, coding: Coding) -> list[Clip]:
    """Write ``clips.csv`` beside the videos of a coding and return its clips, as the reader ``table`` indexes them.

    The clips begin with their onset: frame n of a video is frame onset + n of the recording.
    """
    with (folder / "clips.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("path", "subject", "clip", "onset", "apex", "offset"))
        for clip in clips:
            path = f"{clip.id}{coding.suffix}"
            table.writerow((path, clip.subject, clip.id, 0, clip.apex - clip.onset, clip.offset - clip.onset))
    settings = {"root": str(folder), "unit": "frames", "first_frame": 0}
    by_name = {one.video: one for one in index_dataset("study", "table", settings).clips}
    return [by_name[clip.id] for clip in clips]
