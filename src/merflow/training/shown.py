"""What the labels of clips show, whether a clip is of one class, or has 0 or 1 for each of several labels.

Labels of classes have the shape (n,) and are positions in the class list; labels that are told one by one have the
shape (n, labels).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[Any]


def shown_names(labels: Labels, names: Sequence[str]) -> list[str]:
    """Return the classes that clips are of, or the labels that at least one clip shows, in the order of `names`."""
    shown = np.flatnonzero(labels.any(axis=0)) if labels.ndim == 2 else np.unique(labels)
    return [names[position] for position in shown.tolist()]


def told_apart(labels: Labels) -> int:
    """Return how many answers the clips show: classes, or of each label present and absent."""
    if labels.ndim == 2:
        return int(labels.any(axis=0).sum() + (labels == 0).any(axis=0).sum())
    return len(np.unique(labels))


def can_be_learnt(labels: Labels) -> bool:
    """Return whether there is something to tell apart: two classes, or a label that some clips show and others do not.

    Convention
    ----------
    By hand: two labels that are [1, 0] in all clips show two answers, and nothing can be learnt of them.
    """
    if labels.ndim == 2:
        return bool((labels.any(axis=0) & (labels == 0).any(axis=0)).any())
    return told_apart(labels) > 1


def same_in_all(labels: Labels) -> NDArray[np.bool_]:
    """Return of each label whether all clips agree on it, shape (labels,): no method can learn it of them."""
    return np.asarray((labels == labels[:1]).all(axis=0), dtype=np.bool_)


def balanced_columns(labels: Labels) -> NDArray[np.bool_]:
    """Return what folds are to share evenly, shape (n, columns): the clips of each class that occurs.

    Of labels that are told one by one: the clips that show each label, and all clips.
    """
    if labels.ndim == 1:
        columns: NDArray[np.bool_] = labels[:, None] == np.unique(labels)
        return columns
    shown = labels.astype(np.bool_)
    return np.concatenate([shown[:, shown.any(axis=0)], np.ones((len(labels), 1), dtype=np.bool_)], axis=1)
