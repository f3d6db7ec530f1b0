"""Rank pooling: a sequence of pictures as one, whose direction tells earlier pictures from later ones.

Sources: Fernando et al. 2017, rank pooling; Bilen et al. 2018 (IEEE TPAMI 40, 12), the approximate form.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.stages.dynamic_images.settings import Pooling

FloatArray = NDArray[np.float64]

PENALTY = 1.0
"""C of the support vector regression."""

TOLERANCE = 0.1
"""Error of a place in the order that costs nothing, frames (epsilon)."""


def pooling_weights(frames: int) -> FloatArray:
    """Return the weight of each frame in approximate rank pooling.

    ``w_t = 2 (T - t + 1) - (T + 1) (H_T - H_(t-1))`` of frame t of T, counted from 1, with the harmonic numbers H.

    Parameters
    ----------
    frames : int
        T, 1 or more.

    Returns
    -------
    ndarray of shape (T,)
        They add up to 0 for two frames or more, so that a sequence that does not change gives 0. By hand: two frames
        have -.5 and .5, three -1.33, .67 and .67.

    Convention
    ----------
    The same as weights of 2 t - T - 1 for the running mean up to each frame. For the frames themselves these would
    cancel an expression that rises and falls alike.
    """
    t = np.arange(1, frames + 1)
    harmonic = np.cumsum(1.0 / t)
    before = harmonic - 1.0 / t
    weights: FloatArray = 2.0 * (frames - t + 1) - (frames + 1) * (harmonic[-1] - before)
    return weights


def rank_pooled(frames: NDArray[Any], method: Pooling) -> FloatArray:
    """Return the dynamic image of a sequence.

    Parameters
    ----------
    frames : ndarray of shape (T, ...)
        Two pictures or more of any shape, without missing values.
    method : {"approximate", "svr"}
        ``approximate`` is the sum of the frames by `pooling_weights`, divided by the sum of the positive ones: how much
        more the weighted mean of the frames that count for change is than that of the others. ``svr`` is the weight
        vector of a support vector regression of the places 1 to T on the running means, each divided by its length.

    Returns
    -------
    ndarray of shape (...)
        In the unit of the frames; with ``svr`` without one.
    """
    values = frames.reshape(len(frames), -1).astype(np.float64)
    change = values - values[0]
    if not change.any():  # what rounding leaves of it would be stretched to all levels
        pooled = change[0]
    elif method == "svr":
        pooled = _regressed(values)
    else:
        weights = pooling_weights(len(values))
        pooled = weights / weights.clip(min=0).sum() @ change
    return np.asarray(pooled.reshape(frames.shape[1:]))


def _regressed(values: FloatArray) -> FloatArray:
    """Return the weight vector of the regression, by the products of the running means: T x T for any picture."""
    from sklearn.svm import SVR

    places = np.arange(1, len(values) + 1)
    means = np.cumsum(values, axis=0) / places[:, None]
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    means = np.divide(means, lengths, out=np.zeros_like(means), where=lengths > 0)
    fitted = SVR(kernel="precomputed", C=PENALTY, epsilon=TOLERANCE).fit(means @ means.T, places)
    weights: FloatArray = fitted.dual_coef_[0] @ means[fitted.support_]
    return weights
