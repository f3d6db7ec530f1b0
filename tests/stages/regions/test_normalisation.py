"""Normalisation of motion: a case by hand, and what holds for any motion."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from merflow.stages.regions.normalisation import motion_scale, normalise_motion

MOTIONS = arrays(np.float64, (6, 3), elements=st.floats(-50, 50).map(lambda value: round(value, 3)))


def test_by_hand():
    motion = np.array([[2.0, -1.0, 0.0], [4.0, -0.5, 1.0]])
    assert motion_scale(motion) == (4.0, 1.0)
    np.testing.assert_allclose(normalise_motion(motion, (4.0, 1.0)), [[0.5, -1, 0], [1, -0.5, 0.25]])


@given(MOTIONS)
def test_signs_stay_and_the_extremes_are_one(motion):
    out = normalise_motion(motion, motion_scale(motion))
    np.testing.assert_array_equal(np.sign(out), np.sign(motion))
    if (motion > 0).any():
        assert out.max() == 1
    if (motion < 0).any():
        assert out.min() == -1


@given(MOTIONS, st.floats(0.01, 100))
def test_a_stronger_expression_looks_the_same(motion, factor):
    weak, strong = (normalise_motion(m, motion_scale(m)) for m in (motion, factor * motion))
    np.testing.assert_allclose(weak, strong, atol=1e-6)


@given(MOTIONS)
def test_channels_are_scaled_jointly(motion):
    out = normalise_motion(motion, motion_scale(motion))
    shuffled = motion[:, [2, 0, 1]]
    np.testing.assert_array_equal(out[:, [2, 0, 1]], normalise_motion(shuffled, motion_scale(shuffled)))


def test_a_percentile_is_not_set_by_one_outlier():
    motion = np.concatenate([np.linspace(0.001, 1, 1000), [80.0], -np.linspace(0.001, 2, 1000)])
    positive, negative = motion_scale(motion, extreme="p99")
    assert positive == pytest.approx(0.99, abs=0.005)
    assert negative == pytest.approx(np.percentile(np.linspace(0.001, 2, 1000), 99))
    assert normalise_motion(motion, (positive, negative)).max() == 1


def test_no_motion_stays_no_motion():
    still = np.zeros((4, 3))
    np.testing.assert_array_equal(normalise_motion(still, motion_scale(still)), still)


def test_an_unknown_extreme_is_refused():
    with pytest.raises(ValueError, match=r"extreme must be one of .* but got 'mean'"):
        motion_scale(np.ones(3), extreme="mean")
