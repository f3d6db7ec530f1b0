"""Uncertainty over subjects: resample subjects with replacement, all clips and all seeds of a subject together.

Clips of one subject are no independent draws. Subjects are. One confusion matrix a subject holds everything that the
metrics need, so that a replicate is a weighted sum of matrices and thousands of them one matrix product.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from merflow.evaluation.metrics import Floats, headline

REPLICATES = 10_000
LEVEL = 0.95

Score = Callable[[NDArray[np.number]], Floats]
"""A metric of ``merflow.evaluation.metrics``, or several: (..., classes, classes) to (...) or (..., metrics)."""


def subject_confusions(
    labels: NDArray[np.integer],
    predicted: NDArray[np.integer],
    *,
    subjects: NDArray[np.str_] | Sequence[str],
    runs: NDArray[np.integer] | Sequence[int],
    classes: int,
) -> NDArray[np.int64]:
    """Return confusion matrices of shape (runs, subjects, classes, classes), runs and subjects sorted.

    Parameters
    ----------
    labels, predicted : ndarray of shape (n,), int
        Class indices.
    subjects : sequence of str
        Who, one a prediction.
    runs : sequence of int
        Which seed made the prediction.
    classes : int
    """
    subject_names, subject = np.unique(np.asarray(subjects, dtype=np.str_), return_inverse=True)
    run_names, run = np.unique(np.asarray(runs), return_inverse=True)
    cells = (run * len(subject_names) + subject) * classes + np.asarray(labels)
    shape = (len(run_names), len(subject_names), classes, classes)
    counts = np.bincount(cells * classes + np.asarray(predicted), minlength=int(np.prod(shape)))
    return counts.reshape(shape).astype(np.int64)


def subject_label_confusions(
    label: NDArray[np.integer],
    truth: NDArray[np.integer],
    predicted: NDArray[np.integer],
    *,
    subjects: NDArray[np.str_] | Sequence[str],
    runs: NDArray[np.integer] | Sequence[int],
    labels: int,
) -> NDArray[np.int64]:
    """Return the counts of each label, shape (runs, subjects, labels, 2, 2): absent and present, as told.

    Parameters
    ----------
    label, truth, predicted : ndarray of shape (n,), int
        Which label, and 0 or 1 for each.
    subjects, runs
        As for ``subject_confusions``.
    labels : int
    """
    cells = np.asarray(label) * 2 + np.asarray(truth)
    counts = subject_confusions(
        cells, np.asarray(predicted), subjects=subjects, runs=runs, classes=2 * labels
    )  # of which only the first two columns can be hit
    return counts[..., :2].reshape(*counts.shape[:2], labels, 2, 2)


def subject_replicates(subjects: int, *, replicates: int = REPLICATES, seed: int = 0) -> NDArray[np.float64]:
    """Return how often each subject is drawn in each replicate, shape (replicates, subjects)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(subjects, np.full(subjects, 1 / subjects), size=replicates).astype(np.float64)


def score_of_replicates(
    confusions: NDArray[np.integer], counts: NDArray[np.float64], *, score: Score = headline
) -> NDArray[np.float64]:
    """Return the score of each replicate, mean over runs; UF1, UAR and ACC give the shape (replicates, 3).

    Parameters
    ----------
    confusions : ndarray of shape (runs, subjects, classes, classes), or (runs, subjects, labels, 2, 2)
    counts : ndarray of shape (replicates, subjects)
    score : callable
        What to score the pooled matrices by.
    """
    pooled = np.einsum("bs,rs...->br...", counts, confusions.astype(np.float64), optimize=True)
    mean: NDArray[np.float64] = score(pooled).mean(1)
    return mean


def interval(values: NDArray[np.float64], *, level: float = LEVEL) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper percentile bound over the first axis."""
    tail = (1 - level) / 2
    low, high = np.quantile(values, [tail, 1 - tail], axis=0)
    return low, high


def headline_interval(
    confusions: NDArray[np.integer], *, replicates: int = REPLICATES, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper 95 % bounds of UF1, UAR and ACC, each of shape (3,); see ``score_interval``."""
    return score_interval(confusions, headline, replicates=replicates, seed=seed)


def score_interval(
    confusions: NDArray[np.integer], score: Score, *, replicates: int = REPLICATES, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper 95 % bounds of a score, each of the shape that the score has without its runs.

    A replicate may miss all subjects that show a class; the class then scores 0 there, which widens the interval
    downwards. With one subject there is nothing to resample, and the bounds are NaN.
    """
    subjects = confusions.shape[1]
    if subjects < 2:
        nothing = np.full_like(score(confusions.sum(1)).mean(0), np.nan)
        return nothing, nothing.copy()
    counts = subject_replicates(subjects, replicates=replicates, seed=seed)
    return interval(score_of_replicates(confusions, counts, score=score))


def pooled_headline(confusions: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return UF1, UAR and ACC of all subjects pooled, one row a run: shape (runs, 3)."""
    return headline(confusions.sum(1))
