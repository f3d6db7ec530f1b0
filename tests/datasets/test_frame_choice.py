import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.datasets.clip import Clip
from merflow.datasets.frame_choice import FolderNumbers, with_existing_frames
from merflow.errors import BadClipError


def clip(onset, apex, offset, notes=""):
    return Clip("demo", "1", "a", "A", "micro", onset, apex, offset, 30.0, "4", "", "", "c", "", notes)


def chosen(one, available):
    found = with_existing_frames(one, np.array(sorted(available), dtype=np.int64))
    return (found.onset, found.apex, found.offset), found.notes


def test_existing_frames_are_left_alone():
    assert chosen(clip(2, 5, 9, "before"), range(1, 20)) == ((2, 5, 9), "before")


def test_missing_frames_are_replaced_inside_the_clip_and_noted():
    numbers, notes = chosen(clip(10, 15, 20, "before"), [9, 12, 13, 18, 21])
    assert numbers == (12, 13, 18)
    assert notes == (
        "before; onset frame 10 is missing, 12 taken; apex frame 15 is missing, 13 taken; "
        "offset frame 20 is missing, 18 taken"
    )


def test_clip_without_apex_and_offset_keeps_having_none():
    assert chosen(clip(10, -1, -1), [11, 12]) == ((11, -1, -1), "onset frame 10 is missing, 11 taken")


@pytest.mark.parametrize(
    ("available", "message"), [([], "found no frame in the folder"), ([1, 9, 21], "found 3 frames from 1 to 21")]
)
def test_clip_without_any_frame_is_refused(available, message):
    with pytest.raises(BadClipError, match=f"expected frames from 10 to 20, {message}"):
        chosen(clip(10, 15, 20), available)


@given(st.sets(st.integers(0, 60), min_size=1), st.lists(st.integers(0, 60), min_size=3, max_size=3).map(sorted))
def test_choice_exists_keeps_the_order_and_is_nearest(available, numbers):
    onset, _, offset = numbers
    inside = [number for number in available if onset <= number <= offset]
    if not inside:
        return
    found, _ = chosen(clip(*numbers), available)
    assert list(found) == sorted(found)
    for wanted, number in zip(numbers, found, strict=True):
        assert number in inside
        assert abs(number - wanted) == min(abs(other - wanted) for other in inside)


def test_folders_are_listed_once(tmp_path):
    (tmp_path / "3.jpg").touch()
    numbers = FolderNumbers()
    assert numbers.of(tmp_path).tolist() == [3]
    (tmp_path / "4.jpg").touch()
    assert numbers.of(tmp_path).tolist() == [3]
