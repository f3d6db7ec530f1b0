import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from merflow.evaluation.metrics import (
    accuracy,
    confusion_matrix,
    f1_by_class,
    headline,
    macro_precision,
    precision_by_class,
    recall_by_class,
    uar,
    uf1,
)

CLASSES = 4
pairs = st.lists(st.tuples(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1)), min_size=1, max_size=40)


@given(pairs)
def test_equal_to_sklearn_absent_classes_included(rows):
    truth, predicted = np.array(rows).T
    fixed = {"labels": list(range(CLASSES)), "zero_division": 0}
    confusion = confusion_matrix(truth, predicted, classes=CLASSES)
    assert (confusion == sk.confusion_matrix(truth, predicted, labels=range(CLASSES))).all()
    np.testing.assert_allclose(f1_by_class(confusion), sk.f1_score(truth, predicted, average=None, **fixed))
    np.testing.assert_allclose(recall_by_class(confusion), sk.recall_score(truth, predicted, average=None, **fixed))
    np.testing.assert_allclose(
        precision_by_class(confusion), sk.precision_score(truth, predicted, average=None, **fixed)
    )
    assert macro_precision(confusion) == pytest.approx(sk.precision_score(truth, predicted, average="macro", **fixed))
    assert uf1(confusion) == pytest.approx(sk.f1_score(truth, predicted, average="macro", **fixed))
    assert uar(confusion) == pytest.approx(sk.recall_score(truth, predicted, average="macro", **fixed))
    assert accuracy(confusion) == pytest.approx(sk.accuracy_score(truth, predicted))


def test_by_hand():
    """3 of 4 and 1 of 2 right: F1 = 6/8 and 2/4, recall = 3/4 and 1/2, accuracy 4/6."""
    np.testing.assert_allclose(headline(np.array([[3, 1], [1, 1]])), [0.625, 0.625, 4 / 6])


def test_perfect_prediction_scores_one_and_not_two():
    assert uf1(np.diag([3, 1, 2])) == 1


def test_stacks_are_scored_one_by_one():
    stack = np.random.default_rng(0).integers(0, 5, (6, 2, 3, 3))
    np.testing.assert_allclose(headline(stack)[4, 1], headline(stack[4, 1]))


@pytest.mark.parametrize(
    ("counts", "printed_uf1", "printed_uar", "real_uar"),
    [
        ([[54, 10, 6], [17, 30, 4], [14, 1, 28]], 0.6801, 0.7013, 0.6703),
        ([[82, 7, 3], [11, 13, 2], [5, 2, 8]], 0.6588, 0.6810, 0.6415),
    ],
    ids=["SMIC", "SAMM"],
)
def test_the_uar_that_ststnet_printed_is_the_macro_precision(counts, printed_uf1, printed_uar, real_uar):
    """Liong et al. 2019, table II, and its predictions (STSTNet_logfile.txt of christy1206/STSTNet), counted."""
    confusion = np.array(counts)
    assert uf1(confusion) == pytest.approx(printed_uf1, abs=5e-5)
    assert macro_precision(confusion) == pytest.approx(printed_uar, abs=5e-5)
    assert uar(confusion) == pytest.approx(real_uar, abs=5e-5)
