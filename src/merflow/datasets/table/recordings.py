"""Recordings that a table names: which frames they have, and what a row asks of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.checks import few, nearest
from merflow.datasets.reading.folders import contents, listing
from merflow.datasets.reading.frame_names import EXPECTED_NAMES
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.reading.video_times import VideoTimes, video_times
from merflow.errors import BadClipError
from merflow.reading import is_file, is_folder, reading_clip
from merflow.untrusted.picture_header import picture_size

_HEADER_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class Recording:
    """The frames of a video or of a folder.

    Parameters
    ----------
    numbers : sequence of int
        Ascending; those of a video from the first frame that the dataset states.
    pictures : mapping of int to Path
        Of a folder; empty for a video.
    video : VideoTimes or None
        Of a video.
    """

    numbers: Sequence[int]
    pictures: Mapping[int, Path]
    video: VideoTimes | None

    @property
    def is_video(self) -> bool:
        """Whether it is a video."""
        return self.video is not None

    def size_of(self, number: int) -> tuple[int, int] | None:
        """Return width and height of a frame; None where the header of its picture says none."""
        return self.video.size if self.video else header_size(self.pictures[number])

    def missing(self, first: int, last: int) -> list[int]:
        """Return the numbers from `first` to `last` that are not there."""
        return sorted({*range(first, last + 1)}.difference(self.numbers))


class Recordings:
    """The recordings below a root, each looked at once.

    Parameters
    ----------
    root : Path
    first_frame : int
        Number of the first frame of a video.
    """

    def __init__(self, root: Path, *, first_frame: int) -> None:
        self._root, self._first = root, first_frame
        self._found: dict[str, Recording | BadClipError] = {}

    def absent(self, path: str) -> str:
        """Return what lies in place of a path that is not there; empty = it is there."""
        found = self._root / path
        if is_folder(found) or is_file(found):
            return ""
        parent = found.parent
        while not is_folder(parent) and parent != self._root:
            parent = parent.parent
        where = parent.relative_to(self._root).as_posix()
        names = [one.name for one in parent.iterdir()] if is_folder(parent) else []
        hint = nearest(found.relative_to(parent).parts[0], names)
        return f"expected {path!r}, found no such file or folder; in {where} lies: {listing(parent)}.{hint}"

    def of(self, path: str) -> Recording:
        """Return a recording.

        Raises
        ------
        BadClipError
            When the folder holds no frames, or the file is no video whose frames can be numbered.
        """
        if path not in self._found:
            try:
                self._found[path] = self._looked_at(self._root / path)
            except BadClipError as error:
                self._found[path] = error
        found = self._found[path]
        if isinstance(found, BadClipError):
            raise BadClipError(found.reason, source=found.source)
        return found

    def _looked_at(self, path: Path) -> Recording:
        with reading_clip(path):
            if is_file(path):
                times = video_times(path)
                return Recording(range(self._first, self._first + times.n_frames), {}, times)
        pictures = list_frames(path)
        if not pictures:
            raise BadClipError(f"expected {EXPECTED_NAMES}, found {contents(path)}", source=str(path))
        return Recording(list(pictures), pictures, None)


def header_size(path: Path) -> tuple[int, int] | None:
    """Return width and height of a picture as its header says; None where it says none."""
    with reading_clip(path), path.open("rb") as file:
        return picture_size(file.read(_HEADER_BYTES))


def check_no_gap(recording: Recording, first: int, last: int, *, source: str) -> None:
    """Raise BadClipError when frames between two are missing."""
    gap = recording.missing(first, last)
    if gap:
        named = few([str(number) for number in gap], 5)
        raise BadClipError(
            f"expected every frame from {first} to {last}, found {len(gap)} missing: {named}", source=source
        )
