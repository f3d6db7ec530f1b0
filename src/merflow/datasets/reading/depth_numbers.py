"""Depth numbers: whether the depth maps of a recording carry the numbers of its colour frames."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from merflow.errors import BadClipError

_STARTS = [0, 1]


def check_depth_numbers(color: Sequence[int] | NDArray[Any], depth: Sequence[int] | NDArray[Any]) -> None:
    """Raise BadClipError when depth counts from 0 and colour from 1, or the other way round, with as many frames.

    Every number of a clip may be there in both then, and each depth picture is that of the frame beside it.

    Parameters
    ----------
    color, depth : sequence of int
        Numbers of the frames of a recording, ascending.
    """
    if not len(color) or len(color) != len(depth):
        return
    firsts, lasts = (int(color[0]), int(depth[0])), (int(color[-1]), int(depth[-1]))
    if sorted(firsts) == _STARTS:
        raise BadClipError(
            f"expected depth with the numbers of its colour frames, {firsts[0]} to {lasts[0]}, found {firsts[1]} to "
            f"{lasts[1]}, as many: each would be that of the frame beside it. Number both alike"
        )
