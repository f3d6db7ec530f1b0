"""Frame choice: the frames of a clip that exist, and the nearest one for a named frame that does not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.folders import contents
from merflow.datasets.reading.frame_names import EXPECTED_NAMES
from merflow.datasets.reading.frames import names_of_frames
from merflow.errors import BadClipError

Numbers = NDArray[np.int64]

MAX_AWAY = 2
"""Frames that a stand-in may lie away from the frame that is missing: at 30 fps, 67 ms of an expression that lasts half
a second. Farther away lies another moment of it, or another expression."""


class FolderNumbers:
    """Frame numbers of folders; each folder is listed once, since many clips lie in one recording."""

    def __init__(self) -> None:
        self._found: dict[Path, tuple[Numbers, list[str]]] = {}

    def of(self, folder: Path) -> Numbers:
        """Return the sorted frame numbers of a folder.

        Raises
        ------
        BadClipError
            When the folder is missing, its names follow no one pattern, or two of its files carry one number.
        """
        return self._listed(folder)[0]

    def some_of(self, folder: Path) -> Numbers:
        """Return the sorted frame numbers of a folder that must hold a frame.

        Raises
        ------
        BadClipError
            As :meth:`of`, and when there is no frame: says what lies there instead.
        """
        numbers = self.of(folder)
        if not numbers.size:
            raise BadClipError(f"expected {EXPECTED_NAMES}, found {contents(folder)}", source=str(folder))
        return numbers

    def notes(self, folder: Path) -> list[str]:
        """Return what a person should know of the names in a folder; raises as :meth:`of`."""
        return self._listed(folder)[1]

    def _listed(self, folder: Path) -> tuple[Numbers, list[str]]:
        if folder not in self._found:
            found = names_of_frames(folder)
            self._found[folder] = np.array([*found.names], dtype=np.int64), found.notes
        return self._found[folder]


def with_existing_frames(clip: Clip, available: Numbers) -> Clip:
    """Replace each missing onset, apex or offset frame by a frame of the clip near it, and note it.

    A stand-in lies at most `MAX_AWAY` frames away. Roles of different frames keep different frames in the same order,
    since two roles with one picture would show no motion. Of all choices the one with the fewest frames of distance in
    all is taken, of equals the earlier.

    Parameters
    ----------
    clip : Clip
        With onset <= apex <= offset.
    available : ndarray of int
        Sorted frame numbers that exist.

    Raises
    ------
    BadClipError
        When no frame of the clip exists, or there is no such choice.
    """
    inside = frames_inside(clip, available)
    if not inside.size:
        found = f"{available.size} frames from {available[0]} to {available[-1]}" if available.size else "no frame"
        last = "the end" if clip.offset == NO_FRAME else clip.offset
        raise BadClipError(f"expected frames from {clip.onset} to {last}, found {found} in the folder")
    named = {"onset": clip.onset, "apex": clip.apex, "offset": clip.offset}
    named = {role: number for role, number in named.items() if number != NO_FRAME}
    numbers = _nearest_in_order([*named.values()], inside)
    if not numbers:
        raise _no_choice(named, inside)
    chosen = dict(zip(named, numbers, strict=True))
    notes = [
        f"{role} frame {number} is missing, {chosen[role]} taken"
        for role, number in named.items()
        if chosen[role] != number
    ]
    return with_notes(with_frames(clip, chosen), notes)


def _nearest_in_order(wanted: Sequence[int], inside: Numbers) -> tuple[int, ...]:
    """Return a frame for each ascending number; empty = there is no choice."""
    near = [[number] if number in inside else _near(number, inside) for number in wanted]

    def in_order(chosen: tuple[int, ...]) -> bool:
        steps = zip(pairwise(wanted), pairwise(chosen), strict=True)
        return all(b > a if later > earlier else b == a for (earlier, later), (a, b) in steps)

    def distance(chosen: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        return sum(abs(number - one) for number, one in zip(wanted, chosen, strict=True)), chosen

    return min(filter(in_order, product(*near)), key=distance, default=())


def _near(number: int, inside: Numbers) -> list[int]:
    return [int(one) for one in inside[np.abs(inside - number) <= MAX_AWAY]]


def _no_choice(named: Mapping[str, int], inside: Numbers) -> BadClipError:
    """Return the error that names each missing frame and the nearest that exists."""
    missing = [
        f"{role} frame {number} (nearest: {inside[np.argmin(np.abs(inside - number))]})"
        for role, number in named.items()
        if number not in inside
    ]
    return BadClipError(
        f"expected a frame of its own for each of {', '.join(named)}, at most {MAX_AWAY} frames from the annotated "
        f"one, but missing in the folder are {', '.join(missing)}"
    )


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
