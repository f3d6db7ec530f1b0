"""p values against SciPy's t-test and a count by hand; Holm's correction against values of R."""

import numpy as np
import pytest
from scipy import stats
from tests.evaluation.test_compare import CLASSES, predictions

from merflow.evaluation import compare_predictions
from merflow.evaluation.p_values import holm, p_values


def test_of_accuracy_with_equally_many_clips_it_is_the_paired_t_test():
    a, b = predictions(0.55, seed=3), predictions(0.65, seed=4)
    row = compare_predictions(a, b, classes=CLASSES, replicates=20_000).set_index("metric").loc["ACC"]
    right = [(table["label"] == table["predicted"]).groupby(table["subject"]).mean() for table in (a, b)]
    expected = stats.ttest_rel(right[1], right[0])
    assert row["difference"] / row["error"] == pytest.approx(expected.statistic, rel=0.02)
    assert row["p"] == pytest.approx(expected.pvalue, rel=0.05)


def test_a_difference_that_every_replicate_has_is_no_surer_than_all_subjects_for_one_side():
    """Of 2 ** 6 ways to favour one of two methods, 2 favour the same one for all 6 subjects."""
    assert p_values(np.array([0.5]), np.array([0.0]), subjects=6) == pytest.approx(2 / 2**6)


def test_no_difference_and_one_of_rounding_are_chance_and_one_subject_says_nothing():
    p = p_values(np.array([0.0, 1e-17, 0.3]), np.array([0.0, 0.0, np.nan]), subjects=5)
    np.testing.assert_array_equal(p, [1, 1, np.nan])


def test_holm_as_r_computes_it():
    """p.adjust(c(.01, .02, .03, .04, .05), "holm"), and c(.01, .04, .03, .005)."""
    np.testing.assert_allclose(holm(np.array([0.01, 0.02, 0.03, 0.04, 0.05])), [0.05, 0.08, 0.09, 0.09, 0.09])
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])


def test_what_was_not_compared_does_not_count():
    np.testing.assert_allclose(holm(np.array([0.01, np.nan, 0.5])), [0.02, np.nan, 0.5])
    assert holm(np.array([])).size == 0
