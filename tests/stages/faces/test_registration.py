"""Depth against colour: a face of known shape, and the demo, registered, shifted and mirrored."""

import numpy as np
import pytest

from merflow.datasets.reading.frames import read_depth, read_picture
from merflow.landmarks.outline import eye_distance_px
from merflow.stages.faces.crops import find_geometry
from merflow.stages.faces.registration import MAX_OFFSET, nose_elsewhere, registration_doubt, sides_offset
from merflow.stages.faces.settings import FaceSettings

SHAPE = (300, 320)
MIDDLE, NOSE = 150, 160
EYES_PX = 100


@pytest.fixture(scope="module")
def landmarks():
    """An oval face 180 px wide: jaw, brows, eyes and the tip of the nose."""
    points = np.full((68, 2), (MIDDLE, NOSE), dtype=float)
    angle = np.linspace(np.pi, 0, 17)
    points[:17] = np.stack([MIDDLE + 90 * np.cos(angle), 120 + 130 * np.sin(angle)], axis=1)
    points[17:27] = np.stack([np.linspace(80, 220, 10), np.full(10, 85)], axis=1)
    points[36:42], points[42:48] = (MIDDLE - EYES_PX / 2, 110), (MIDDLE + EYES_PX / 2, 110)
    return points


def head(*, shift=(0, 0), tilt=(0.0, 0.0)):
    """Depth of a head with ears and a nose, mm, its middle moved by `shift` px and turned by `tilt` mm per px."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(float)
    x, y = x - MIDDLE - shift[0], y - NOSE - shift[1]
    depth = 650 + 0.004 * x**2 + tilt[0] * x + tilt[1] * y - 20 * np.exp(-(x**2) / 200 - y**2 / 800)
    return np.where((np.abs(x) < 100) & (y > -130), depth, np.nan)


@pytest.mark.parametrize("shift", [(0, 0), (30, 0), (-50, 0), (0, 45), (0, -50), (-20, 40)])
@pytest.mark.parametrize("tilt", [(0.0, 0.0), (0.3, 0.0), (-0.2, 0.3)])
def test_a_known_shift_is_found(landmarks, shift, tilt):
    depth = head(shift=shift, tilt=tilt)
    assert sides_offset(np.isfinite(depth), landmarks) == pytest.approx(shift[0], abs=1)
    if shift != (0, 0):
        assert nose_elsewhere(depth, landmarks, within_px=5) == pytest.approx(shift, abs=4)
    else:
        assert nose_elsewhere(depth, landmarks, within_px=5) is None
    doubt = registration_doubt(depth, landmarks)
    assert (doubt is not None) == (shift != (0, 0))


def test_hair_and_ears_on_both_sides_are_no_shift(landmarks):
    body = np.isfinite(head())
    body[:, 20:300] |= body.any(axis=1)[:, None]
    assert sides_offset(body, landmarks) == pytest.approx(9.5)
    body[:] = True
    assert sides_offset(body, landmarks) is None  # a wall close behind: no side is seen


def test_a_flat_thing_has_no_nose(landmarks):
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(float)
    assert nose_elsewhere(650 + 0.1 * x - 0.2 * y, landmarks, within_px=20) is None
    assert nose_elsewhere(np.full(SHAPE, np.nan), landmarks, within_px=20) is None


def test_lips_that_come_a_little_further_forward_than_the_nose_are_no_doubt(landmarks):
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(float)
    lips = np.exp(-((x - MIDDLE) ** 2) / 200 - (y - NOSE - 60) ** 2 / 200)
    assert registration_doubt(head() - 22 * lips, landmarks) is None
    assert registration_doubt(head() - 60 * lips, landmarks) is not None


@pytest.mark.parametrize("away", [(80, -50), (-70, 40)], ids=["arm of glasses", "hand at the cheek"])
def test_what_stands_out_beside_the_nose_is_no_nose(landmarks, away):
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(float)
    thing = 40 * np.exp(-((x - MIDDLE - away[0]) ** 2 + (y - NOSE - away[1]) ** 2) / 100)
    assert nose_elsewhere(head() - thing, landmarks, within_px=20) is None
    assert nose_elsewhere(head(shift=(0, 40)) - thing, landmarks, within_px=20) == pytest.approx((0, 40), abs=4)


@pytest.fixture(scope="module")
def seen(tiny_demo, clips, detector):
    """Depth of the onset of every clip, its geometry."""
    found = []
    for clip in clips:
        picture = read_picture(tiny_demo / clip.color / f"{clip.onset}.jpg")
        geometry = find_geometry(picture, FaceSettings(), detector)
        found.append((read_depth(tiny_demo / clip.depth / f"{clip.onset}.png", geometry.shape), geometry))
    return found


def doubt_of(depth, geometry):
    return registration_doubt(geometry.cut(depth), geometry.landmarks - geometry.window[:2])


def test_depth_as_it_was_recorded_is_not_doubted(seen):
    assert [doubt_of(*one) for one in seen] == [None] * len(seen)


@pytest.mark.parametrize(("px", "axis"), [(-40, 0), (40, 0), (80, 0), (-80, 1), (-40, 1), (40, 1), (80, 1)])
def test_depth_that_is_shifted_is_doubted(seen, px, axis):
    doubts = [doubt_of(np.roll(depth, px, axis=axis), geometry) for depth, geometry in seen]
    assert sum(map(bool, doubts)) >= len(doubts) - 1  # of 96 clips of the demo 13 are not told at 40 px up
    assert all("may be shifted or mirrored against colour" in doubt.reason for doubt in doubts if doubt)


def test_depth_that_is_mirrored_is_doubted_unless_the_face_is_in_the_middle(seen):
    for depth, geometry in seen:
        off_middle = abs(depth.shape[1] - 1 - 2 * geometry.landmarks[30, 0])
        if off_middle > 1.5 * MAX_OFFSET * eye_distance_px(geometry.landmarks):
            assert doubt_of(depth[:, ::-1], geometry)
