"""The face's outline: against OpenCV's point-in-polygon test and by hand."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from merflow.landmarks.outline import BROW_EXTENSION, face_mask, face_outline, face_up, hull_mask, interocular_px


def schematic_landmarks():
    """A symmetric schematic face: jaw on a half ellipse, brows and eyes level."""
    points = np.zeros((68, 2))
    angle = np.linspace(np.pi, 0, 17)
    points[:17] = np.column_stack([100 + 60 * np.cos(angle), 90 + 70 * np.sin(angle)])
    points[17:27] = np.column_stack([np.linspace(60, 140, 10), np.full(10, 70.0)])
    points[27:] = (100, 100)
    points[36], points[45] = (70, 85), (130, 85)
    return points


@settings(max_examples=20)
@given(seed=st.integers(0, 1000))
def test_hull_mask_agrees_with_opencv(seed):
    points = np.random.default_rng(seed).uniform(2, 38, (9, 2)).astype(np.float32)
    mask = hull_mask(points, (30, 40))
    hull = cv2.convexHull(points)
    for row in range(0, 30, 3):
        for column in range(0, 40, 3):
            distance = cv2.pointPolygonTest(hull, (float(column), float(row)), True)
            if abs(distance) > 1e-3:
                assert mask[row, column] == (distance > 0)


def test_convention_up_is_towards_smaller_y():
    np.testing.assert_allclose(face_up(schematic_landmarks()), [0, -1])


def test_brows_are_raised_by_a_quarter_of_the_interocular_distance():
    points = schematic_landmarks()
    assert interocular_px(points) == 60
    np.testing.assert_allclose(face_outline(points)[17:, 1], 70 - BROW_EXTENSION * 60)


def test_outline_turns_with_the_face():
    points = schematic_landmarks()
    c, s = np.cos(0.4), np.sin(0.4)
    turn = np.array([[c, -s], [s, c]])
    np.testing.assert_allclose(face_outline(points @ turn.T), face_outline(points) @ turn.T, atol=1e-9)


def test_mask_holds_forehead_and_chin_and_nothing_else():
    mask = face_mask(schematic_landmarks(), (180, 200))
    assert mask[58, 100]  # between the brows and their raised copies at y = 55
    assert mask[155, 100]
    assert not mask[52, 100]
    assert not mask[165, 100]
    assert not mask[:, :35].any()
