"""Interpolation in time: every method hits the recorded frames, and what is summed up one by one is the whole sum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.stages.sequences.interpolation import METHODS, Blend, weights
from merflow.stages.sequences.settings import INTERPOLATIONS

AVAILABLE = np.array([3, 4, 5, 9, 10])


def test_the_settings_name_the_methods():
    assert set(METHODS) == set(INTERPOLATIONS)


@pytest.mark.parametrize("method", METHODS)
def test_recorded_frames_come_back(method):
    np.testing.assert_allclose(weights(AVAILABLE.astype(float), AVAILABLE, method), np.eye(5), atol=1e-9)


@given(
    numbers=st.sets(st.integers(0, 300), min_size=2, max_size=40),
    method=st.sampled_from(INTERPOLATIONS),
    fractions=st.lists(st.floats(0, 1), min_size=1, max_size=20),
)
def test_weights_sum_to_one(numbers, method, fractions):
    available = np.array(sorted(numbers))
    positions = available[0] + np.array(fractions) * (available[-1] - available[0])
    found = weights(positions, available, method)
    assert found.shape == (len(available), len(positions))
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-9)
    if method == "linear":
        np.testing.assert_allclose(available @ found, positions, atol=1e-9)
        assert ((found > 0).sum(axis=0) <= 2).all()
    if method == "nearest":
        distance = np.abs(available @ found - positions)
        np.testing.assert_array_equal(distance, np.abs(available[:, None] - positions).min(axis=0))


def test_linear_is_numpys():
    positions = np.linspace(3, 10, 31)
    values = np.random.default_rng(0).normal(size=5)
    np.testing.assert_allclose(
        values @ weights(positions, AVAILABLE, "linear"), np.interp(positions, AVAILABLE, values)
    )


def test_by_hand():
    linear = weights(np.array([3.25, 7.0]), AVAILABLE, "linear").T
    np.testing.assert_allclose(linear, [[0.75, 0.25, 0, 0, 0], [0, 0, 0.5, 0.5, 0]])
    nearest = weights(np.array([3.5, 3.51, 7.0, 7.1]), AVAILABLE, "nearest")
    assert nearest.argmax(axis=0).tolist() == [0, 1, 2, 3]  # of two equally near the earlier
    # The curve of all frames counts them as equally far apart: 7 is half way from the third frame to the fourth.
    evenly = weights(np.array([2.5]), np.arange(5), "tim")
    np.testing.assert_allclose(weights(np.array([7.0]), AVAILABLE, "tim"), evenly, atol=1e-12)


@pytest.mark.parametrize(("positions", "available"), [([2.9], AVAILABLE), ([10.1], AVAILABLE), ([3.0], [3])])
def test_positions_outside_are_refused(positions, available):
    with pytest.raises(ValueError, match="positions within two frames or more"):
        weights(np.array(positions), np.array(available), "linear")


@pytest.mark.parametrize("method", METHODS)
def test_a_blend_is_the_weighted_sum_rounded_and_clipped(method):
    frames = np.random.default_rng(1).choice([0, 255], size=(5, 4, 3, 3)).astype(np.uint8)
    rows = weights(np.linspace(3, 10, 8), AVAILABLE, method)
    blend = Blend(8, (4, 3, 3))
    for frame, row in zip(frames, rows, strict=True):
        blend.add(frame, row)
    expected = np.einsum("nyxc,nl->lyxc", frames.astype(float), rows).clip(0, 255)
    assert np.abs(blend.frames() - expected).max() <= 0.5 + 1e-4
    if method == "tim":  # what a curve does beyond black and white
        unclipped = np.einsum("nyxc,nl->lyxc", frames.astype(float), rows)
        assert unclipped.min() < 0
        assert unclipped.max() > 255
