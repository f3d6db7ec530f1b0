"""Video times: the number of each frame of a video by its presentation time, known before anything is decoded.

The frames of a recording are numbered in the order in which they are shown, as ``ffmpeg -i video frame_%d.png`` counts
them. That a number stands for one moment holds for a constant frame rate only. So the times of all frames are compared
with a regular grid first. MP4, MOV and AVI have a table of all frames, which is read in place of the file. The times in
other containers stand beside the frames, so such a file is read once, packet by packet, without decoding.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.reading.video_display import check_not_mirrored, no_squares, pixel_sides
from merflow.datasets.reading.video_listing import check_begin, stored_frames
from merflow.errors import BadClipError
from merflow.reading import reading_clip
from merflow.untrusted.video_file import open_video

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_OFF_GRID = 0.25
"""Frame times that a presentation time may lie beside the grid of a constant rate. Cameras of telephones write times
that tremble by a few milliseconds; a frame that was dropped shifts the others by a whole one."""

_CLOCK_ERROR = 2
"""Ticks by which the time from the first to the last frame may be wrong, each of them rounded."""

_TAKE_OUT = (
    "Take the frames out, each once (ffmpeg -i in -fps_mode passthrough frame_%06d.png), and annotate their numbers"
)

_IN_ORDER = "avi"
"""Container that stores no presentation times: only the order of what is decoded numbers its frames."""

_NO_PLACES = ("mpeg", "mpegts")
"""Containers without a list of places, in which FFmpeg guesses where a time is: what it finds is now and then wrong by
a frame (MPEG-2 with B-frames, seen in tests)."""


@dataclass(frozen=True, slots=True)
class VideoTimes:
    """Which frames a video has, and what is known of all of them.

    Parameters
    ----------
    n_frames : int
        As its table or its packets say; a damaged file may hold fewer.
    first : int
        Presentation time of frame 0, in units of the stream.
    step : float
        Units from a frame to the next.
    fps : float
        Frames per second.
    timed : bool
        Whether decoded frames have presentation times, which tell their numbers.
    seekable : bool
        Whether decoding may begin at any key frame: the container finds it, and its time tells its number.
    size : tuple of int
        (width, height), px, as it is to be seen.
    rotation : int
        Degrees by which the stored pictures are turned counter-clockwise to be seen upright: 0, 90, 180 or 270.
    pixels : str
        Format of the stored pictures, as FFmpeg names it.
    bits : int
        Bits of a stored value.
    pixel_sides : tuple of int
        Width and height of a pixel, by their ratio: (4, 3) where the picture is to be shown a third wider. No number
        depends on it, so it is no part of what a digest is made of.
    """

    n_frames: int
    first: int
    step: float
    fps: float
    timed: bool
    seekable: bool
    size: tuple[int, int]
    rotation: int
    pixels: str
    bits: int
    pixel_sides: tuple[int, int] = field(default=(1, 1), repr=False)

    def number_at(self, time: int) -> int:
        """Return the number of the frame, from 0, that is shown at a time in units of the stream."""
        return round((time - self.first) / self.step)

    def time_of(self, number: int) -> int:
        """Return the time, in units of the stream, at which a frame is shown."""
        return self.first + round(number * self.step)

    @property
    def notes(self) -> list[str]:
        """What a person should know of how its pictures become RGB of 8 bits."""
        notes = []
        if self.bits > 8:
            notes.append(f"video of {self.bits} bits ({self.pixels}), brought to 8")
        if self.rotation:
            notes.append(f"turned by {self.rotation} degrees counter-clockwise, as the video says")
        notes += no_squares(self.pixel_sides)
        return notes


def video_times(path: Path) -> VideoTimes:
    """Return the frames of a video; they are looked up once for each state of the file.

    Raises
    ------
    BadClipError
        When the file is no video, too large to be read for its times, of a variable frame rate, lacks frames, is
        interlaced, or to be shown as a mirror image.
    """
    with reading_clip(path):
        state = path.stat()
    return _times(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=256)
def _times(path: Path, size: int, _changed: int) -> VideoTimes:
    with open_video(path) as (container, stream):
        stored = stored_frames(container, stream, path=path, size=size)
        check_begin(stored, path, intra_only=stream.codec_context.codec.intra_only)
    times, every_key = np.sort(np.array(stored.times, np.int64)), all(stored.keys)
    with open_video(path) as (container, stream):
        shown = _first_frame(container, stream, path)
        if stream.time_base is None:
            raise BadClipError("expected a video with a time base, found none", source=str(path))
        tick_s = float(stream.time_base)
        step = _regular_step(times, tick_s=tick_s, path=path)
        if step and stream.average_rate:
            step = _stated_step(step, 1 / (float(stream.average_rate) * tick_s), count=len(times))
        rate = 1 / (step * tick_s) if step else 0.0
        turn = shown.rotation % 360
        width, height = (shown.width, shown.height)[:: -1 if turn in (90, 270) else 1]
        return VideoTimes(
            n_frames=stored.n_shown,
            first=int(times[0]) if shown.pts is None else shown.pts,
            step=step or 1.0,
            fps=round(rate, 6),
            timed=every_key or container.format.name != _IN_ORDER,
            seekable=every_key or container.format.name not in (_IN_ORDER, *_NO_PLACES),
            size=(width, height),
            rotation=turn,
            pixels=shown.format.name,
            bits=max(component.bits for component in shown.format.components),
            pixel_sides=pixel_sides(stream, turned=turn in (90, 270)),
        )


def _stated_step(step: float, stated: float, *, count: int) -> float:
    """Return the step of the rate that the file states, where it is that of the times up to the ticks of its clock.

    Matroska writes milliseconds, of which the 40 frames of a sixth of a second tell a rate to half a percent.
    """
    return stated if abs(stated - step) * (count - 1) <= _CLOCK_ERROR else step


def _first_frame(container: "InputContainer", stream: "VideoStream", path: Path) -> "VideoFrame":
    """Decode the first frame, which tells what the others are like."""
    import av

    try:
        shown = next(container.decode(stream), None)
    except av.FFmpegError as error:
        raise BadClipError(
            f"expected a video, found a first frame that does not decode: {error}", source=str(path)
        ) from error
    if shown is None:
        raise BadClipError("expected a video, found one whose first frame does not decode", source=str(path))
    if shown.interlaced_frame:
        raise BadClipError(
            "expected whole pictures, found interlaced ones, whose even and odd rows are of two moments. Make whole "
            "pictures of them: ffmpeg -i in -vf bwdif=mode=send_frame -c:v ffv1 out.mkv",
            source=str(path),
        )
    if shown.rotation % 90:
        raise BadClipError(
            f"expected pictures turned by 0, 90, 180 or 270 degrees, found {shown.rotation}", source=str(path)
        )
    check_not_mirrored(shown, path)
    return shown


def _regular_step(times: NDArray[np.int64], *, tick_s: float, path: Path) -> float:
    """Return the units between frames of a constant rate; 0 of a single frame.

    Raises
    ------
    BadClipError
        When frames are missing, or the rate varies: says where, and what to do.
    """
    if len(times) == 1:
        return 0.0
    step = float(times[-1] - times[0]) / (len(times) - 1)
    away = times - times[0] - np.arange(len(times)) * step
    if step > 0 and np.abs(away).max() <= max(_OFF_GRID * step, 1):
        return step
    usual = max(float(np.median(np.diff(times))), 1.0)
    steps = np.diff(times) / usual
    late = np.flatnonzero(steps > 1.5)
    if late.size and np.abs(np.delete(steps, late) - 1).max(initial=0) <= _OFF_GRID:
        raise BadClipError(_missing(late, steps), source=str(path))
    shortest, longest = (tick_s * 1000 * float(one) for one in (np.diff(times).min(), np.diff(times).max()))
    raise BadClipError(
        f"expected a constant frame rate, found a variable one: frames are shown for {shortest:.4g} to {longest:.4g} "
        f"ms, so that a number does not tell a time. {_TAKE_OUT}; or record at a constant rate",
        source=str(path),
    )


def _missing(late: Sequence[int] | NDArray[np.intp], steps: NDArray[np.float64]) -> str:
    lost = int(sum(round(float(steps[at])) - 1 for at in late))
    return (
        f"expected every frame of a constant rate, found that {lost} are missing, the first of them after frame "
        f"{int(late[0])} (counted from 0): the numbers behind it name other moments. Take the original recording. "
        f"Or: {_TAKE_OUT}"
    )
