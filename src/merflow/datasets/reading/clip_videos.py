"""Clip videos: a clip whose frames are only at hand as a video, in a set whose sheet has the numbers of pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from merflow.checks import few
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.frame_choice import with_notes
from merflow.datasets.reading.frame_names import SUFFIXES
from merflow.datasets.reading.video_times import video_times
from merflow.errors import BadClipError
from merflow.reading import reading
from merflow.untrusted.video_file import VIDEO_SUFFIXES

VideoStart = Literal["recording", "onset"]
"""What the first frame of a clip's video is: frame 1 of the recording, or the onset of the clip."""

STARTS: tuple[VideoStart, ...] = ("recording", "onset")

_SAME_RATE = 0.01
_SHOWN = 5


class ClipVideos:
    """Finds the videos of clips that have no pictures; each folder is listed at most once."""

    def __init__(self) -> None:
        self._videos: dict[Path, dict[str, list[Path]]] = {}
        self._with_pictures: set[Path] = set()

    def in_place_of(self, own: Path | None, name: str, *, beside: Iterable[Path]) -> Path | None:
        """Return the folder of a clip if it holds a picture, else its video, else the folder.

        Parameters
        ----------
        own : Path or None
            Folder of the clip; None = there is none. A video in it may have any name.
        name : str
            Of the clip, and of a video of it, in any case.
        beside : iterable of Path
            Folders in which the folder of the clip would lie.

        Raises
        ------
        UnreadableError
            When one of the folders cannot be read.
        BadClipError
            When there are several videos: they may begin at other frames.
        """
        inside = self._listed(own) if own else {}
        if own in self._with_pictures:
            return own
        found = [path for paths in inside.values() for path in paths]
        found += (path for folder in beside for path in self._listed(folder).get(name.casefold(), []))
        if len(found) > 1:
            raise BadClipError(
                f"expected one video of the clip, found {few([path.name for path in found])}. Keep the right one",
                source=str(found[0].parent),
            )
        return found[0] if found else own

    def _listed(self, folder: Path) -> dict[str, list[Path]]:
        """Return the videos of a folder by name in lower case, without suffix, and keep whether it has pictures."""
        if folder in self._videos:
            return self._videos[folder]
        with reading(folder):
            files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
        found = self._videos.setdefault(folder, {})
        for path in files:
            if path.suffix.lower() in VIDEO_SUFFIXES:
                found.setdefault(path.stem.casefold(), []).append(path)
        if any(path.suffix.lower() in SUFFIXES for path in files):
            self._with_pictures.add(folder)
        return found


def in_video(clip: Clip, path: Path, *, stored: str, start: VideoStart) -> Clip:
    """Return a clip whose frames are those of a video, numbered as the pictures of its sheet are.

    Parameters
    ----------
    clip : Clip
        With the numbers of the sheet, in order.
    path : Path
        Video.
    stored : str
        The same below the root of the dataset.
    start : {"recording", "onset"}
        What its first frame is.

    Returns
    -------
    Clip
        With the video as `color`; a note says which number its first frame was given.

    Raises
    ------
    BadClipError
        When the video cannot be read, or has not the frames that the sheet names if it begins there.
    """
    times = video_times(path)
    first = 1 if start == "recording" else clip.onset
    last = first + times.n_frames - 1
    _check_length(clip, first, last, start=start, source=stored)
    notes = [f"frames of a video, whose first is taken for frame {first} (video_start: {start})", *times.notes]
    if abs(times.fps - clip.fps) > _SAME_RATE * clip.fps:
        notes.append(f"{clip.fps:g} frames a second by the dataset, the file plays {times.fps:g}")
    return with_notes(replace(clip, color=stored, first_frame=first), notes)


def _check_length(clip: Clip, first: int, last: int, *, start: VideoStart, source: str) -> None:
    """Refuse a video in which the numbers of the sheet would name other frames, as far as its length tells."""
    end = max(clip.offset, clip.apex, clip.onset)
    if start == "recording" and not (first <= clip.onset and end <= last):
        raise BadClipError(
            f"expected a video from frame 1 of the recording on (video_start: recording), which holds the frames "
            f"{clip.onset} to {end} of the sheet, found one of {last} frames. Where videos begin with the onset, set "
            "the dataset's video_start to onset",
            source=source,
        )
    if start == "onset" and clip.offset == NO_FRAME:
        raise BadClipError(
            "expected an offset in the sheet, with which the length of a video from the onset to the offset "
            "(video_start: onset) is compared, found none",
            source=source,
        )
    if start == "onset" and last != clip.offset:
        raise BadClipError(
            f"expected a video from the onset to the offset (video_start: onset), {clip.offset - clip.onset + 1} "
            f"frames, found one of {last - first + 1}. Where videos begin with frame 1 of the recording, set the "
            "dataset's video_start to recording",
            source=source,
        )


def told_of_videos(clips: Sequence[Clip]) -> Sequence[str]:
    """Return the note of a dataset that counts and names clips of videos, which may be compressed; none = empty."""
    of_videos = [clip for clip in clips if Path(clip.color).suffix.lower() in VIDEO_SUFFIXES]
    if not of_videos:
        return ()
    count = "1 clip" if len(of_videos) == 1 else f"{len(of_videos)} clips"
    others = len(clips) - len(of_videos)
    mixed = f", those of {others} in folders of pictures: the motion in the videos may be less" if others else ""
    return (f"frames of {count} are in videos ({few([clip.color for clip in of_videos], _SHOWN)}){mixed}",)
