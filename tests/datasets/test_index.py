import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.datasets.clip import Clip
from merflow.datasets.index import check_frame_order
from merflow.datasets.reading.annotation import midpoint
from merflow.errors import BadClipError

FRAME = st.integers(0, 50)


def clip(onset, apex, offset):
    return Clip("demo", "1", "a", "A", "micro", onset, apex, offset, 30.0, "4", "", "", "", "", "")


@given(FRAME, FRAME | st.just(-1), FRAME | st.just(-1))
def test_known_numbers_must_not_go_back(onset, apex, offset):
    known = [number for number in (onset, apex, offset) if number >= 0]
    if known == sorted(known):
        check_frame_order(clip(onset, apex, offset))
    else:
        with pytest.raises(BadClipError, match=rf"expected onset <= apex <= offset, found onset {onset}"):
            check_frame_order(clip(onset, apex, offset))


@given(FRAME, st.integers(0, 50))
def test_midpoint_lies_inside_the_clip(onset, length):
    apex = midpoint(onset, onset + length)
    assert onset <= apex <= onset + length
    assert (onset + length - apex) - (apex - onset) in (0, 1)
