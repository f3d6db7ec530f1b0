"""Compare the headlines of two methods, with an interval that draws the same subjects for both."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.evaluation.bootstrap import (
    REPLICATES,
    Score,
    interval,
    score_of_replicates,
    subject_replicates,
)
from merflow.evaluation.metrics import Floats, headline

ROUNDING = 1e-12
"""Differences below are none: the mean of three equal scores is not the same number in its last digit."""


class PairedScores(NamedTuple):
    """The headline of two methods and of their difference, each of shape (3,).

    Attributes
    ----------
    a, b : ndarray
        Pooled over subjects, mean over the runs of each.
    difference, low, high : ndarray
        b - a and its 95 % interval; NaN bounds with one subject.
    error : ndarray
        Standard error of the difference: its standard deviation over the replicates, times sqrt(n / (n - 1)) for n
        subjects, without which the error of a mean over few subjects is too small. NaN with one subject.
    share_b_better : ndarray
        Of the replicates; a tie is not better.
    """

    a: Floats
    b: Floats
    difference: Floats
    low: Floats
    high: Floats
    error: Floats
    share_b_better: Floats


def paired_headline(
    a: NDArray[np.integer],
    b: NDArray[np.integer],
    *,
    score: Score = headline,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> PairedScores:
    """Compare two stacks of confusion matrices of the same clips.

    What makes a person hard for both drops out of the difference, so that its interval is narrower than the two
    headlines' own intervals suggest.

    Parameters
    ----------
    a, b : ndarray of shape (runs, subjects, classes, classes)
        The same subjects in the same order; each with its own number of runs. Of labels that are told one by one
        (runs, subjects, labels, 2, 2).
    score : callable
        What the two are compared by, three numbers.
    replicates, seed : int
        Of the bootstrap over subjects.
    """
    value_a, value_b = score(a.sum(1)).mean(0), score(b.sum(1)).mean(0)
    difference = _without_rounding(value_b - value_a)
    subjects = a.shape[1]
    if subjects < 2:
        nothing = np.full(3, np.nan)
        return PairedScores(value_a, value_b, difference, nothing, nothing, nothing, nothing)
    counts = subject_replicates(subjects, replicates=replicates, seed=seed)
    drawn_a, drawn_b = (score_of_replicates(one, counts, score=score) for one in (a, b))
    drawn = _without_rounding(drawn_b - drawn_a)
    error = drawn.std(0) * np.sqrt(subjects / (subjects - 1))
    return PairedScores(value_a, value_b, difference, *interval(drawn), error, np.mean(drawn > 0, axis=0))


def _without_rounding(differences: Floats) -> Floats:
    return np.where(np.abs(differences) < ROUNDING, 0.0, differences)
