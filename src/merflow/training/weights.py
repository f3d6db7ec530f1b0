"""Class weights of the loss, from the labels of a training fold."""

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
