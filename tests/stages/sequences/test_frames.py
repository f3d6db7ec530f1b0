"""Differences to the onset, and the frames back from them."""

import numpy as np

from merflow.stages.sequences.frames import sequence_difference, sequence_frames


def test_frames_come_back_exactly_from_the_largest_differences_too():
    frames = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3)).astype(np.uint8)
    frames[0, :4], frames[1, :4], frames[0, 4:], frames[1, 4:] = 0, 255, 255, 0
    difference = sequence_difference(frames)
    assert difference.dtype == np.int16
    assert (difference.min(), difference.max()) == (-255, 255)
    np.testing.assert_array_equal(difference[3], frames[4].astype(int) - frames[0])
    again = sequence_frames(frames[0], difference)
    assert again.dtype == np.uint8
    np.testing.assert_array_equal(again, frames)
