"""Weights of the loss, from the labels of a training fold."""

import numpy as np
from numpy.typing import NDArray


def class_weights(labels: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """Return ``n / (k n_c)`` for each class c that occurs, k classes occurring; 0 for a class that does not.

    Convention
    ----------
    By hand: labels 0, 0, 0, 1 give 4/(2*3) = 0.667 and 4/(2*1) = 2.
    """
    counts = np.bincount(labels, minlength=classes)
    occurring = np.count_nonzero(counts)
    with np.errstate(divide="ignore"):
        weights = np.where(counts > 0, len(labels) / (occurring * np.maximum(counts, 1)), 0.0)
    return weights.astype(np.float32)


def positive_weights(labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return ``absent / present`` of each label, shape (labels,); 1 for a label that no clip shows, or that all show.

    A clip that shows the label then counts so many times as one that does not, in ``pos_weight`` of torch's binary
    cross-entropy.

    Convention
    ----------
    By hand: a label that one of four clips shows has the weight 3.
    """
    present = labels.sum(axis=0, dtype=np.float64)
    weights = np.ones(labels.shape[1])
    some = (present > 0) & (present < len(labels))
    weights[some] = (len(labels) - present[some]) / present[some]
    return weights.astype(np.float32)
