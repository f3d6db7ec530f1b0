"""The temporal interpolation model against the formulation of the paper, and on motions that are known."""

import numpy as np
import pytest
from scipy.linalg import eigh

from merflow.stages.sequences.tim import curve, tim_weights


def path_laplacian(n):
    adjacency = np.eye(n, k=1) + np.eye(n, k=-1)
    return np.diag(adjacency.sum(axis=0)) - adjacency


def as_published(frames, t):
    """Read the curve as Zhou et al. 2011 build it: a graph embedding of the frames after singular value decomposition.

    `frames` has a frame a column. Q = S V^T; the w_k are the generalised eigenvectors of (Q L Q^T, Q Q^T) by rising
    eigenvalue; each embedding Q^T w_k is a multiple m_k of the sampled f_k.
    """
    n = frames.shape[1]
    mean = frames.mean(axis=1, keepdims=True)
    u, s, vt = np.linalg.svd(frames - mean, full_matrices=False)
    u, q = u[:, : n - 1], s[: n - 1, None] * vt[: n - 1]
    _, w = eigh(q @ path_laplacian(n) @ q.T, q @ q.T)
    first = curve(np.array([1 / n]), n)[:, 0]
    m = (w.T @ q[:, 0]) / first
    return u @ np.linalg.solve(w.T, m[:, None] * curve(t, n)) + mean


@pytest.mark.parametrize("n", [2, 3, 7, 12])
def test_the_curve_is_that_of_the_published_decomposition(n):
    frames = np.random.default_rng(n).normal(size=(60, n))
    index = np.linspace(0, n - 1, 23)
    published = as_published(frames, (index + 1) / n)
    np.testing.assert_allclose(frames @ tim_weights(index, n), published, atol=1e-9)


@pytest.mark.parametrize("n", [2, 3, 8, 33])
def test_the_sampled_functions_are_the_eigenvectors_of_the_path_graph(n):
    samples = curve(np.arange(1, n + 1) / n, n)
    values, vectors = np.linalg.eigh(path_laplacian(n))
    unit = samples / np.linalg.norm(samples, axis=1, keepdims=True)
    np.testing.assert_allclose(np.abs((unit * vectors[:, 1:].T).sum(axis=1)), 1, atol=1e-9)
    np.testing.assert_allclose(samples @ path_laplacian(n), values[1:, None] * samples, atol=1e-9)
    np.testing.assert_allclose(np.linalg.pinv(samples), samples.T * 2 / n, atol=1e-12)


@pytest.mark.parametrize("n", [2, 5, 16, 100])
def test_the_frames_themselves_are_on_the_curve(n):
    np.testing.assert_allclose(tim_weights(np.arange(n), n), np.eye(n), atol=1e-9)
    dense = tim_weights(np.linspace(0, n - 1, 77), n)
    np.testing.assert_allclose(dense.sum(axis=0), 1, atol=1e-12)


def test_a_clip_played_backwards_gives_the_curve_backwards():
    index = np.linspace(0, 8, 30)
    np.testing.assert_allclose(tim_weights(8 - index, 9), tim_weights(index, 9)[::-1], atol=1e-9)


def test_a_steady_rise_is_followed():
    """A ramp is no sum of few cosines: mirrored at its ends it has a corner there, where the curve levels out."""
    ramp, index = np.arange(12.0), np.linspace(0, 11, 200)
    error = np.abs(ramp @ tim_weights(index, 12) - index)
    assert error.max() == pytest.approx(0.0486, abs=0.0005)  # of a frame's rise, in the first and the last interval
    assert error[(index > 2) & (index < 9)].max() < 0.008
    # An expression that starts and ends slowly has no corner.
    slow = np.cos(np.pi * (ramp + 0.5) / 12)
    np.testing.assert_allclose(slow @ tim_weights(index, 12), np.cos(np.pi * (index + 0.5) / 12), atol=1e-9)


def test_a_moving_blob_moves_where_a_mean_of_frames_fades():
    """A Gaussian blob of 2 px, 200 grey levels high, that moves 0.8 px a frame, half way between frames."""
    x = np.arange(40.0)

    def blob(centre):
        return 200 * np.exp(-((x - centre[:, None]) ** 2) / (2 * 2**2)).T

    frames, between = blob(14 + 0.8 * np.arange(14)), np.arange(13) + 0.5
    truth = blob(14 + 0.8 * between)
    tim = np.abs(frames @ tim_weights(between, 14) - truth).max(axis=0)
    mean = np.abs((frames[:, :-1] + frames[:, 1:]) / 2 - truth).max(axis=0)
    assert mean.min() > 3.7
    assert tim[3:10].max() < 0.3
    assert tim.max() < 2.3  # at the ends, where a motion that has not begun slowly is a corner
