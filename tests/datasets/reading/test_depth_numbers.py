"""Depth is that of a colour frame where both are surely numbered alike."""

import pytest

from merflow.datasets.reading.depth_numbers import check_depth_numbers
from merflow.errors import BadClipError


@pytest.mark.parametrize(
    ("color", "depth"),
    [
        (range(1, 101), range(100)),
        (range(1, 101), range(99)),
        (range(1, 101), range(101)),
        (range(100), range(1, 90)),
        (range(46, 87), range(47, 88)),
        (range(10, 51), range(1, 42)),
        (range(10, 51), range(1, 40)),
        (range(1, 42), range(10, 60)),
    ],
)
def test_numbers_of_which_it_is_not_certain_that_they_are_alike_are_refused(color, depth):
    with pytest.raises(BadClipError, match=f"{color[0]} to {color[-1]} .*found {depth[0]} to {depth[-1]}") as told:
        check_depth_numbers(color, depth)
    assert f"move the frames before {max(color[0], depth[0])} away" in told.value.reason


@pytest.mark.parametrize(
    ("color", "depth"),
    [
        (range(1, 101), range(1, 101)),
        (range(1, 101), range(1, 90)),
        (range(1, 101), [1, 2, 5, 9]),
        (range(46, 87), range(1, 501)),
        (range(46, 87), range(87)),
        (range(1, 101), range(3, 101)),
        (range(46, 87), range(48, 90)),
        (range(1, 101), []),
    ],
)
def test_a_recording_that_was_cut_or_lost_frames_keeps_its_depth(color, depth):
    check_depth_numbers(color, depth)
