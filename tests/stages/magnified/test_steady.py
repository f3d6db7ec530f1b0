"""Head motion: found in the flow, and taken off the frame."""

import cv2
import numpy as np
import pytest

from merflow.stages.flow.dense_flow import DenseFlowSettings, dense_flow
from merflow.stages.flow.head_motion import affine_field
from merflow.stages.magnified.methods import magnify_float
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.stages.magnified.steady import FramePair, estimate_head_motion, steady_frame

HEAD = np.array([[0.004, -0.006, 0.7], [0.006, 0.004, -1.1]])
INNER = np.s_[16:-16, 16:-16]


def face_landmarks(size=96):
    """Landmarks whose outline covers the middle of the picture."""
    points = np.random.default_rng(0).uniform(0.3 * size, 0.7 * size, (68, 2))
    angle = np.linspace(np.pi, 0, 17)
    points[:17] = np.column_stack([0.5 + 0.38 * np.cos(angle), 0.45 + 0.42 * np.sin(angle)]) * size
    points[17:27] = np.column_stack([np.linspace(0.2, 0.8, 10), np.full(10, 0.3)]) * size
    points[36], points[45] = (0.28 * size, 0.4 * size), (0.72 * size, 0.4 * size)
    return points


def moved_by_head(picture, expression=0.0):
    """Onset and a frame in which the head moved by HEAD, after the mouth went down by `expression` px."""
    y, x = np.mgrid[:96, :96].astype(float)
    inverse = np.linalg.inv(np.eye(2) + HEAD[:, :2])
    before = np.einsum("ij,jhw->ihw", inverse, np.stack([x, y]) - HEAD[:, 2][:, None, None])
    bump = expression * np.exp(-((before[0] - 48) ** 2 + (before[1] - 70) ** 2) / (2 * 6**2))
    return picture(0, 0), picture(x - before[0], y - before[1] + bump)


@pytest.mark.parametrize("expression", [0.0, 1.5])
def test_head_motion_is_found_beside_an_expression(picture, eight_bit, expression):
    onset, frame = (eight_bit(image) for image in moved_by_head(picture, expression))
    flow = dense_flow(onset, frame, DenseFlowSettings())
    found = estimate_head_motion(flow, face_landmarks(), "robust_affine")
    error = affine_field(found - HEAD, (96, 96))
    assert np.hypot(*error)[24:80, 20:76].max() < 0.05
    assert np.hypot(*affine_field(HEAD, (96, 96)))[24:80, 20:76].max() > 1


def test_the_steady_frame_has_the_head_pose_of_the_onset(picture, eight_bit):
    onset, frame = moved_by_head(picture)
    steady = steady_frame(FramePair(eight_bit(onset), eight_bit(frame), HEAD))
    before = np.sqrt(((frame - onset)[INNER] ** 2).mean())
    after = np.sqrt(((steady - onset)[INNER] ** 2).mean())
    assert after < 0.4  # rounding to whole grey levels alone is 0.29
    assert before > 20 * after


@pytest.mark.parametrize("method", ["phase", "linear", "flow_warp", "none"])
def test_a_head_that_moved_is_not_magnified(picture, eight_bit, method):
    onset, frame = moved_by_head(picture)
    out = magnify_float(
        eight_bit(onset), eight_bit(frame), MagnificationSettings(method=method, factor=3.0), head_motion=HEAD
    )
    assert np.sqrt(((out - onset)[INNER] ** 2).mean()) < 1.5


def test_a_head_at_rest_leaves_the_frame_as_it_is(picture, eight_bit):
    frame = eight_bit(picture(1, 0))
    np.testing.assert_array_equal(steady_frame(FramePair(frame, frame)), frame)


@pytest.mark.parametrize("threads", [1, 4])
def test_flow_does_not_depend_on_threads(picture, eight_bit, threads):
    onset, frame = eight_bit(picture(0, 0)), eight_bit(picture(0.6, -0.4))
    expected = dense_flow(onset, frame, DenseFlowSettings())
    before = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        np.testing.assert_array_equal(dense_flow(onset, frame, DenseFlowSettings()), expected)
    finally:
        cv2.setNumThreads(before)


def test_flow_of_a_known_shift(picture, eight_bit):
    flow = dense_flow(eight_bit(picture(0, 0)), eight_bit(picture(0.6, -0.4)), DenseFlowSettings())
    np.testing.assert_allclose(np.median(flow, axis=(1, 2)), [0.6, -0.4], atol=0.03)


def test_pictures_of_two_shapes_are_refused(eight_bit, picture):
    frame = eight_bit(picture(0, 0))
    with pytest.raises(ValueError, match=r"one shape \(H, W, 3\), found \(96, 96, 3\) and \(90, 96, 3\)"):
        FramePair(frame, frame[:90])
