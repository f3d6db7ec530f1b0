"""Metrics of a confusion matrix over a fixed class list, UF1, UAR, ACC, their parts by class; and those of labels.

All take one matrix (classes, classes), rows the truth and columns the prediction, or a stack of them (..., classes,
classes), and return an array without the last two axes. A class that does not occur stays in the mean with the score
0, as ``sklearn``'s macro average over fixed labels with ``zero_division=0`` has it.
"""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating] | NDArray[np.integer] | NDArray[np.number]
Floats = NDArray[np.float64]


def confusion_matrix(labels: NDArray[np.integer], predicted: NDArray[np.integer], *, classes: int) -> NDArray[np.int64]:
    """Return counts (classes, classes): row = true class, column = predicted class."""
    flat = np.bincount(np.asarray(labels) * classes + np.asarray(predicted), minlength=classes * classes)
    return flat.reshape(classes, classes).astype(np.int64)


def f1_by_class(confusion: Matrix) -> Floats:
    """Return ``2 TP / (2 TP + FP + FN)`` of each class, shape (..., classes).

    Lite-Point-GCN eq. 7 and ATM-GCN eq. 12 print it without the 2 in the denominator: a misprint, with which a
    perfect prediction would score 2.
    """
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    return _ratio(2 * hits, confusion.sum(-1) + confusion.sum(-2))


def recall_by_class(confusion: Matrix) -> Floats:
    """Return ``TP_c / N_c`` of each class, shape (..., classes)."""
    return _ratio(np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(-1))


def precision_by_class(confusion: Matrix) -> Floats:
    """Return the share of the predictions of each class that are right, shape (..., classes)."""
    return _ratio(np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(-2))


def uf1(confusion: Matrix) -> Floats:
    """Return the unweighted mean of the F1 scores of all classes."""
    mean: Floats = f1_by_class(confusion).mean(-1)
    return mean


def uar(confusion: Matrix) -> Floats:
    """Return the unweighted mean of the recalls of all classes."""
    mean: Floats = recall_by_class(confusion).mean(-1)
    return mean


def macro_precision(confusion: Matrix) -> Floats:
    """Return the unweighted mean of the precisions of all classes.

    Some tables print it as UAR; ``docs/models/flow_image_networks.md`` shows it of STSTNet's.
    """
    mean: Floats = precision_by_class(confusion).mean(-1)
    return mean


def accuracy(confusion: Matrix) -> Floats:
    """Return the share of correct predictions."""
    return _ratio(np.trace(confusion, axis1=-2, axis2=-1), confusion.sum((-2, -1)))


HEADLINE = ("UF1", "UAR", "ACC")
"""The metrics that papers of this field compare, as the column ``metric`` of ``metrics.csv`` names them."""


def headline(confusion: Matrix) -> Floats:
    """Return UF1, UAR and ACC in the order of ``HEADLINE``, shape (..., 3)."""
    return np.stack([uf1(confusion), uar(confusion), accuracy(confusion)], axis=-1)


LABEL_HEADLINE = ("f1_macro", "f1", "accuracy")
"""The same of labels that are told one by one: means over the labels. Their names are others, so that no number of one
kind is put beside one of the other."""


def scores_by_label(confusion: Matrix) -> Floats:
    """Return f1_macro, f1 and accuracy of each label, shape (..., labels, 3), from counts (..., labels, 2, 2).

    Of a label, row 1 is present and column 1 predicted. ``f1_macro`` is the mean F1 of absent and present, ``f1`` that
    of present alone (4DME, eq. 4). A label that no clip shows and that is never predicted has an f1 of 0 and an
    f1_macro of .5, as scikit-learn has them with ``zero_division=0``.
    """
    return np.stack([uf1(confusion), f1_by_class(confusion)[..., 1], accuracy(confusion)], axis=-1)


def label_headline(confusion: Matrix) -> Floats:
    """Return the means over the labels in the order of ``LABEL_HEADLINE``, shape (..., 3)."""
    mean: Floats = scores_by_label(confusion).mean(-2)
    return mean


def _ratio(part: Matrix, whole: Matrix) -> Floats:
    """Return part / whole, 0 where there is no whole."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.divide(part, whole, out=np.zeros(np.broadcast_shapes(part.shape, whole.shape)), where=whole > 0)
