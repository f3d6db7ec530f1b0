"""Classical baselines of labels that are told one by one: for each label a method of its own, present or absent."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.training.baselines import Scored, fit_score
from merflow.training.scores import threshold
from merflow.training.shown import same_in_all

_PRESENT = 1


def fit_labels(
    name: str,
    params: Mapping[str, Any],
    *,
    x_train: NDArray[np.float32],
    labels: NDArray[np.uint8],
    x_test: NDArray[np.float32],
    names: Sequence[str],
) -> Scored:
    """Fit a baseline to each label and score the test clips.

    Parameters
    ----------
    name, params
        As for ``merflow.training.baselines.fit_score``.
    x_train, x_test : ndarray of shape (n, ...)
    labels : ndarray of shape (n, labels), uint8
        1 where a training clip shows a label.
    names : sequence of str
        Of the labels.

    Returns
    -------
    Scored
        Scores (n, labels): those of the class *present*. NaN for a label on which all training clips agree; nothing is
        fitted to it, and `train_accuracy` counts it as told right.
    """
    scores, accuracy = np.full((len(x_test), len(names)), np.nan), np.ones(len(names))
    state: dict[str, NDArray[Any]] = {}
    for number in np.flatnonzero(~same_in_all(labels)).tolist():
        own = labels[:, number].astype(np.int64)
        fitted = fit_score(name, params, x_train=x_train, labels=own, x_test=x_test, classes=_PRESENT + 1)
        scores[:, number], accuracy[number] = fitted.scores[:, _PRESENT], fitted.train_accuracy
        state |= {f"{names[number]}.{key}": value for key, value in fitted.state.items()}
    return Scored(scores, float(accuracy.mean()), {"threshold": np.array(threshold(name)), **state})
