import numpy as np
import pytest

from merflow.synthesis.timing import FPS, Recording, Timing, sample_light, sample_timing


def test_micro_expressions_last_half_a_second_at_most():
    rng = np.random.default_rng(0)
    timings = [sample_timing(rng, "micro", Recording()) for _ in range(300)]
    assert {t.apex for t in timings} == {4, 5, 6}
    assert {t.offset - t.apex for t in timings} == {4, 5, 6, 7}
    assert {t.n_frames for t in timings} == set(range(11, 17))
    assert max(t.offset + 1 for t in timings) / FPS <= 0.5


def test_an_expression_takes_as_many_seconds_at_200_frames_a_second():
    rng = np.random.default_rng(0)
    recording = Recording(fps=200.0, frames_before=10, frames_after=13)
    timings = [sample_timing(rng, "micro", recording) for _ in range(1000)]
    rise = {(t.apex - t.onset) / 200 for t in timings}
    fall = {(t.offset - t.apex) / 200 for t in timings}
    assert (min(rise), max(rise)) == pytest.approx((4 / 30, 6 / 30), abs=0.5 / 200)
    assert (min(fall), max(fall)) == pytest.approx((4 / 30, 7 / 30), abs=0.5 / 200)
    assert max(t.offset - t.onset + 1 for t in timings) / 200 <= 0.5
    assert {(t.onset, t.n_frames - t.offset) for t in timings} == {(10, 14)}


def test_macro_expressions_last_longer_than_half_a_second():
    rng = np.random.default_rng(0)
    assert min(sample_timing(rng, "macro", Recording()).offset for _ in range(300)) / FPS > 0.5


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


def test_frames_before_the_onset_are_neutral_and_shift_the_course():
    course = Timing(apex=15, offset=21, onset=10, frames_after=5).intensity()
    assert not course[:10].any()
    np.testing.assert_allclose(course[10:], Timing(apex=5, offset=11, frames_after=5).intensity())


def test_light_flickers_around_one_with_the_stated_spread():
    flicker = np.stack([sample_light(np.random.default_rng(i), 14, 0.02) for i in range(2000)])
    assert flicker.mean() == pytest.approx(1, abs=0.002)
    assert flicker.std() == pytest.approx(0.02, rel=0.05)
    assert np.abs(np.diff(flicker, axis=1)).mean() < 0.4 * 0.02
    assert (sample_light(np.random.default_rng(0), 14, 0.0) == 1).all()


def test_the_lamp_flickers_as_fast_at_200_frames_a_second():
    def spread_and_change(fps, frames_in_a_tenth):
        flicker = np.stack([sample_light(np.random.default_rng(i), 61, 0.02, fps=fps) for i in range(1500)])
        return flicker.std(), (flicker[:, frames_in_a_tenth] - flicker[:, 0]).std()

    assert spread_and_change(200.0, 20) == pytest.approx(spread_and_change(30.0, 3), rel=0.08)
