"""Copied frames: pictures with the same content as another one of the clip, so there is no motion between them.

Decoders and capture cards repeat a frame when they miss one, and a gap may be filled by hand so. A camera never takes
the same picture twice: its noise differs.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.checks import few
from merflow.errors import BadClipError
from merflow.stages.faces.crops import Frames

_SHOWN = 10


def refuse_copied_roles(frames: Frames, pictures: NDArray[np.uint8], *, source: str) -> None:
    """Refuse a clip in which two named frames of different numbers are one picture.

    Parameters
    ----------
    frames : sequence of (int, str)
        Numbers and roles.
    pictures : ndarray of shape (T, h, w, 3), uint8
        The face in each, as recorded: files of other bytes may hold the same.
    source : str
        Folder of the frames.

    Raises
    ------
    BadClipError
        Names both frames.
    """
    named = [(i, number, role) for i, (number, role) in enumerate(frames) if role]
    for (i, first, role), (j, second, other) in combinations(named, 2):
        if first != second and np.array_equal(pictures[i], pictures[j]):
            raise BadClipError(
                f"expected motion between {role} and {other}, found that frame {second} is the same picture as frame "
                f"{first}: no motion to measure. Take the original frame",
                source=source,
            )


def refuse_still_pictures(numbers: Sequence[int], pictures: NDArray[np.uint8], *, source: str) -> None:
    """Refuse a clip whose pictures (T, ...) are all one, though made of several frames; raises BadClipError."""
    if len(set(numbers)) > 1 and len(_repeats(pictures)) == len(pictures) - 1:
        raise BadClipError(
            f"expected motion between frames {min(numbers)} and {max(numbers)}, found the same picture "
            f"{len(pictures)} times: no motion to measure",
            source=source,
        )


def repeat_notes(frames: Frames, pictures: NDArray[Any], *, what: str) -> list[str]:
    """Return a note of the frames that repeat the one before; `what` names their kind (``depth``). Empty = none does.

    Parameters
    ----------
    frames : sequence of (int, str)
        Numbers, which may repeat, and roles.
    pictures : ndarray of shape (T, ...)
        NaN equals NaN.
    what : str
    """
    numbers = [number for number, _ in frames]
    again = [str(numbers[i]) for i in _repeats(pictures) if numbers[i] != numbers[i - 1]]
    if not again:
        return []
    return [f"{what} of frame {few(again, _SHOWN)} is that of the frame kept before it"]


def _repeats(pictures: NDArray[Any]) -> Sequence[int]:
    """Return the positions of pictures that equal the one before."""
    may_miss = np.issubdtype(pictures.dtype, np.floating)
    pairs = enumerate(pairwise(pictures), start=1)
    return [i for i, (before, one) in pairs if np.array_equal(before, one, equal_nan=may_miss)]
