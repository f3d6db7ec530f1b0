"""Classical baselines with the interface of a fold. A network should score higher than these."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_choice
from merflow.errors import ConfigError
from merflow.stages import READABLE


@dataclass(frozen=True, slots=True)
class Scored:
    """What a baseline says of the test clips.

    Attributes
    ----------
    scores : ndarray of shape (n, classes)
        The larger the likelier; NaN for a class that the training fold does not hold.
    train_accuracy : float
    state : dict of str to ndarray
        What was fitted.
    """

    scores: NDArray[np.float64]
    train_accuracy: float
    state: dict[str, NDArray[Any]]


def majority(
    x_train: NDArray[np.float32], labels: NDArray[np.int64], x_test: NDArray[np.float32], classes: int
) -> Scored:
    """Say the most frequent class of the training fold always; the scores are the class shares."""
    share = np.bincount(labels, minlength=classes) / len(labels)
    return Scored(np.tile(share, (len(x_test), 1)), float(share.max()), {"class_share": share})


def flow_svm(
    x_train: NDArray[np.float32],
    labels: NDArray[np.int64],
    x_test: NDArray[np.float32],
    classes: int,
    *,
    C: float = 1.0,
) -> Scored:
    """Standardise each feature on the training fold, then a linear SVM with balanced class weights.

    Each pair of classes has a machine of its own, and a clip goes to the class with the most votes; of tied classes to
    the one whose machines are surest, where scikit-learn's default takes the first of them. That is
    ``SVC(kernel="linear", class_weight="balanced", break_ties=True).predict``, and the class of the largest score.

    Parameters
    ----------
    x_train, x_test : ndarray of shape (n, ...)
    labels : ndarray of shape (n,)
        Class indices of `x_train`.
    classes : int
        Number of classes of the label set.
    C : float, above 0
        Inverse strength of the regularisation.

    Raises
    ------
    ConfigError
        When the training fold holds one class only.
    """
    return _linear_svm(_flat(x_train), labels, _flat(x_test), classes, C=C, name="flow_svm")


def landmark_svm(
    x_train: NDArray[np.float32],
    labels: NDArray[np.int64],
    x_test: NDArray[np.float32],
    classes: int,
    *,
    C: float = 1.0,
) -> Scored:
    """Do what ``flow_svm`` does to the x and y of landmarks in all frames: their displacement, by default.

    Parameters
    ----------
    x_train, x_test : ndarray of shape (n, frames, nodes, 4)
        Channels x, y, D, alpha; the last two are not used.
    labels, classes
        As for ``flow_svm``.
    C : float, above 0
        Inverse strength of the regularisation.

    Raises
    ------
    ConfigError
        When the examples are no landmarks, or the training fold holds one class only.
    """
    if x_train.ndim != 4 or x_train.shape[3] != 4:
        raise ConfigError(
            f"landmark_svm: expected examples of shape (frames, nodes, 4), but found {x_train.shape[1:]}. "
            "Name an artefact of kind graphs."
        )
    train, test = (_flat(x[..., :2]) for x in (x_train, x_test))
    return _linear_svm(train, labels, test, classes, C=C, name="landmark_svm")


def histogram_svm(
    x_train: NDArray[np.float32],
    labels: NDArray[np.int64],
    x_test: NDArray[np.float32],
    classes: int,
    *,
    C: float = 1000.0,
    scaling: Literal["maximum", "standard"] = "maximum",
    class_weights: bool = False,
) -> Scored:
    """Scale each column of the histograms on the training fold, then one linear SVM for each class against the rest.

    A clip goes to the class whose machine is surest. The classifier is that of the 4DME paper for LBP-TOP; the paper
    does not say how features are scaled.

    Parameters
    ----------
    x_train, x_test : ndarray of shape (n, ...)
        Histograms, not negative.
    labels, classes
        As for ``flow_svm``.
    C : float, above 0
        Inverse strength of the regularisation.
    scaling : {"maximum", "standard"}
        Divide each column by its largest value, or subtract its mean and divide by its standard deviation.
    class_weights : bool
        Weigh the clips of each machine by the inverse frequency of its two sides.

    Raises
    ------
    ConfigError
        When the training fold holds one class only, or the scaling is unknown.
    """
    check_choice(scaling, "histogram_svm.scaling", ("maximum", "standard"))
    _check_two_classes(labels, "histogram_svm")
    train, test = (_flat(x).astype(np.float64) for x in (x_train, x_test))
    offset = train.mean(axis=0) if scaling == "standard" else np.zeros(train.shape[1])
    scale = train.std(axis=0) if scaling == "standard" else train.max(axis=0)
    scale[scale == 0] = 1.0
    train, test = ((x - offset) / scale for x in (train, test))
    present = np.unique(labels)
    coef, intercept = _one_against_the_rest(train, labels, present, C=C, class_weights=class_weights)
    decision = test @ coef.T + intercept
    scores = np.full((len(test), classes), np.nan)
    scores[:, present] = decision
    fitted = present[np.argmax(train @ coef.T + intercept, axis=1)]
    state = {"coef": coef, "intercept": intercept, "mean": offset, "scale": scale, "classes": present}
    return Scored(scores, float((fitted == labels).mean()), state)


def _one_against_the_rest(
    x: NDArray[np.float64], labels: NDArray[np.int64], present: NDArray[np.int64], *, C: float, class_weights: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fit one machine for each class; return the planes (classes, features) and their offsets (classes,).

    All machines share the products of the clips, which are computed once: with 700 clips of 4425 features and seven
    classes 0.14 s in place of 4.9 s. The second of two machines is the first with the other sign.
    """
    from sklearn.svm import SVC

    products = x @ x.T
    coef, intercept = np.empty((len(present), x.shape[1])), np.empty(len(present))
    for row, label in enumerate(present[:1] if len(present) == 2 else present):
        svm = SVC(kernel="precomputed", C=C, class_weight="balanced" if class_weights else None)
        svm.fit(products, labels == label)
        coef[row] = svm.dual_coef_[0] @ x[svm.support_]
        intercept[row] = svm.intercept_[0]
    if len(present) == 2:
        coef[1], intercept[1] = -coef[0], -intercept[0]
    return coef, intercept


def _check_two_classes(labels: NDArray[np.int64], name: str) -> None:
    if len(np.unique(labels)) < 2:
        raise ConfigError(f"{name}: expected a training fold of at least two classes, but found one.")


def _flat(x: NDArray[np.float32]) -> NDArray[np.float32]:
    return x.reshape(len(x), -1)


def _linear_svm(
    x_train: NDArray[np.float32],
    labels: NDArray[np.int64],
    x_test: NDArray[np.float32],
    classes: int,
    *,
    C: float,
    name: str,
) -> Scored:
    """Standardise each feature on the training fold, then fit the SVM; one rule predicts training and test clips."""
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    _check_two_classes(labels, name)
    scaler = StandardScaler().fit(x_train.astype(np.float64))
    train, test = (scaler.transform(x.astype(np.float64)) for x in (x_train, x_test))
    svm = SVC(kernel="linear", C=C, class_weight="balanced", decision_function_shape="ovr", break_ties=True)
    svm.fit(train, labels)
    decision = svm.decision_function(test)
    if decision.ndim == 1:  # two classes: one number, not negative for the second
        sure = np.where(decision == 0, np.finfo(np.float64).tiny, decision)
        decision = np.stack([-sure, sure], axis=1)
    scores = np.full((len(test), classes), np.nan)
    scores[:, svm.classes_] = decision
    state = {
        "coef": svm.coef_.copy(),  # a read-only view of the support vectors' sum
        "intercept": svm.intercept_.copy(),
        "mean": scaler.mean_,
        "scale": scaler.scale_,
        "classes": svm.classes_,
    }
    return Scored(scores, float(svm.score(train, labels)), state)


@dataclass(frozen=True, slots=True)
class Baseline:
    """A classical method.

    Attributes
    ----------
    fit : callable
        Called with training examples, their labels, test examples and the number of classes.
    reads : tuple of str
        Kinds of artefact whose examples it can read.
    """

    fit: Callable[..., Scored]
    reads: tuple[str, ...]


BASELINES: Mapping[str, Baseline] = {
    "majority": Baseline(majority, READABLE),
    "flow_svm": Baseline(flow_svm, ("flow", "flow_images", "graphs", "regions")),  # fit in memory; frames need not
    "landmark_svm": Baseline(landmark_svm, ("graphs",)),
    "histogram_svm": Baseline(histogram_svm, ("hoof", "lbp_top")),
}
"""By their name in the configuration."""


def fit_score(
    name: str,
    params: Mapping[str, Any],
    *,
    x_train: NDArray[np.float32],
    labels: NDArray[np.int64],
    x_test: NDArray[np.float32],
    classes: int,
) -> Scored:
    """Fit a baseline on the training clips and score the test clips. Deterministic: seeds do not matter.

    Parameters
    ----------
    name : str
        Key of ``BASELINES``.
    params : mapping
        Its keyword arguments.
    x_train, x_test : ndarray of shape (n, ...)
    labels : ndarray of shape (n,)
    classes : int

    Raises
    ------
    ConfigError
        On an unknown parameter.
    """
    signature = inspect.signature(BASELINES[name].fit).parameters.values()
    known = [p.name for p in signature if p.kind is p.KEYWORD_ONLY]
    unknown = sorted(set(params) - set(known))
    if unknown:
        raise ConfigError(f"{name}: unknown parameter {unknown[0]!r}. Known: {', '.join(known) or 'none'}.")
    return BASELINES[name].fit(x_train, labels, x_test, classes, **params)
