"""Rank pooling: the weights by hand and by their other form, what cancels, and the regression by scikit-learn."""

import numpy as np
import pytest
from sklearn.svm import SVR

from merflow.stages.dynamic_images.rank_pooling import pooling_weights, rank_pooled

RNG = np.random.default_rng(0)


def test_weights_by_hand():
    np.testing.assert_allclose(pooling_weights(2), [-0.5, 0.5], atol=1e-12)
    np.testing.assert_allclose(pooling_weights(3), [-4 / 3, 2 / 3, 2 / 3], atol=1e-12)
    np.testing.assert_allclose(pooling_weights(5), [-3.7, 0.3, 1.3, 1.3, 0.8], atol=1e-12)


@pytest.mark.parametrize("frames", [2, 3, 17, 60])
def test_weights_are_those_of_the_running_means_and_add_up_to_0(frames):
    weights = pooling_weights(frames)
    assert abs(weights.sum()) < 1e-10
    values, places = RNG.normal(size=(frames, 4)), np.arange(1, frames + 1)
    means = np.array([values[:t].mean(axis=0) for t in places])
    np.testing.assert_allclose(weights @ values, (2 * places - frames - 1) @ means, atol=1e-10)


@pytest.mark.parametrize("method", ["approximate", "svr"])
def test_what_does_not_change_gives_nothing_and_brightness_does_not_count(method):
    still = np.repeat(RNG.uniform(50, 60, size=(1, 5, 4)), 9, axis=0)
    np.testing.assert_allclose(rank_pooled(still, method), 0, atol=1e-10)
    assert rank_pooled(still, method).shape == (5, 4)
    np.testing.assert_array_equal(rank_pooled(np.zeros((4, 3)), method), 0)
    if method == "approximate":
        moving = still + RNG.normal(size=still.shape)
        np.testing.assert_allclose(rank_pooled(moving + 40, method), rank_pooled(moving, method), atol=1e-10)


def test_the_unit_is_that_of_the_frames():
    """A step in the middle of an even number of frames: later frames have all positive weights, earlier ones count."""
    frames = np.zeros((2, 3))
    frames[1] = [1.0, -2.0, 0.0]
    np.testing.assert_allclose(rank_pooled(frames, "approximate"), [1.0, -2.0, 0.0])


def bump(frames=21):
    """A picture that appears and goes again over another one that stays."""
    course = np.hanning(frames + 2)[1:-1]
    stays, comes = RNG.uniform(80, 120, size=(2, 12, 12))
    return stays + course[:, None, None] * comes, comes


def test_an_expression_that_rises_and_falls_does_not_cancel():
    frames, comes = bump()
    simple = np.tensordot(2 * np.arange(1, 22) - 22, frames, 1)  # these weights on the frames themselves
    np.testing.assert_allclose(simple, 0, atol=1e-8)
    assert np.corrcoef(rank_pooled(frames, "approximate").ravel(), comes.ravel())[0, 1] > 0.999


def test_the_regression_is_that_of_scikit_learn_on_the_normalised_running_means():
    frames = RNG.normal(size=(14, 6, 5))
    places = np.arange(1, 15)
    means = np.cumsum(frames.reshape(14, -1), axis=0) / places[:, None]
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    direct = SVR(kernel="linear", C=1.0, epsilon=0.1).fit(means, places)
    np.testing.assert_allclose(rank_pooled(frames, "svr").ravel(), direct.coef_[0], atol=2e-3)


def test_both_forms_see_the_same_in_a_face_that_hardly_changes():
    """But for the face itself, of which the division by the length leaves a part in the regression."""
    frames, _ = bump()
    frames = frames[0] + 0.02 * (frames - frames[0])
    face = frames[0].ravel() / np.linalg.norm(frames[0])
    both = [rank_pooled(frames, method).ravel() for method in ("approximate", "svr")]
    both = [one - (one @ face) * face for one in both]
    assert np.corrcoef(*both)[0, 1] > 0.99
