import numpy as np

from merflow.evaluation.bootstrap import (
    headline_interval,
    pooled_headline,
    score_interval,
    score_of_replicates,
    subject_confusions,
    subject_replicates,
)
from merflow.evaluation.metrics import confusion_matrix, headline, macro_precision

A, B = np.array([[3, 1], [0, 2]]), np.array([[1, 3], [2, 0]])


def test_two_subjects_enumerated_by_hand():
    """Drawing two of two subjects with replacement: AA with 1/4, AB with 1/2, BB with 1/4, and nothing else."""
    values = score_of_replicates(np.stack([A, B])[None], subject_replicates(2, replicates=4000))
    possible = [headline(2 * A), headline(A + B), headline(2 * B)]
    share = [np.isclose(values, outcome).all(1).mean() for outcome in possible]
    assert sum(share) == 1
    np.testing.assert_allclose(share, [0.25, 0.5, 0.25], atol=0.03)
    low, high = headline_interval(np.stack([A, B])[None], replicates=4000)
    np.testing.assert_allclose(low, possible[2])
    np.testing.assert_allclose(high, possible[0])


def test_every_subject_once_is_the_pooled_value():
    confusions = np.random.default_rng(0).integers(0, 4, (2, 5, 3, 3))
    np.testing.assert_allclose(score_of_replicates(confusions, np.ones((1, 5)))[0], pooled_headline(confusions).mean(0))


def test_confusions_are_sorted_by_run_and_subject():
    rng = np.random.default_rng(1)
    labels, predicted, runs = rng.integers(0, 3, (3, 60))
    subjects = np.array(list("cab"))[rng.integers(0, 3, 60)]
    confusions = subject_confusions(labels, predicted, subjects=subjects, runs=runs, classes=3)
    mine = (subjects == "b") & (runs == 2)
    assert (confusions[2, 1] == confusion_matrix(labels[mine], predicted[mine], classes=3)).all()
    assert confusions.sum() == 60


def test_a_seed_repeats_and_another_differs():
    confusions = np.random.default_rng(0).integers(0, 3, (3, 100, 7, 7))
    first = headline_interval(confusions, seed=3)
    np.testing.assert_array_equal(first, headline_interval(confusions, seed=3))
    assert (first[0] != headline_interval(confusions, seed=4)[0]).any()


def test_one_subject_has_no_interval():
    assert np.isnan(headline_interval(A[None, None])).all()
    assert np.isnan(score_interval(A[None, None], macro_precision)).all()


def test_another_score_has_an_interval_of_its_own():
    low, high = score_interval(np.stack([A, B])[None], macro_precision, replicates=4000)
    np.testing.assert_allclose((low, high), (macro_precision(B), macro_precision(A)))
