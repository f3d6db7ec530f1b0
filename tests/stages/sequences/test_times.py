"""Which instants a sequence shows: onset, apex and offset always among them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.datasets.clip import Clip
from merflow.errors import BadClipError
from merflow.stages.sequences.settings import SequenceSettings
from merflow.stages.sequences.times import choose_times, spread, thin


def clip(onset, apex, offset, fps=30.0):
    return Clip("demo", "1", "a", "A", "micro", onset, apex, offset, fps, "4", "", "", "c", "", "")


def every(one):
    return list(range(one.onset, one.offset + 1))


@st.composite
def spans(draw):
    onset = draw(st.integers(0, 5000))
    offset = onset + draw(st.integers(1, 400))
    return onset, draw(st.integers(onset, offset)), offset


@given(span=spans(), length=st.integers(3, 64))
def test_onset_apex_and_offset_are_hit_exactly_in_rising_order(span, length):
    onset, apex, offset = span
    position, index = spread(*span, length=length)
    assert len(position) == length
    assert (position[0], position[index], position[-1]) == span
    assert (np.diff(position) > 0).all()
    assert (index == 0) == (apex == onset)
    assert (index == length - 1) == (apex == offset)
    for part in (position[: index + 1], position[index:]):
        np.testing.assert_allclose(np.diff(part, 2), 0, atol=1e-9)


def test_by_hand():
    position, index = spread(10, 14, 20, length=6)
    assert (position.tolist(), index) == ([10, 12, 14, 16, 18, 20], 2)
    # The apex of a slow offset would fall onto the onset, and that of a sudden one onto the offset.
    assert spread(0, 1, 100, length=5)[0].tolist() == [0, 1, 34, 67, 100]
    assert spread(0, 99, 100, length=5)[0].tolist() == [0, 33, 66, 99, 100]
    assert spread(0, 0, 8, length=5) == (pytest.approx([0, 2, 4, 6, 8]), 0)
    assert spread(0, 8, 8, length=5) == (pytest.approx([0, 2, 4, 6, 8]), 4)


@given(span=spans(), step=st.floats(1.01, 20), gone=st.sets(st.integers(0, 5400), max_size=200))
def test_thinning_keeps_the_nearest_frame_of_every_step_and_the_named_ones(span, step, gone):
    onset, _, offset = span
    available = [n for n in range(onset, offset + 1) if n not in gone or n in span]
    kept = thin(available, step=step, named=span)
    assert kept == sorted(set(kept))
    assert set(span) <= set(kept) <= set(available)
    expected = set(span)
    for number in range(int((offset - onset) / step) + 1):
        wanted = onset + step * number
        expected.add(min(available, key=lambda n: (abs(n - wanted), n)))
    assert set(kept) == expected


def thin_by_every_step(available, *, step, named):
    """Thin as the definition says: measure every frame against every step."""
    onset, _, offset = named
    wanted = onset + step * np.arange(int((offset - onset) / step) + 1)
    numbers = np.asarray(available)
    kept = numbers[np.abs(numbers[:, None] - wanted).argmin(axis=0)]
    return sorted({*kept.tolist(), *named})


@given(
    span=spans(),
    rates=st.tuples(st.sampled_from([25.0, 29.97, 30, 60, 100, 200]), st.sampled_from([7.5, 10, 15, 24, 29.97, 30])),
    gone=st.floats(0, 1),
    seed=st.integers(0, 999),
)
def test_thinning_looks_at_few_steps_and_finds_what_all_would(span, rates, gone, seed):
    onset, _, offset = span
    numbers = np.arange(onset, offset + 1)
    left = np.random.default_rng(seed).random(len(numbers)) >= gone
    available = [n for n, stays in zip(numbers.tolist(), left, strict=True) if stays or n in span]
    step = max(rates) / min(rates)
    assert thin(available, step=step, named=span) == thin_by_every_step(available, step=step, named=span)


@pytest.mark.parametrize(
    "available", [[1, 999_999_999_999_999], [1, 7, 10**9, 999_999_999_999_999], range(1, 10**17, 10**15)]
)
def test_frames_that_are_named_by_times_cost_no_more_than_others(available):
    available = list(available)
    one = clip(available[0], available[-2], available[-1], fps=200.0)
    assert choose_times(one, available, SequenceSettings(max_fps=100)).recorded == tuple(available)


def test_200_frames_a_second_become_30():
    one = clip(100, 133, 180, fps=200.0)
    times = choose_times(one, every(one), SequenceSettings())
    # 20/3 frames a step: 100, 106.67, 113.33, 120, ...; and the apex and the offset besides
    assert times.recorded == (100, 107, 113, 120, 127, 133, 140, 147, 153, 160, 167, 173, 180)
    everything = choose_times(one, every(one), SequenceSettings(max_fps=0))
    assert everything.recorded == tuple(every(one))
    assert everything.position.tolist() == times.position.tolist()
    slow = clip(100, 133, 180, fps=30.0)
    assert choose_times(slow, every(slow), SequenceSettings()).recorded == tuple(every(slow))


def test_missing_frames_leave_the_positions_and_are_counted():
    one = clip(10, 15, 20)
    whole = choose_times(one, every(one), SequenceSettings(length=7))
    holes = choose_times(one, [9, 10, 11, 15, 16, 20, 21], SequenceSettings(length=7))
    np.testing.assert_array_equal(holes.position, whole.position)
    assert (holes.apex, holes.recorded) == (whole.apex, (10, 11, 15, 16, 20))
    assert (whole.n_missing, holes.n_missing) == (0, 6)


def test_a_short_clip_is_padded_only_where_asked_for():
    one = clip(10, 12, 13)
    padded = choose_times(one, every(one), SequenceSettings(length=6, short_clips="pad"))
    assert padded.position.tolist() == [10, 11, 12, 13, 13, 13]
    assert (padded.apex, padded.n_frames) == (2, 4)
    stretched = choose_times(one, every(one), SequenceSettings(length=6))
    assert stretched.n_frames == 6
    assert stretched.position.tolist() == spread(10, 12, 13, length=6)[0].tolist()
    long = choose_times(clip(10, 12, 15), range(10, 16), SequenceSettings(length=6, short_clips="pad"))
    assert (long.n_frames, long.position.tolist()) == (6, [10, 11, 12, 13, 14, 15])


def test_without_an_offset_the_recording_ends_the_clip():
    times = choose_times(clip(10, 12, -1), [8, 9, 10, 11, 12, 16], SequenceSettings(length=4))
    assert times.position[[0, -1]].tolist() == [10, 16]
    assert times.recorded == (10, 11, 12, 16)


@pytest.mark.parametrize(
    ("one", "available", "reason"),
    [
        (clip(10, 10, 10), [10], "expected a clip of two frames or more, found onset 10 and offset 10"),
        (clip(10, 10, -1), [8, 9, 10], "expected a clip of two frames or more"),
        (clip(10, 21, 20), range(10, 30), "expected an apex from 10 to 20, found 21"),
        (clip(10, 9, 20), range(5, 30), "expected an apex from 10 to 20, found 9"),
        (clip(10, -1, -1), range(5, 30), "expected a frame number for the apex"),
        (clip(10, 15, 20), [10, 11, 16, 20], "apex frame 15 is missing.*found 4 others"),
        (clip(10, 15, 20), [], "onset frame 10 is missing"),
    ],
)
def test_what_is_no_clip_is_refused(one, available, reason):
    with pytest.raises(BadClipError, match=reason):
        choose_times(one, list(available), SequenceSettings())
