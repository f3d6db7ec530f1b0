"""Inner split: some training subjects are left out of the fitting, to see there when to stop."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_setting
from merflow.errors import DatasetError
from merflow.training.folds import Fold, Indices, Strings, kfold_subject
from merflow.training.shown import told_apart


def inner_split(
    subjects: Strings, labels: NDArray[np.int64] | Sequence[int], *, folds: int, seed: int
) -> tuple[Indices, Indices]:
    """Split the training clips of a fold into a part that is fitted and a part that validates, by subject.

    The parts are one fold of ``kfold_subject`` over the training subjects. The seed orders subjects of equal size and
    says which fold validates; two seeds may leave out some subjects both. A fold that would leave a class without
    clips to fit is passed over for the next, unless each of them would.

    Parameters
    ----------
    subjects : sequence of str
        One a training clip.
    labels : sequence of int, or ndarray of shape (n, labels)
        Class index, one a training clip; or 0 or 1 for each label.
    folds : int
        Of the subjects one in so many validates; at least 2.
    seed : int
        Of the training run.

    Returns
    -------
    train_rows, validation_rows : ndarray of int64
        Rows of `subjects`, ascending; none is in both, and neither is empty.

    Raises
    ------
    ConfigError
        When `folds` is below 2.
    DatasetError
        When there are fewer training subjects than `folds`.
    """
    check_setting(folds >= 2, "training.inner_folds", expected="at least 2 folds", found=folds)
    subjects, labels = np.asarray(subjects, dtype=np.str_), np.asarray(labels, dtype=np.int64)
    names = np.unique(subjects)
    if len(names) < folds:
        raise DatasetError(
            f"training.early_stopping: expected at least {folds} training subjects, of whom one in {folds} validates, "
            f"but found {len(names)} ({', '.join(names)}). Lower training.inner_folds, or set training.early_stopping "
            "to 0."
        )
    splits = kfold_subject(subjects, labels, k=folds, seed=seed)
    turns = [splits[(seed + turn) % folds] for turn in range(folds)]
    chosen = next((split for split in turns if _keeps_classes(split, labels)), turns[0])
    return chosen.train, chosen.test


def _keeps_classes(split: Fold, labels: NDArray[np.int64]) -> bool:
    return told_apart(labels[split.train]) == told_apart(labels)
