"""What the conditions change in a performance; then one clip with and without what is before the face."""

import csv
from dataclasses import replace

import cv2
import numpy as np
import pytest

from merflow.synthesis.conditions import ConditionRanges, Worn, sample_conditions
from merflow.synthesis.conditions_table import CONDITIONS_TABLE, read_difficulties
from merflow.synthesis.demo import generate_demo
from merflow.synthesis.disturbances import disturbed, lit, settings_under
from merflow.synthesis.ground_truth import read_ground_truth
from merflow.synthesis.performance import sample_performance
from merflow.synthesis.render import Studio
from merflow.synthesis.repertoire import Display
from merflow.synthesis.settings import SynthesisSettings
from merflow.synthesis.shading import Light, shade
from merflow.synthesis.timing import Recording

AUS = (1, 2, 4, 7, 12, 17, 45)
HARD = sample_conditions(
    np.random.default_rng(0),
    ConditionRanges(distractors=(0, 3), lamp_side=(0.0, 1.5), lamp_gain=(1.0, 0.4)),
    "hard",
    Worn(glasses=False, fringe=False),
)
CALM = replace(HARD, distractors=0, blink=False, light_drift=0.0, lamp_gain=1.0)


@pytest.fixture(scope="module")
def performance():
    return sample_performance(
        np.random.default_rng(1),
        Display("anger", (4, 7), "III"),
        expression="micro",
        aus=AUS,
        pivot_behind_eyes_mm=75.0,
        settings=SynthesisSettings(light_sd=0.0),
        recording=Recording(),
    )


def changed(performance, **conditions):
    return disturbed(np.random.default_rng(2), performance, replace(CALM, **conditions), 30.0)


def test_without_disturbances_a_performance_stays_as_it_is(performance):
    same = changed(performance)
    np.testing.assert_array_equal(same.au_mm, performance.au_mm)
    np.testing.assert_array_equal(same.light, performance.light)


def test_distractors_move_units_outside_the_label_as_far_as_stated(performance):
    added = changed(performance, distractors=3, distractor_mm=0.8).au_mm - performance.au_mm
    moved = {au for au, column in zip(AUS, added.T, strict=True) if column.any()}
    assert len(moved) == 3
    assert moved <= set(AUS) - {4, 7, 45}
    assert added.min() >= 0
    assert 0.4 < added.max() <= 0.8
    assert changed(performance, distractors=3).amplitudes == performance.amplitudes


def test_a_blink_closes_the_eyes_for_some_frames(performance):
    added = changed(performance, blink=True).au_mm - performance.au_mm
    assert not added[:, :-1].any()
    assert 5 < added[:, -1].max() <= 12
    assert (added[:, -1] > 0).sum() / 30 <= 0.40 + 1 / 30


def test_the_light_is_dimmed_and_drifts_from_the_first_to_the_last_frame(performance):
    light = changed(performance, lamp_gain=0.5, light_drift=-0.2).light
    np.testing.assert_allclose(light[[0, -1]], [0.55, 0.45])


def test_a_dimmer_lamp_scales_linear_light_and_moves_nothing(performance):
    normal = np.array([[0.0, 0.0, 1.0], [0.6, 0.0, 0.8]])
    albedo, open_sky = np.full((2, 3), 0.3), np.ones(2)
    studio = lit(np.random.default_rng(3), Studio(Light((0, 0, 1)), 0.5, (0, 0)), replace(CALM, lamp_side=-1.2))
    assert studio.lamp.key[0] / studio.lamp.key[2] == pytest.approx(-1.2)
    assert np.linalg.norm(studio.lamp.key) == pytest.approx(1)

    def linear(light):
        c = shade(albedo, normal, open_sky, normal, light).astype(float) / 255
        return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)

    np.testing.assert_allclose(linear(studio.lamp.dimmed(0.5)), 0.5 * linear(studio.lamp), rtol=5e-3)
    assert changed(performance, lamp_gain=0.5).poses == performance.poses


def test_a_clips_settings_are_those_of_its_conditions():
    settings = settings_under(SynthesisSettings(layout="clips"), replace(CALM, noise_sd=4.5, head_motion=2.0))
    assert (settings.noise_sd, settings.head_motion, settings.layout) == (4.5, 2.0, "clips")
    assert settings.amp_mm == CALM.amp_mm


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """Root, record and truth of one clip, bare and behind glasses, hair and a hand."""
    found = []
    for name, there in (("bare", 0.0), ("worn", 1.0)):
        ranges = ConditionRanges(glasses=there, fringe=there, hand=(there, there), head_motion=(1.0, 2.0))
        root = tmp_path_factory.mktemp(name)
        settings = SynthesisSettings(n_subjects=1, clips=1, layout="clips", conditions=ranges)
        (record,) = generate_demo(root, settings)
        found.append((root, record, read_ground_truth(root / "gt" / f"{record.id}.npz")))
    return found


def frames(root, record, number):
    pack = root / "Part_A_ME_clip"
    color = cv2.imread(str(pack / "frame" / record.id / f"{number}.jpg"))
    depth = cv2.imread(str(pack / "depth" / record.id / f"{number}.png"), cv2.IMREAD_UNCHANGED)
    return color.astype(float), depth.astype(float)


@pytest.mark.slow
def test_the_truth_of_the_face_is_the_same_behind_what_hides_it(twins):
    (_, record, bare), (_, same, worn) = twins
    assert record == same
    np.testing.assert_array_equal(worn.flow, bare.flow)
    np.testing.assert_array_equal(worn.landmarks, bare.landmarks)
    assert not bare.occluded.any()
    assert 0.03 < worn.occluded[np.isfinite(worn.flow[0])].mean() < 0.5
    assert not (worn.visible & worn.occluded).any()
    assert not (worn.visible & ~bare.visible).any()


@pytest.mark.slow
def test_a_point_that_is_covered_at_the_apex_alone_is_not_visible(twins):
    (_, _, bare), (_, _, worn) = twins
    covered_later = bare.visible & ~worn.visible & ~worn.occluded
    near = cv2.dilate(worn.occluded.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    assert covered_later.any()  # the head and the hand move by pixels
    assert near[covered_later].mean() > 0.99


@pytest.mark.slow
def test_both_cameras_see_what_hides_the_face_where_the_truth_says_so(twins):
    (bare_root, record, truth), (worn_root, _, worn) = twins
    x0, y0, x1, y1 = truth.bbox
    (color, depth), (covered, nearer) = (frames(root, record, record.onset) for root in (bare_root, worn_root))
    part = np.s_[y0:y1, x0:x1]
    measured = (depth[part] > 0) & (nearer[part] > 0)
    on_face = worn.occluded & np.isfinite(truth.flow[0]) & measured
    assert (depth[part] - nearer[part])[on_face].mean() > 3
    away = ~cv2.dilate(worn.occluded.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool) & measured
    np.testing.assert_array_equal(nearer[part][away], depth[part][away])
    change = np.abs(covered - color).max(axis=2)[part]
    assert np.median(change[worn.occluded]) > 15


@pytest.mark.slow
def test_the_table_of_conditions_has_each_clip_with_its_difficulty(twins):
    root, record, truth = twins[1]
    with (root / CONDITIONS_TABLE).open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["clip"] == record.id
    assert row["difficulty"] == truth.conditions["difficulty"] == read_difficulties(root)[record.id]
    assert (row["glasses"], row["fringe"], row["hand"]) == ("1", "1", "1")
    assert float(row["hidden_share"]) == pytest.approx(worn_share(truth), abs=1e-4)
    assert float(row["motion_px"]) > 0.2


def worn_share(truth):
    return truth.occluded[np.isfinite(truth.flow[0])].mean()
