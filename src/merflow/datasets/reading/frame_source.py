"""Frame source: the colour frames of a clip by number, whether pictures in a folder or a video hold them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from merflow.datasets.clip import Clip
from merflow.datasets.reading.frames import ColorPicture, list_frames, read_picture
from merflow.datasets.reading.videos import VideoFrames
from merflow.errors import BadClipError
from merflow.reading import is_file, reading_clip


class FrameSource(Protocol):
    """What stages read frames from."""

    @property
    def numbers(self) -> Sequence[int]:
        """Frame numbers that exist, ascending."""

    def where(self, number: int) -> str:
        """Return the file that holds a frame, for messages."""

    def read(self, number: int, *, bits: int | None = None) -> ColorPicture:
        """Read a frame.

        Parameters
        ----------
        number : int
        bits : int or None
            Bits in use that it must have, those of the clip's onset; None = told by its own values.

        Raises
        ------
        BadClipError
            When there is no frame of this number, or it cannot be read.
        """


class PictureFolder:
    """Frames that are pictures in a folder.

    Parameters
    ----------
    folder : Path
        Listed once, here.

    Raises
    ------
    BadClipError
        As :func:`merflow.datasets.reading.frames.list_frames`.
    """

    def __init__(self, folder: Path) -> None:
        self._paths = list_frames(folder)

    @property
    def numbers(self) -> Sequence[int]:
        """Frame numbers that exist, ascending."""
        return list(self._paths)

    def where(self, number: int) -> str:
        """Return the file of a frame; raises as :func:`path_of`."""
        return str(path_of(number, self._paths))

    def read(self, number: int, *, bits: int | None = None) -> ColorPicture:
        """Read a picture; raises as :func:`path_of` and :func:`read_picture`."""
        return read_picture(path_of(number, self._paths), bits=bits)


def frames_of(clip: Clip, root: Path) -> FrameSource:
    """Return the colour frames of a clip.

    Parameters
    ----------
    clip : Clip
    root : Path
        Of its dataset.

    Raises
    ------
    BadClipError
        When the folder cannot be listed, or the file is no video whose frames can be numbered.
    """
    path = root / clip.color
    with reading_clip(path):
        if not is_file(path):
            return PictureFolder(path)
    return VideoFrames(path, first_frame=clip.first_frame)


def path_of(number: int, paths: Mapping[int, Path], *, what: str = "frame") -> Path:
    """Return the file of a frame number.

    Raises
    ------
    BadClipError
        When there is none; names the nearest one.
    """
    if number in paths:
        return paths[number]
    if not paths:
        raise BadClipError(f"{what} {number} is missing: expected a file of that number, found none at all")
    nearest = min(paths, key=lambda other: abs(other - number))
    raise BadClipError(
        f"{what} {number} is missing: expected a file of that number, found {len(paths)} others, the nearest {nearest}",
        source=str(paths[nearest].parent),
    )
