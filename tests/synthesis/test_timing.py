import numpy as np
import pytest

from merflow.synthesis.timing import FPS, Timing, sample_light, sample_timing


def test_micro_expressions_last_half_a_second_at_most():
    rng = np.random.default_rng(0)
    timings = [sample_timing(rng, "micro") for _ in range(300)]
    assert {t.apex for t in timings} == {4, 5, 6}
    assert {t.offset - t.apex for t in timings} == {4, 5, 6, 7}
    assert {t.n_frames for t in timings} == set(range(11, 17))
    assert max(t.offset + 1 for t in timings) / FPS <= 0.5


def test_macro_expressions_last_longer_than_half_a_second():
    rng = np.random.default_rng(0)
    assert min(sample_timing(rng, "macro").offset for _ in range(300)) / FPS > 0.5


def test_intensity_is_zero_at_onset_and_offset_and_one_at_the_apex_only():
    timing = Timing(apex=5, offset=11)
    course = timing.intensity()
    assert len(course) == timing.n_frames == 14
    assert course[0] == 0
    np.testing.assert_allclose(course[11:], 0, atol=1e-12)
    assert course.argmax() == 5
    assert course[5] == pytest.approx(1)
    assert (np.diff(course[:6]) > 0).all()
    assert (np.diff(course[5:12]) < 0).all()
    assert course[8] == pytest.approx(0.5)  # half-way down a raised cosine


def test_light_flickers_around_one_with_the_stated_spread():
    flicker = np.stack([sample_light(np.random.default_rng(i), 14, 0.02) for i in range(2000)])
    assert flicker.mean() == pytest.approx(1, abs=0.002)
    assert flicker.std() == pytest.approx(0.02, rel=0.05)
    assert np.abs(np.diff(flicker, axis=1)).mean() < 0.4 * 0.02
    assert (sample_light(np.random.default_rng(0), 14, 0.0) == 1).all()
