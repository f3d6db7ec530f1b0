"""How often chance alone would make a difference as large, for one comparison and for many."""

import numpy as np
from numpy.typing import NDArray

from merflow.evaluation.metrics import Floats

_EQUAL = 1e-12
"""Smaller differences are those of rounding: means over three seeds and over two can differ so where no clip does."""


def p_values(difference: Floats, error: Floats, *, subjects: int) -> Floats:
    """Return the two-sided p value of differences from their bootstrap standard errors.

    The difference over its error is held against Student's t with one degree of freedom less than there are subjects:
    for accuracy, where all subjects have equally many clips, this is the paired t-test. No p is below
    ``2 ** (1 - subjects)``: were the two methods the same, each subject could have favoured either, and all of them
    would favour the same one in that share of the cases.

    Parameters
    ----------
    difference, error : ndarray
        Of one shape. An error of 0 belongs to a difference that every replicate has.
    subjects : int
        That both methods predict.

    Returns
    -------
    ndarray
        NaN where there is no error (one subject); 1 where the two do not differ.
    """
    from scipy.special import stdtr  # not scipy.stats, whose import takes longer than a comparison

    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(np.abs(difference) < _EQUAL, 0.0, np.abs(difference) / error)
    found: Floats = np.maximum(2 * stdtr(subjects - 1, -ratio), 2.0 ** (1 - subjects))
    return np.where(np.isnan(error), np.nan, np.minimum(found, 1.0))


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p values corrected for how many they are, by Holm's step-down method.

    If each of them is compared with .05, the chance that any true null hypothesis is rejected stays below .05, whatever
    their dependence. Values that are NaN were not compared, do not count, and stay NaN.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 65-70.
    """
    corrected = np.full(len(p), np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(factors * p[order]), 1.0)
    return corrected
