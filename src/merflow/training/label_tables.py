"""Predictions of labels that are told one by one: a row for each test clip and label."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.artefacts import Examples
from merflow.training.folds import Fold
from merflow.training.shown import same_in_all

COLUMNS = ("clip", "subject", "seed", "label", "truth", "score", "predicted")


def label_prediction_table(
    examples: Examples,
    fold: Fold,
    scores: NDArray[np.floating],
    *,
    seed: int,
    threshold: float,
    oracle: NDArray[Any] | None = None,
) -> pd.DataFrame:
    """Return one row a test clip and label, the labels of a clip in their order.

    A label on which all training clips of the fold agree cannot be learnt. Its predictions are what these say, absent
    where no training clip shows it, and its score is empty.

    Parameters
    ----------
    examples : Examples
        With labels that are told one by one.
    fold : Fold
    scores : ndarray of shape (n, labels)
        Of the test clips.
    seed : int
    threshold : float
        Of the scores above which a label is predicted.
    oracle : ndarray of shape (n, labels), optional
        What was predicted after the epoch that does best on the test clips.
    """
    clips, names = len(fold.test), np.array(examples.classes)
    table = {
        "clip": np.repeat(examples.clip[fold.test], len(names)),
        "subject": np.repeat(examples.subject[fold.test], len(names)),
        "seed": seed,
        "label": np.tile(names, clips),
        "truth": examples.label[fold.test].reshape(-1).astype(np.int64),
        "score": _without_constant(examples, fold, scores).reshape(-1),
        "predicted": _agreed(examples, fold, scores > threshold).reshape(-1),
    }
    if oracle is not None:
        table["oracle_predicted"] = _agreed(examples, fold, oracle).reshape(-1)
    return pd.DataFrame(table)


def constant_labels(examples: Examples, fold: Fold) -> Sequence[tuple[str, int]]:
    """Return the labels on which all training clips of a fold agree, each with what they say."""
    labels = examples.label[fold.train]
    agreed = np.flatnonzero(same_in_all(labels)) if len(labels) else np.zeros(0, dtype=np.int64)
    return [(examples.classes[number], int(labels[0, number])) for number in agreed.tolist()]


def _without_constant(examples: Examples, fold: Fold, scores: NDArray[np.floating]) -> NDArray[np.float64]:
    found = np.array(scores, dtype=np.float64)
    if len(found):
        found[:, same_in_all(examples.label[fold.train])] = np.nan
    return found


def _agreed(examples: Examples, fold: Fold, predicted: NDArray[Any]) -> NDArray[np.int64]:
    """Return predictions, those of labels on which the training clips agree replaced by what these say."""
    if not len(predicted):
        return predicted.astype(np.int64)
    labels = examples.label[fold.train]
    return np.where(same_in_all(labels), labels[0], predicted).astype(np.int64)
