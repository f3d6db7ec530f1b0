"""What the stages measure of an artificial subject, against what was put there; and what planted faults change."""

import numpy as np
import pytest
from tests.picture_fixtures import (
    CLIP,
    FOCAL,
    NATIVE,
    POINTS,
    SIZE,
    depth_mm,
    landmarks_68,
    painted_face,
    smile_flow,
)

from merflow.imaging.luma import luma
from merflow.landmarks.outline import eye_distance_px, face_mask
from merflow.stages import STAGES
from merflow.stages.faces.quality import eye_opening, of_depth, of_landmarks, of_pictures
from merflow.stages.flow.quality import outside_units
from merflow.stages.sequences.quality import apex_offset, equal_frames


@pytest.fixture(scope="module")
def value(measured):
    return {one.declared.name: one.values.get(CLIP) for one in measured.columns}


def test_every_kind_has_its_columns_and_each_value_is_that_of_the_shard(value, measured):
    assert {one.source.split("/")[0] for one in measured.columns} == {"annotation", *STAGES}
    assert value["face_score"] == 1.5
    assert value["nasal_shift_mm"] == 0.12
    assert value["clip_frames"] == 9
    assert value["apex_place"] == 0.75
    assert value["eye_distance_px"] == pytest.approx(eye_distance_px(landmarks_68(NATIVE)), rel=1e-6)
    assert value["region_filled"] == pytest.approx(50 / POINTS)
    assert value["cloud_points"] == np.isfinite(depth_mm(NATIVE)).sum()
    assert value["head_px"] == pytest.approx(np.hypot(0.8, 0.4))
    face = face_mask(landmarks_68(SIZE), (SIZE, SIZE))
    length = np.hypot(*smile_flow(SIZE))[face]
    assert value["flow_p99"] == pytest.approx(np.percentile(length, 99), abs=0.01)
    assert value["vertices_missing"] == 0


def test_the_eyes_in_space_follow_from_depth_and_focal_length(value):
    depth = value["face_distance_mm"]
    assert value["eye_distance_mm"] == pytest.approx(eye_distance_px(landmarks_68(NATIVE)) * depth / FOCAL, rel=0.1)


def test_motion_of_a_smile_is_inside_the_units_of_a_smile_only():
    face, landmarks = face_mask(landmarks_68(SIZE), (SIZE, SIZE)), landmarks_68(SIZE)
    length = np.hypot(*smile_flow(SIZE))
    assert outside_units(length, face, landmarks, frozenset({12})) < 0.15
    assert outside_units(length, face, landmarks, frozenset({1, 2})) > 0.9
    assert np.isnan(outside_units(length, face, landmarks, frozenset({55})))


def pictures(change):
    grey = luma(np.stack([painted_face(SIZE)] * 2)).astype(float)
    noise = np.random.default_rng(0).normal(0, 2, grey.shape)
    grey += noise
    grey[1] = change(grey[1])
    return of_pictures(grey, face_mask(landmarks_68(SIZE), (SIZE, SIZE)))


def test_light_and_sharpness_of_the_apex():
    assert pictures(lambda apex: apex + 7)["light_change"] == pytest.approx(7, abs=0.2)
    assert pictures(lambda apex: apex)["sharpness_ratio"] == pytest.approx(1, abs=0.1)
    blurred = pictures(lambda apex: (apex + np.roll(apex, 1, 0) + np.roll(apex, 1, 1)) / 3)
    assert blurred["sharpness_ratio"] < 0.5


def test_a_copied_apex_changes_less_than_noise():
    grey = luma(np.stack([painted_face(SIZE)] * 2)).astype(float)
    assert of_pictures(grey, np.ones((SIZE, SIZE), bool))["picture_change"] == 0
    assert pictures(lambda apex: apex)["picture_change"] == pytest.approx(2 * 2 / np.sqrt(np.pi), rel=0.03)


def test_a_tilted_and_a_turned_head_and_closed_eyes():
    straight = landmarks_68(NATIVE)
    angle = np.deg2rad(10)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0]])
    assert of_landmarks(np.stack([straight] * 2), np.eye(2, 3))["roll_deg"] == 0
    assert of_landmarks(np.stack([straight] * 2), turn)["roll_deg"] == pytest.approx(-10)
    aside = straight.copy()
    aside[30, 0] += 0.1 * NATIVE
    assert of_landmarks(np.stack([aside] * 2), np.eye(2, 3))["turn"] > 0.2
    closed = straight.copy()
    closed[36:48, 1] = 0.2 * (closed[36:48, 1] - 0.4 * NATIVE) + 0.4 * NATIVE
    assert eye_opening(closed) == pytest.approx(0.2 * eye_opening(straight), rel=0.1)
    assert of_landmarks(np.stack([straight, closed]), np.eye(2, 3))["eyes_closing"] == pytest.approx(0.8, abs=0.02)


def test_depth_that_is_missing_or_moves():
    depth = np.stack([depth_mm(NATIVE), depth_mm(NATIVE) + 15])
    landmarks = np.stack([landmarks_68(NATIVE)] * 2)
    found = of_depth(depth, landmarks)
    assert found["distance_change_mm"] == pytest.approx(15)
    depth[1, 70:] = np.nan
    assert of_depth(depth, landmarks)["depth_missing"] > 0.3 > found["depth_missing"]


def test_the_apex_is_found_beside_a_drift():
    time, y = np.arange(1, 8), np.zeros((20, 20))
    y[8:11, 8:11] = 1
    bump, drift = np.exp(-((time - 3) ** 2) / 2), 3 * time / 7
    difference = (30 * bump[:, None, None] * y + 20 * drift[:, None, None])[..., None].repeat(3, -1)
    assert apex_offset(difference, 3) == 0
    assert apex_offset(difference, 6) == -3


def test_frames_that_repeat_are_counted():
    difference = np.arange(3)[[0, 1, 1, 2]][:, None, None, None] * np.ones((1, 4, 4, 3), int)
    assert equal_frames(difference) == 2  # the first is the onset, the third the second


def test_who_left_a_clip_out_and_what_was_noted(measured):
    assert measured.left_out["sp9.1_b_3"]["reason"] == "no face"
    assert measured.left_out["sp9.1_c_9"]["stage"] == "index"
    assert measured.notes[CLIP] == "midpoint <taken>"
    small = {"eye_distance_px": "45 < 60", "eye_distance_mm": "29.28 < 45"}
    plain = {"pattern_flat": "0.7337 > 0.35", "pattern_changes": "0 < 0.1", "pooled_still": "1 > 0"}
    assert measured.flags(CLIP) == small | plain  # the artificial face is that of a doll, without noise
