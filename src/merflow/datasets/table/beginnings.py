"""Beginnings of videos: how long after the beginning of its file, from which players count, a first frame is shown."""

from functools import lru_cache
from pathlib import Path

from merflow.datasets.reading.video_times import VideoTimes
from merflow.untrusted.video_file import open_video

_TICKS = 10**6
"""Units a second in which FFmpeg says where a file begins."""


def late_note(path: Path, video: VideoTimes) -> list[str]:
    """Return the note of a video in whose seconds a player and merflow name different frames; none = empty.

    Sound that was begun before the camera, and cuts without coding anew, leave pictures that begin late.
    """
    late = late_s(path, video)
    frames = round(late * video.fps)
    if not frames:
        return []
    return [
        f"the first frame is shown {late:.3g} s after the beginning of the file, and seconds count from that frame: "
        f"for a player's times, counted from the beginning, frames {frames} too late are taken: subtract {late:.3g} s"
    ]


@lru_cache(maxsize=1024)  # a recording has many clips
def late_s(path: Path, video: VideoTimes) -> float:
    """Return the seconds from the beginning of a file to its first frame; sound from before 0 is no beginning."""
    with open_video(path) as (container, stream):
        begins_s = max(container.start_time or 0, 0) / _TICKS
        return max(video.first * float(stream.time_base or 0) - begins_s, 0.0)
