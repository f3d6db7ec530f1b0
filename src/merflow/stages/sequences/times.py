"""Times: the instants of a clip that its sequence shows, and the recorded frames that their values may come from.

Convention: positions are official frame numbers as floats: 12.25 lies a quarter of the way from frame 12 to frame 13.
By hand: onset 10, apex 14, offset 20 and a length of 6 give 10, 12, 14, 16, 18, 20, and the apex has the index 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.clip_frames import ROLES, frames_of_roles
from merflow.errors import BadClipError
from merflow.stages.sequences.settings import SequenceSettings

Positions = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SequenceTimes:
    """Which instants a sequence shows.

    Attributes
    ----------
    recorded : tuple of int
        Recorded frames that values may come from, ascending: all of the clip, or those left after thinning.
    position : ndarray of shape (L,), float64
        Frame number of each frame of the sequence; onset first.
    apex : int
        Index of the apex among them, 0 where it is the onset.
    n_frames : int
        Frames that are the clip's; those after them repeat the last one.
    n_missing : int
        Frame numbers between onset and offset of which there is no frame.
    """

    recorded: tuple[int, ...]
    position: Positions
    apex: int
    n_frames: int
    n_missing: int


def choose_times(clip: Clip, available: Sequence[int], settings: SequenceSettings) -> SequenceTimes:
    """Choose the instants of a clip.

    Parameters
    ----------
    clip : Clip
        Its onset and apex, and its offset; where the annotation names none (-1) the recording's last frame is taken,
        as the faces stage does under ``frames: [all]``.
    available : sequence of int
        Frame numbers that exist, ascending.
    settings : SequenceSettings
        Reads ``length``, ``max_fps`` and ``short_clips``.

    Raises
    ------
    BadClipError
        When the apex has no number or lies outside the clip, the clip has one frame only, or onset, apex or offset is
        not among the available frames.
    """
    inside = frames_of_roles(clip, ("all",), available)
    offset = clip.offset if clip.offset != NO_FRAME else max(inside, default=clip.onset)
    named = (clip.onset, clip.apex, offset)
    check_span(*named)
    _check_named(named, inside)
    recorded = inside
    if 0 < settings.max_fps < clip.fps:
        recorded = thin(inside, step=clip.fps / settings.max_fps, named=named)
    n_missing = offset - clip.onset + 1 - len(inside)
    if settings.short_clips == "pad" and len(recorded) < settings.length:
        position = np.pad(np.array(recorded, dtype=np.float64), (0, settings.length - len(recorded)), mode="edge")
        return SequenceTimes(tuple(recorded), position, recorded.index(clip.apex), len(recorded), n_missing)
    position, apex = spread(clip.onset, clip.apex, offset, length=settings.length)
    return SequenceTimes(tuple(recorded), position, apex, settings.length, n_missing)


def check_span(onset: int, apex: int, offset: int) -> None:
    """Refuse frame numbers that are no clip of two frames or more.

    Raises
    ------
    BadClipError
        When the apex has no number or lies outside the clip, or onset and offset are one.
    """
    if apex == NO_FRAME:
        raise BadClipError(
            "expected a frame number for the apex, but the annotation has none, and no offset to put it midway to"
        )
    if offset <= onset:
        raise BadClipError(f"expected a clip of two frames or more, found onset {onset} and offset {offset}")
    if not onset <= apex <= offset:
        raise BadClipError(f"expected an apex from {onset} to {offset}, found {apex}; correct the row in the sheet")


def _check_named(named: tuple[int, int, int], inside: Sequence[int]) -> None:
    for role, number in zip(ROLES, named, strict=True):
        if number not in inside:
            raise BadClipError(
                f"{role} frame {number} is missing: expected a file of that number, found {len(inside)} others of "
                "the clip"
            )


def thin(available: Sequence[int], *, step: float, named: tuple[int, int, int]) -> list[int]:
    """Keep the frame nearest to every `step` from the onset on, and the named ones.

    Parameters
    ----------
    available : sequence of int
        Frame numbers of the clip that exist, ascending.
    step : float
        Frames from one that is kept to the next: 200 frames a second thinned to 30 have 6.67.
    named : tuple of int
        Onset, apex and offset.

    Returns
    -------
    list of int
        Ascending. Of two frames equally near the earlier is taken.
    """
    onset, _, offset = named
    numbers = np.asarray(available)
    wanted = onset + step * _steps_beside(numbers - onset, step=step, last=int((offset - onset) / step))
    after = np.searchsorted(numbers, wanted).clip(1, len(numbers) - 1)
    earlier = wanted - numbers[after - 1] <= numbers[after] - wanted
    kept = numbers[np.where(earlier, after - 1, after)]
    return sorted({*kept.tolist(), *named})


def _steps_beside(distances: NDArray[np.int64], *, step: float, last: int) -> NDArray[np.int64]:
    """Return the numbers of the steps just before and after each frame, from 0 to `last`.

    A frame that is the nearest to any step is the nearest to one of these two; all other steps need no look. Where
    frames are named by times there may be 10^15 steps, far more than frames.
    """
    before = np.floor(distances / step).astype(np.int64)
    return np.unique(np.concatenate([before, before + 1]).clip(0, last))


def spread(onset: int, apex: int, offset: int, *, length: int) -> tuple[Positions, int]:
    """Spread a number of instants over a clip so that onset, apex and offset are hit exactly.

    Parameters
    ----------
    onset, apex, offset : int
        onset <= apex <= offset, onset < offset.
    length : int
        How many, 3 or more.

    Returns
    -------
    position : ndarray of shape (length,), float64
        Strictly increasing; evenly spaced from onset to apex and from apex to offset.
    apex_index : int
        Where the apex is: as far along the sequence as along the clip, rounded; first or last only where it is the
        onset or the offset.
    """
    index = round((length - 1) * (apex - onset) / (offset - onset))
    if onset < apex < offset:
        index = min(max(index, 1), length - 2)
    rise = np.linspace(onset, apex, index + 1)
    fall = np.linspace(apex, offset, length - index)
    return np.concatenate([rise[:-1], fall]), index
