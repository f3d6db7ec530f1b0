"""What no training clip shows is told: of a fold, and what early stopping leaves out, with the seed that chose it."""

import numpy as np
import pytest

from merflow.artefacts import Examples
from merflow.training.fold_clips import fitted_fold
from merflow.training.folds import Fold
from merflow.training.method import Method
from merflow.training.not_learnt import tell_untrained_classes
from merflow.training.settings import TrainingSettings

STOPPED = Method("ststnet", {}, training=TrainingSettings(early_stopping=2, inner_folds=2))


def examples_of(label, classes):
    """Two training subjects of two clips each, and a third one to test."""
    n = len(label)
    return Examples(
        np.zeros((n, 2), dtype=np.float32), np.array(label), np.repeat(["s1", "s2", "s3"], 2),
        np.array([f"clip{i}" for i in range(n)]), np.full(n, "micro"), classes, "emotion3", ("clip", "value"),
    )  # fmt: skip


FOLD = Fold("s3", np.arange(4), np.arange(4, 6))


def told(examples, caplog, method=STOPPED):
    fitted = fitted_fold(examples, FOLD, method, seed=0)
    return fitted, [record.getMessage() for record in caplog.records]


def test_a_class_that_no_fitted_clip_shows_is_told(caplog):
    examples = examples_of([0, 1, 0, 2, 1, 2], ("negative", "positive", "surprise"))  # s1: 0, 1; s2: 0, 2
    fitted, (said,) = told(examples, caplog)
    lost = {"s1": "surprise", "s2": "positive"}[examples.subject[fitted.train[0]]]
    assert f"fold 's3', seed 0: of the clips that early stopping left to fit, none shows {lost}" in said


def test_a_label_that_is_constant_among_the_fitted_clips_is_told(caplog):
    # all clips show both labels or not; s1 alone differs on the first, s2 alone on the second, and both on the third
    label = np.array([[1, 1, 1], [0, 1, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1], [0, 0, 0]], dtype=np.uint8)
    examples = examples_of(label, ("happiness", "surprise", "anger"))
    fitted, (said,) = told(examples, caplog)
    agreed = {"s1": "surprise", "s2": "happiness"}[examples.subject[fitted.train[0]]]
    assert f"every one shows {agreed}: it cannot be learnt" in said


@pytest.mark.parametrize("label", [[0, 1, 0, 1, 0, 1], [0, 1, 1, 0, 1, 1]])
def test_nothing_is_told_where_nothing_is_lost(caplog, label):
    assert told(examples_of(label, ("negative", "positive")), caplog)[1] == []


def test_a_class_of_test_clips_that_no_training_clip_shows_is_told(caplog):
    classes = ("negative", "positive", "surprise")
    tell_untrained_classes(examples_of([0, 1, 0, 2, 1, 2], classes), FOLD)
    assert not caplog.records
    tell_untrained_classes(examples_of([0, 1, 0, 1, 1, 2], classes), FOLD)
    tell_untrained_classes(examples_of([0, 1, 0, 1, 2, 2], classes), FOLD)
    said = "fold 's3': {} of surprise to test, none in training: it cannot be learnt"
    assert [record.getMessage() for record in caplog.records] == [said.format("1 clip"), said.format("2 clips")]
