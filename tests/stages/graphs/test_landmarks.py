"""Landmarks that follow a known motion, and detection that starts from one box."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from merflow.errors import BadClipError
from merflow.stages.flow.dense_flow import DenseFlowSettings, dense_flow
from merflow.stages.graphs.landmarks import (
    Window,
    eye_distance_px,
    find_landmarks,
    follow,
    outside,
    refuse_outside,
)


def test_points_follow_a_linear_flow_between_pixels():
    y, x = np.mgrid[0:40, 0:60].astype(float)
    points = np.array([[10.0, 20.0], [30.25, 7.75]], dtype=np.float32)
    moved = follow(points, np.stack([0.1 * x - 0.2 * y, 1 + 0.05 * x]))
    expected = [[10 - 3.0, 20 + 1.5], [30.25 + 0.1 * 30.25 - 0.2 * 7.75, 7.75 + 1 + 0.05 * 30.25]]
    np.testing.assert_allclose(moved, expected, atol=1e-5)


def test_a_point_outside_moves_with_the_nearest_pixel():
    flow = np.zeros((2, 10, 10))
    flow[0, 9, 4] = 2.5
    np.testing.assert_allclose(follow(np.array([[4.0, 13.0], [-2.0, -2.0]]), flow), [[6.5, 13.0], [-2.0, -2.0]])


def test_tracked_landmarks_see_a_shift_of_a_fraction_of_a_pixel(frames, detector):
    y, x = np.mgrid[0:256, 0:256].astype(float)
    onset = frames[0].astype(float)
    shifted = np.stack([map_coordinates(onset[..., c], [y + 0.3, x - 0.6], mode="nearest") for c in range(3)], axis=-1)
    pair = np.stack([frames[0], np.rint(np.clip(shifted, 0, 255)).astype(np.uint8)])
    found = find_landmarks(pair, [dense_flow(*pair, DenseFlowSettings())], detector)
    np.testing.assert_array_equal(found[0], np.rint(found[0]))
    motion = (found[1] - found[0])[17:]
    assert np.linalg.norm(motion - [0.6, -0.3], axis=1).mean() < 0.05
    detected = find_landmarks(pair, None, detector)
    np.testing.assert_array_equal(detected[0], found[0])
    np.testing.assert_array_equal(detected, np.rint(detected))


def test_the_same_frame_gives_the_same_landmarks(frames, detector):
    detected = find_landmarks(np.stack([frames[0]] * 3), None, detector)
    np.testing.assert_array_equal(detected[1], detected[0])
    np.testing.assert_array_equal(detected[2], detected[0])


def test_a_window_changes_what_is_seen_and_not_the_coordinates(frames, detector):
    whole = find_landmarks(frames[:1], None, detector)
    window = Window(20, 26, 225)
    part = find_landmarks(frames[:1], None, detector, window)
    assert window.cut(frames[0]).shape == (225, 225, 3)
    np.testing.assert_array_equal(window.cut(frames[0])[0, 0], frames[0][26, 20])
    assert np.linalg.norm(part - whole, axis=-1)[:, 17:].mean() < 2
    assert not np.array_equal(part, whole)


def test_grey_frames_are_as_good(frames, detector):
    grey = np.repeat(np.rint(frames @ [0.299, 0.587, 0.114]).astype(np.uint8)[..., None], 3, axis=-1)
    flows = [[dense_flow(f[0], f[1], DenseFlowSettings())] for f in (frames, grey)]
    colour, without = (find_landmarks(f[:2], flow, detector) for f, flow in zip((frames, grey), flows, strict=True))
    motion = [points[1] - points[0] for points in (colour, without)]
    assert np.linalg.norm(motion[0] - motion[1], axis=1)[17:].mean() < 0.1


def test_a_picture_without_a_face_is_refused(detector):
    with pytest.raises(BadClipError, match="no face found"):
        find_landmarks(np.full((2, 128, 128, 3), 90, dtype=np.uint8), None, detector)


def test_eye_distance_by_hand():
    landmarks = np.zeros((68, 2))
    landmarks[36:42], landmarks[42:48] = (10, 5), (40, 45)
    assert eye_distance_px(landmarks) == pytest.approx(50)


def test_outside_counts_half_a_pixel_around_the_centres():
    points = np.array([[-0.5, 3], [-0.51, 3], [99.5, 3], [3, 99.51]])
    np.testing.assert_array_equal(outside(points, 100), [False, True, False, True])


def test_the_message_names_the_landmark_and_its_place():
    position = np.full((3, 2, 2), 50.0, dtype=np.float32)
    refuse_outside(position, (17, 57), ("onset", "apex", "offset"), size_px=100)
    position[1, 1] = (40.0, 101.25)
    with pytest.raises(BadClipError, match=r"100x100 px, but found landmark 57 at \(40\.0, 101\.2\) on the apex"):
        refuse_outside(position, (17, 57), ("onset", "apex", "offset"), size_px=100)
