"""Frame choice: the frames of a clip that exist, and the nearest one for a named frame that does not."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.frames import frame_numbers
from merflow.errors import BadClipError

Numbers = NDArray[np.int64]


class FolderNumbers:
    """Frame numbers of folders; each folder is listed once, since many clips lie in one recording."""

    def __init__(self) -> None:
        self._numbers: dict[Path, Numbers] = {}

    def of(self, folder: Path) -> Numbers:
        """Return the sorted frame numbers of a folder.

        Raises
        ------
        BadClipError
            When the folder is missing, or two of its files carry one number.
        """
        if folder not in self._numbers:
            self._numbers[folder] = np.array(frame_numbers(folder), dtype=np.int64)
        return self._numbers[folder]


def nearest(number: int, available: Numbers) -> int:
    """Return the entry of a sorted, non-empty array nearest to a number; of two equally near the earlier."""
    return int(available[np.argmin(np.abs(available - number))])


def with_existing_frames(clip: Clip, available: Numbers) -> Clip:
    """Replace each missing onset, apex or offset frame by the nearest existing frame inside the clip, and note it.

    Parameters
    ----------
    clip : Clip
        With onset <= apex <= offset.
    available : ndarray of int
        Sorted frame numbers that exist.

    Raises
    ------
    BadClipError
        When no frame of the clip exists.
    """
    inside = frames_inside(clip, available)
    if not inside.size:
        found = f"{available.size} frames from {available[0]} to {available[-1]}" if available.size else "no frame"
        last = "the end" if clip.offset == NO_FRAME else clip.offset
        raise BadClipError(f"expected frames from {clip.onset} to {last}, found {found} in the folder")
    named = {"onset": clip.onset, "apex": clip.apex, "offset": clip.offset}
    chosen = {name: nearest(number, inside) for name, number in named.items() if number != NO_FRAME}
    notes = [
        f"{name} frame {named[name]} is missing, {number} taken"
        for name, number in chosen.items()
        if number != named[name]
    ]
    return with_notes(with_frames(clip, chosen), notes)


def frames_inside(clip: Clip, available: Numbers) -> Numbers:
    """Return the frames from onset to offset, or to the end when the clip has no offset."""
    last = clip.offset if clip.offset != NO_FRAME else np.iinfo(np.int64).max
    return available[(available >= clip.onset) & (available <= last)]


def with_notes(clip: Clip, notes: list[str]) -> Clip:
    """Append notes to those that the clip carries."""
    return replace(clip, notes="; ".join([*filter(None, [clip.notes]), *notes]))


def with_frames(clip: Clip, numbers: Mapping[str, int]) -> Clip:
    """Return the clip with the named frame numbers in place of its own."""
    return replace(
        clip,
        onset=numbers.get("onset", clip.onset),
        apex=numbers.get("apex", clip.apex),
        offset=numbers.get("offset", clip.offset),
    )
