"""Depth numbers: whether the depth maps of a recording carry the numbers of its colour frames."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from merflow.errors import BadClipError

_STARTS = (0, 1)


def check_depth_numbers(color: Sequence[int] | NDArray[Any], depth: Sequence[int] | NDArray[Any]) -> None:
    """Raise BadClipError when it is not certain that depth and colour of one number belong together.

    Every number of a clip may be there in both, and each depth picture be that of the frame beside it. Both are taken
    for numbered alike where they begin with one number, or where one of them covers the other, as a whole recording
    covers a cut clip and a camera that lost its first frames. They are not

    - where one counts from 0 and the other from 1, whatever their last numbers: a lost first frame looks the same;
    - where they are as many and begin with other numbers: one of them was numbered anew;
    - where one counts from 0 or 1, the other from a later number, and the first does not reach the end of the other.

    Parameters
    ----------
    color, depth : sequence of int
        Numbers of the frames of a recording, ascending.
    """
    if not len(color) or not len(depth):
        return
    (first, last), (depth_first, depth_last) = (int(color[0]), int(color[-1])), (int(depth[0]), int(depth[-1]))
    if first == depth_first:
        return
    lower_last, higher_last = (last, depth_last) if first < depth_first else (depth_last, last)
    starts = {first, depth_first}
    anew = min(starts) in _STARTS and lower_last < higher_last
    if starts == {*_STARTS} or len(color) == len(depth) or anew:
        raise BadClipError(
            f"expected depth with the numbers of its colour frames, {first} to {last} ({len(color)} frames), found "
            f"{depth_first} to {depth_last} ({len(depth)}): each may be that of another frame. Number both alike; if "
            f"they are, move the frames before {max(starts)} away, which one of them lacks"
        )
