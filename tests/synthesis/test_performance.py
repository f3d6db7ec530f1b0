import numpy as np
import pytest

from merflow.synthesis.performance import STILL_AUS, pose_face, sample_jitter, sample_performance
from merflow.synthesis.repertoire import REPERTOIRE
from merflow.synthesis.settings import SynthesisSettings
from merflow.synthesis.timing import Recording

AUS = (1, 2, 4, 12, 18, 26, 45)
HAPPY = REPERTOIRE["happy"][0][0]
CASME3 = Recording()


def perform(recording=CASME3, factors=None, **knobs):
    return sample_performance(
        np.random.default_rng(3),
        HAPPY,
        expression="micro",
        aus=AUS,
        pivot_behind_eyes_mm=75.0,
        settings=SynthesisSettings(**knobs),
        recording=recording,
        unit_factors=factors,
    )


def test_a_factor_moves_its_unit_farther_and_changes_nothing_else():
    plain, other, far = perform(), perform(factors={45: 6.0}), perform(factors={12: 6.0})
    assert plain.au_mm.tobytes() == other.au_mm.tobytes()
    assert far.amplitudes == {12: 6.0 * plain.amplitudes[12]}
    rest = np.arange(len(AUS)) != AUS.index(12)
    np.testing.assert_array_equal(far.au_mm[:, rest], plain.au_mm[:, rest])
    moved = far.au_mm[:, ~rest] - plain.au_mm[:, ~rest]
    np.testing.assert_allclose(moved[:, 0], 5.0 * plain.amplitudes[12] * plain.timing.intensity(), atol=1e-12)


def test_without_jitter_only_the_displayed_action_unit_moves_by_its_amplitude():
    performance = perform(au_jitter_mm=0.0, amp_mm=(1.5, 1.5))
    expected = np.zeros(len(AUS))
    expected[AUS.index(12)] = 1.5
    np.testing.assert_allclose(performance.au_mm[performance.timing.apex], expected, atol=1e-12)
    assert not performance.au_mm[0].any()


def test_every_frame_has_a_pose_and_a_light():
    performance = perform()
    n = performance.timing.n_frames
    assert len(performance.poses) == len(performance.light) == len(performance.au_mm) == n
    assert perform(head_motion=0.0).poses[0] == perform(head_motion=0.0).poses[-1]


def test_jitter_has_the_stated_spread_and_spares_jaw_lips_and_lids():
    jitter = np.stack([sample_jitter(np.random.default_rng(i), 12, AUS, 0.12) for i in range(800)])
    moving = [au not in STILL_AUS for au in AUS]
    assert not jitter[..., ~np.array(moving)].any()
    assert jitter[..., moving].std() == pytest.approx(np.hypot(0.12, 0.08 / np.sqrt(2)), rel=0.05)
    assert np.abs(np.diff(jitter, axis=1)).max() < 0.12


def test_the_slow_sine_of_a_resting_face_does_not_depend_on_the_frame_rate():
    slow = sample_jitter(np.random.default_rng(0), 7, AUS, 0.12, fps=30.0)
    fast = sample_jitter(np.random.default_rng(0), 41, AUS, 0.12, fps=200.0)
    np.testing.assert_allclose(fast[::20], slow[::3], atol=1e-12)  # every 0.1 s


def test_the_expression_starts_after_the_frames_before_the_onset():
    performance = perform(Recording(fps=200.0, frames_before=10, frames_after=13), au_jitter_mm=0.0, amp_mm=(1.5, 1.5))
    timing, smile = performance.timing, performance.au_mm[:, AUS.index(12)]
    assert (timing.onset, timing.n_frames) == (10, timing.offset + 14)
    assert not smile[:11].any()
    assert smile[11] > 0
    assert smile.argmax() == timing.apex
    np.testing.assert_allclose(smile[timing.offset :], 0, atol=1e-12)
    assert len(performance.poses) == len(performance.light) == timing.n_frames


def test_faces_are_the_neutral_plus_each_amount_times_its_basis():
    rng = np.random.default_rng(0)
    neutral = rng.normal(size=(40, 3)) * 50
    bases = {au: rng.normal(size=(40, 3)) for au in AUS}
    performance = perform(au_jitter_mm=0.3)
    faces = pose_face(neutral, bases, performance)
    expected = neutral.copy()
    for au, amount, asymmetry in zip(AUS, performance.au_mm[4], performance.asymmetry, strict=True):
        expected += amount * (1 + asymmetry * np.tanh(neutral[:, :1] / 15)) * bases[au]
    np.testing.assert_allclose(faces[4], expected)
