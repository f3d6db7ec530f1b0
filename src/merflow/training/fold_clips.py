"""The clips of one fold: those to fit, those to evaluate, and those that the network must not know."""

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Examples, LazyRows, Rows, take_rows
from merflow.training.clips import Clips, TrainingClips
from merflow.training.folds import Fold, Indices, check_trained_classes
from merflow.training.inner_split import inner_split
from merflow.training.labelled import folds_of_clips
from merflow.training.method import Method
from merflow.training.not_learnt import tell_lost_by_stopping
from merflow.training.settings import ProtocolSettings

logger = logging.getLogger(__name__)

_LEFT_OUT = -1
"""In place of the row of a labelled clip that has none."""


class Split(NamedTuple):
    """The clips of one fold, each group taken out of the examples once.

    Attributes
    ----------
    fitted : Fold
        Rows of the examples: `train` are fitted on. With early stopping `test` are training clips too, of the subjects
        who are left out of the fitting.
    train : TrainingClips
        What a network is fitted on.
    inner : Clips or None
        By which early stopping chooses the epoch; None without it.
    test : Clips
        Of the test subject.
    """

    fitted: Fold
    train: TrainingClips
    inner: Clips | None
    test: Clips


class FittedRows(NamedTuple):
    """What a fold fits on, without the examples themselves: its training clips, then the altered copies of these.

    Attributes
    ----------
    rows : ndarray of shape (n,), int64
        Of the examples, with the copies of all clips behind them.
    labels : ndarray of shape (n,), int64, or (n, labels), uint8
    aus : ndarray of shape (n, a), uint8
        1 where the clip shows a unit; the a units are those that the training clips show.
    aus_known : ndarray of shape (n,), bool
        A copy's units are known where those of its clip are.
    au_numbers : tuple of int
        FACS number of each column of `aus`.
    """

    rows: Indices
    labels: NDArray[Any]
    aus: NDArray[np.uint8]
    aus_known: NDArray[np.bool_]
    au_numbers: tuple[int, ...] = ()


def folds_of_examples(examples: Examples, protocol: ProtocolSettings) -> list[Fold]:
    """Return the folds that a protocol makes of all labelled clips, as far as these are examples.

    A clip that a stage left out has its place in a fold, and no row. So folds that are drawn are the same for all
    experiments on a dataset. A fold that lost all clips that it tests is not among them.
    """
    clips = examples.labelled
    row_of = {name: row for row, name in enumerate(examples.clip.tolist())}
    rows = np.array([row_of.get(name, _LEFT_OUT) for name in clips.clip.tolist()], dtype=np.int64)
    folds = [
        Fold(fold.name, _rows(rows, fold.train), _rows(rows, fold.test), fold.note)
        for fold in folds_of_clips(clips, protocol)
    ]
    return [fold for fold in folds if len(fold.test)]


def _rows(rows: Indices, clips: Indices) -> Indices:
    """Return the rows of the examples that some labelled clips have, ascending."""
    own = rows[clips]
    return np.sort(own[own != _LEFT_OUT])


def find_fold(folds: Sequence[Fold], name: str) -> Fold:
    """Return the fold of a name, or an empty one when no clip of it is left among the examples.

    Parameters
    ----------
    folds : sequence of Fold
        As :func:`folds_of_examples` returns them. To find a fold takes the time of making all, so make them once.
    name : str
    """
    for fold in folds:
        if fold.name == name:
            return fold
    have = ", ".join(fold.name for fold in folds)
    logger.warning("fold %r: no test clip of it is among the examples, which have the folds %s", name, have)
    return Fold.empty()


def split_clips(examples: Examples, fold: Fold, method: Method, *, seed: int) -> Split:
    """Take the clips of a fold out of the examples: to fit, to stop by, and to test.

    Parameters
    ----------
    examples : Examples
    fold : Fold
    method : Method
        Whether it stops early decides whether some training subjects are left out.
    seed : int
        Of the training run; chooses these subjects.

    Raises
    ------
    DatasetError
        As ``inner_split`` and ``check_trained_classes``.
    """
    fitted = fitted_fold(examples, fold, method, seed=seed)
    inner = inner_clips(examples, fitted, method)
    return Split(fitted, training_clips(examples, fitted), inner, clips_of_test(examples, fold))


def fitted_fold(examples: Examples, fold: Fold, method: Method, *, seed: int) -> Fold:
    """Return the fold that is fitted: the fold itself, or with early stopping one of its training clips alone.

    Raises
    ------
    DatasetError
        As ``inner_split`` and ``check_trained_classes``.
    """
    if not method.training.early_stopping:
        return fold
    fitted = inner_fold(examples, fold, folds=method.training.inner_folds, seed=seed)
    check_trained_classes(
        fitted, examples.label, classes=examples.classes, model=method.model, setting="training.early_stopping: "
    )
    tell_lost_by_stopping(examples, fold, fitted, seed=seed)
    return fitted


def inner_clips(examples: Examples, fitted: Fold, method: Method) -> Clips | None:
    """Return the clips by which early stopping chooses the epoch; None without it."""
    return clips_of_test(examples, fitted) if method.training.early_stopping else None


def training_clips(examples: Examples, fold: Fold) -> TrainingClips:
    """Return what a fold trains on: its training clips, then the altered copies of these and of no others.

    The action units are those that a training clip shows: a unit of the test clips alone is not known here.
    """
    copied = np.isin(examples.copy_of, fold.train)
    clip = np.concatenate([fold.train, examples.copy_of[copied]])
    fitted = fitted_rows(examples, fold)
    return TrainingClips(
        x=_with_copies(take_rows(examples.x, fold.train), examples.copies[copied]),
        labels=fitted.labels,
        aus=fitted.aus,
        aus_known=fitted.aus_known,
        au_numbers=fitted.au_numbers,
        edges=examples.edges,
        apex_and_length=examples.apex_and_length[clip],
        names=_names(examples, fold, examples.copy_of[copied]),
    )


def fitted_rows(examples: Examples, fold: Fold) -> FittedRows:
    """Return which rows a fold trains on, in the order of `training_clips`, and what is known of them."""
    copied = np.flatnonzero(np.isin(examples.copy_of, fold.train))
    clip = np.concatenate([fold.train, examples.copy_of[copied]])
    return FittedRows(
        rows=np.concatenate([fold.train, len(examples.x) + copied]),
        labels=examples.label[clip],
        aus=examples.aus[clip][:, shown_units(examples, fold)],
        aus_known=examples.aus_known[clip],
        au_numbers=shown_numbers(examples, fold),
    )


def clips_of_test(examples: Examples, fold: Fold) -> Clips:
    """Return the clips that a fold tests on, each as it was recorded."""
    return Clips(take_rows(examples.x, fold.test), examples.label[fold.test], examples.apex_and_length[fold.test])


def inner_fold(examples: Examples, fold: Fold, *, folds: int, seed: int) -> Fold:
    """Return a fold of the training clips alone, for a choice that must not see the test clips.

    Parameters
    ----------
    examples : Examples
    fold : Fold
    folds : int
        Of the training subjects one in so many is left out of the fitting.
    seed : int
        Chooses which.

    Returns
    -------
    Fold
        `train` to fit on and `test` to choose by; both are training clips of `fold`, of different subjects.
    """
    fitted, chosen_by = inner_split(examples.subject[fold.train], examples.label[fold.train], folds=folds, seed=seed)
    return Fold(fold.name, fold.train[fitted], fold.train[chosen_by], fold.note)


def shown_units(examples: Examples, fold: Fold) -> NDArray[np.bool_]:
    """Return which columns of the examples' action units a training clip of the fold shows."""
    return np.asarray(examples.aus[fold.train].any(axis=0), dtype=np.bool_)


def shown_numbers(examples: Examples, fold: Fold) -> tuple[int, ...]:
    """Return the FACS numbers of the action units that a training clip of the fold shows."""
    return tuple(np.array(examples.au_numbers, dtype=np.int64)[shown_units(examples, fold)].tolist())


def _with_copies(x: Rows, copies: NDArray[Any]) -> Rows:
    """Return examples and their copies; what stays in its file has none."""
    return x if isinstance(x, LazyRows) else np.concatenate([x, copies])


def _names(examples: Examples, fold: Fold, copied: Indices) -> NDArray[np.str_]:
    """Return a name for each clip and copy that does not depend on their order."""
    counts: dict[int, int] = {}
    names = examples.clip[fold.train].tolist()
    for row in copied.tolist():
        counts[row] = counts.get(row, 0) + 1
        names.append(f"{examples.clip[row]} copy {counts[row]}")
    return np.array(names, dtype=np.str_)
