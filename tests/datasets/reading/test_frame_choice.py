from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.datasets.clip import Clip
from merflow.datasets.reading.frame_choice import FolderNumbers, with_existing_frames
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


@pytest.mark.parametrize(
    ("numbers", "available", "taken"),
    [
        ((10, 12, 20), [10, 11, 13, 20], (10, 11, 20)),  # of two equally near the earlier
        ((10, 11, 20), [10, 12, 13, 20], (10, 12, 20)),
        ((10, 11, 20), [12, 13, 20], (12, 13, 20)),  # 12 is the nearest of both
        ((10, 18, 20), [10, 16, 19], (10, 16, 19)),  # 19 is nearer to the apex, and all that the offset has
        ((10, 10, 20), [11, 20], (11, 11, 20)),  # annotated as one frame
    ],
)
def test_a_stand_in_is_near_and_never_the_frame_of_another_role(numbers, available, taken):
    assert chosen(clip(*numbers), available)[0] == taken


@pytest.mark.parametrize(
    ("numbers", "available", "message"),
    [
        ((492, 500, 1600), range(1562, 1601), r"onset frame 492 \(nearest: 1562\), apex frame 500 \(nearest: 1562\)$"),
        ((10, 15, 20), range(10, 18), r"offset frame 20 \(nearest: 17\)"),  # three frames away
        ((10, 11, 12), [10, 12], r"each of onset, apex, offset, at most 2 .* apex frame 11 \(nearest: 10\)"),
        ((10, 12, -1), [11], r"each of onset, apex, at most"),
    ],
)
def test_a_clip_whose_frames_have_no_stand_in_is_refused(numbers, available, message):
    with pytest.raises(BadClipError, match=message):
        chosen(clip(*numbers), available)


def test_clip_without_apex_and_offset_keeps_having_none():
    assert chosen(clip(10, -1, -1), [11, 12]) == ((11, -1, -1), "onset frame 10 is missing, 11 taken")


@pytest.mark.parametrize(
    ("available", "message"), [([], "found no frame in the folder"), ([1, 9, 21], "found 3 frames from 1 to 21")]
)
def test_clip_without_any_frame_is_refused(available, message):
    with pytest.raises(BadClipError, match=f"expected frames from 10 to 20, {message}"):
        chosen(clip(10, 15, 20), available)


@given(st.sets(st.integers(0, 12), min_size=1), st.lists(st.integers(0, 12), min_size=3, max_size=3).map(sorted))
def test_choice_exists_is_near_and_keeps_roles_apart_or_there_is_none(available, numbers):
    onset, _, offset = numbers
    inside = [number for number in sorted(available) if onset <= number <= offset]

    def allowed(frames):
        near = all(abs(a - b) <= (0 if a in inside else 2) for a, b in zip(numbers, frames, strict=True))
        return near and [np.sign(b - a) for a, b in pairwise(frames)] == [np.sign(b - a) for a, b in pairwise(numbers)]

    choices = [frames for frames in product(inside, repeat=3) if allowed(frames)]
    if not choices:
        with pytest.raises(BadClipError, match="expected"):
            chosen(clip(*numbers), available)
        return
    found, _ = chosen(clip(*numbers), available)
    assert found in choices

    def distance(frames):
        return np.abs(np.subtract(frames, numbers)).sum()

    assert distance(found) == min(map(distance, choices))


def test_folders_are_listed_once(tmp_path):
    (tmp_path / "3.jpg").touch()
    numbers = FolderNumbers()
    assert numbers.of(tmp_path).tolist() == [3]
    (tmp_path / "4.jpg").touch()
    assert numbers.of(tmp_path).tolist() == [3]
    assert numbers.notes(tmp_path) == []


def test_a_folder_without_frames_says_what_lies_there(tmp_path):
    for number in range(46, 87):
        (tmp_path / f"img{number}.jpg.jpg").touch()
    for name in ("b.gif", "a.avi", "c.AVI", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "old").mkdir()
    with pytest.raises(BadClipError, match=r"\.webp, found 2 \*\.avi \(such as a\.avi\), 1 \*\.gif \(") as caught:
        FolderNumbers().some_of(tmp_path)
    assert "41 *.jpg (such as img46.jpg.jpg), 1 folders (such as old): take the frames" in str(caught.value)
    (tmp_path / "none").mkdir()
    with pytest.raises(BadClipError, match="found an empty folder"):
        FolderNumbers().some_of(tmp_path / "none")
