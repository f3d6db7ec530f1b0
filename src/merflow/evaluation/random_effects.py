"""One statement from several datasets: effects with their errors, combined by a random-effects model."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LEVEL = 0.95
_STEPS = 200
"""Halvings of the interval that holds the variance: the width of a double is used up long before."""


class Combined(NamedTuple):
    """What several effects say together.

    Attributes
    ----------
    effect, low, high : float
        Mean effect and its 95 % interval.
    p : float
        Two-sided, of no mean effect.
    tau : float
        Standard deviation of the true effects between datasets, in units of the effect.
    i2 : float
        Share of the spread that is not chance, from 0 to 1 (Higgins' I^2).
    q, p_same : float
        Cochran's Q, and how often chance alone gives as large a one where all true effects are the same.
    new_low, new_high : float
        95 % interval of the true effect on another dataset of the kind; NaN for two datasets.
    weights : ndarray
        Of each effect in the mean, sum 1.
    """

    effect: float
    low: float
    high: float
    p: float
    tau: float
    i2: float
    q: float
    p_same: float
    new_low: float
    new_high: float
    weights: Array


def combine(effects: Array, errors: Array) -> Combined:
    """Combine effects on several datasets.

    The variance between datasets is that of Paule and Mandel; the interval is that of Hartung and Knapp, with Student's
    t, and never narrower than the errors of the effects alone make it. Both hold up for few datasets, where the usual
    normal interval is too narrow.

    Parameters
    ----------
    effects, errors : ndarray of shape (datasets,), float64
        Effects and their standard errors, of two or more datasets without a common subject.

    Raises
    ------
    ValueError
        When there are fewer than two, or an error is not above 0.

    References
    ----------
    Paule and Mandel (1982), Consensus values and weighting factors. Hartung and Knapp (2001), A refined method for the
    meta-analysis of controlled clinical trials with binary outcome. Higgins, Thompson and Spiegelhalter (2009), A
    re-evaluation of random-effects meta-analysis, for the interval of another dataset.
    """
    if len(effects) < 2 or not (np.isfinite(errors) & (errors > 0)).all():
        raise ValueError(f"expected two or more effects with errors above 0, but found errors {errors.tolist()}")
    from scipy.special import chdtrc, stdtr, stdtrit

    variances, free = errors**2, len(effects) - 1
    q = _spread(effects, variances)
    tau2 = between_variance(effects, variances)
    weights = 1 / (variances + tau2)
    mean = float(weights @ effects / weights.sum())
    error = float(np.sqrt(max(1.0, _spread(effects, variances + tau2) / free) / weights.sum()))
    reach = float(stdtrit(free, (1 + LEVEL) / 2)) * error
    new = float(stdtrit(free - 1, (1 + LEVEL) / 2)) * float(np.sqrt(tau2 + error**2)) if free > 1 else float("nan")
    return Combined(
        effect=mean,
        low=mean - reach,
        high=mean + reach,
        p=float(2 * stdtr(free, -abs(mean) / error)),
        tau=float(np.sqrt(tau2)),
        i2=max(0.0, (q - free) / q) if q > 0 else 0.0,
        q=q,
        p_same=float(chdtrc(free, q)),
        new_low=mean - new,
        new_high=mean + new,
        weights=weights / weights.sum(),
    )


def between_variance(effects: Array, variances: Array) -> float:
    """Return the variance between datasets by which the spread of the effects is what chance gives (Paule, Mandel).

    It is the root of Q(tau^2) = datasets - 1, which falls with tau^2; 0 where the spread is smaller without any.
    """
    wanted = len(effects) - 1
    if _spread(effects, variances) <= wanted:
        return 0.0
    low, high = 0.0, float(np.var(effects, ddof=1)) * len(effects)
    while _spread(effects, variances + high) > wanted:
        high *= 2
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _spread(effects, variances + middle) > wanted else (low, middle)
    return (low + high) / 2


def _spread(effects: Array, variances: Array) -> float:
    """Return the weighted sum of squares about the weighted mean: Cochran's Q of these variances."""
    weights = 1 / variances
    return float(weights @ (effects - weights @ effects / weights.sum()) ** 2)
