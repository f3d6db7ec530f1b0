"""Copies: crops that depend on the clip alone, landmarks detected anew in each, the same motion in all."""

import numpy as np
import pytest

from merflow.errors import BadClipError
from merflow.seeds import clip_generator
from merflow.stages.flow.dense_flow import dense_flow
from merflow.stages.graphs.copies import cropped_copies, draw_window, inside_copies
from merflow.stages.graphs.landmarks import find_landmarks
from merflow.stages.graphs.settings import GraphSettings

SETTINGS = GraphSettings(copies=3)


@pytest.fixture(scope="module")
def flows(frames):
    return [dense_flow(frames[0], frame, SETTINGS.flow) for frame in frames[1:]]


def test_windows_lie_inside_and_have_a_side_of_the_range():
    rng = clip_generator("spNO.1_a_1", 0)
    windows = np.array([draw_window(rng, 100, (0.7, 0.9)) for _ in range(300)])
    left, top, side = windows.T
    assert side.min() >= 70
    assert side.max() <= 90
    assert min(left.min(), top.min()) == 0
    assert max((left + side).max(), (top + side).max()) == 100
    assert len(np.unique(side)) > 15


def test_crops_depend_on_clip_and_seed_alone():
    def windows(clip, seed):
        rng = clip_generator(clip, seed)
        return tuple(draw_window(rng, 256, (0.8, 1.0)) for _ in range(4))

    assert windows("a", 0) == windows("a", 0)
    assert len({windows("a", 0), windows("b", 0), windows("a", 1)}) == 3
    assert len(set(windows("a", 0))) == 4


def test_tracked_copies_start_elsewhere_and_move_alike(frames, flows, detector):
    copies = cropped_copies(frames, flows, detector, SETTINGS, clip="spNO.1_a_1")
    plain = find_landmarks(frames, flows, detector)
    assert copies.shape == (3, 3, 68, 2)
    inner = np.s_[..., 17:, :]
    start = np.linalg.norm((copies[:, 0] - plain[0])[inner], axis=-1).mean(axis=1)
    assert ((start > 0.1) & (start < 3)).all()
    motion = copies[:, 1] - copies[:, 0] - (plain[1] - plain[0])
    assert np.linalg.norm(motion[inner], axis=-1).mean() < 0.25 * start.mean()
    again = cropped_copies(frames, flows, detector, SETTINGS, clip="spNO.1_a_1")
    np.testing.assert_array_equal(copies, again)


def test_detected_copies_are_detected_in_every_frame(frames, detector):
    copies = cropped_copies(frames, None, detector, SETTINGS, clip="spNO.1_a_1")
    np.testing.assert_array_equal(copies, np.rint(copies))
    assert not np.array_equal(copies[0], copies[1])


class NoFaceInSomeCrops:
    """A detector that finds a face in every other picture, or in none."""

    def __init__(self, detector, every):
        self.detector, self.every, self.seen = detector, every, 0

    def detect(self, image):
        self.seen += 1
        if self.every == 0 or self.seen % self.every:
            raise BadClipError("no face found")
        return self.detector.detect(image)

    def landmarks(self, image, box):
        return self.detector.landmarks(image, box)


def test_a_crop_without_a_face_is_drawn_anew(frames, flows, detector):
    spoilt = NoFaceInSomeCrops(detector, every=2)
    assert len(cropped_copies(frames, flows, spoilt, SETTINGS, clip="c")) == 3
    assert spoilt.seen == 6
    blind = NoFaceInSomeCrops(detector, every=0)
    assert cropped_copies(frames, flows, blind, SETTINGS, clip="c").shape == (0, 3, 68, 2)
    assert blind.seen == 12


def test_a_copy_with_a_node_outside_is_dropped():
    copies = np.full((3, 3, 2, 2), 20.0, dtype=np.float32)
    copies[1, 2, 0, 1] = 64.0
    np.testing.assert_array_equal(inside_copies(copies, 64), copies[[0, 2]])
