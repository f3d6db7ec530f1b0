"""The classes that each fold trains on, from the index: a fold needs at least two."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts.labelled_clips import LabelledClips
from merflow.checks import few
from merflow.config import Experiment
from merflow.datasets.labels import label_set_named
from merflow.errors import ConfigError
from merflow.plan.index import Version, indexed
from merflow.training.folds import ONE_CLASS_IS_ENOUGH
from merflow.training.inner_split import inner_split
from merflow.training.labelled import folds_of_clips, labelled_clips
from merflow.training.settings import ProtocolSettings
from merflow.training.shown import can_be_learnt, shown_names

_MOST_PARTS = 2
"""Parts (``inner_folds``) of early stopping that can leave one class to fit. With k parts and C classes: all subjects
of a class lie in one part at most, so together the parts take away C classes at most. A part that takes none is
preferred, so each takes one; the part that leaves a single class takes C - 1. C - 1 + (k - 1) <= C only for k = 2."""


class _Question(NamedTuple):
    """What decides the folds of an experiment on one version of an index: many experiments share it."""

    version: Version
    labels: str
    expressions: tuple[str, ...]
    protocol: ProtocolSettings


def check_trained_classes(version: Version, experiment: Experiment) -> None:
    """Refuse an experiment of which a fold would train on no clip, or on clips of one class.

    The clips that stages leave out later are not known yet, so a fold may still lose a class: its training refuses it
    then.

    Parameters
    ----------
    version : Version
        Of the dataset's index.
    experiment : Experiment

    Raises
    ------
    ConfigError
        Names the folds, what they train on, and the next move.
    """
    question = _Question(version, experiment.labels, experiment.expressions, experiment.protocol)
    if experiment.model in ONE_CLASS_IS_ENOUGH:
        _check_trained(question)
        return
    lacking = _lacking(question)
    if lacking:
        raise ConfigError(
            f"{version.path}: expected clips {_needed(question)} of {question.labels} to train on in every fold, "
            f"but found {_lacks(question)} in the training clips of {_folds(lacking)}. Add subjects that show other "
            "classes, choose other labels, or another protocol."
        )
    training = experiment.training
    if experiment.is_baseline or not training.early_stopping or training.inner_folds > _MOST_PARTS:
        return
    lacking = tuple(_lacking_when_halved(question, experiment.seeds))
    if lacking:
        raise ConfigError(
            f"{version.path}: training.early_stopping: expected clips {_needed(question)} of {question.labels} to "
            f"fit in every fold, one half of whose training subjects validates, but found {_lacks(question)} in "
            f"{_folds(lacking)}. Set training.inner_folds: 3, or training.early_stopping: 0."
        )


def clips_fitted(version: Version, experiment: Experiment) -> dict[str, int]:
    """Return how many clips each fold of an experiment trains on, as far as the index tells.

    Parameters
    ----------
    version : Version
        Of the dataset's index.
    experiment : Experiment
        As it is trained (:func:`merflow.plan.splits.as_trained`).
    """
    question = _Question(version, experiment.labels, experiment.expressions, experiment.protocol)
    return {fold.name: len(fold.train) for fold in folds_of_clips(_examples(question), question.protocol)}


def _check_trained(question: _Question) -> None:
    """Refuse a fold without a training clip."""
    empty = [fold.name for fold in folds_of_clips(_examples(question), question.protocol) if not len(fold.train)]
    if empty:
        raise ConfigError(
            f"{question.version.path}: expected clips of {question.labels} to train on in every fold, but found no "
            f"clip at all in the training clips of {_folds(empty)}. Test fewer subjects, or choose another protocol."
        )


@lru_cache(maxsize=64)
def _lacking(question: _Question) -> tuple[str, ...]:
    """Return each fold that trains on one class, with what it trains on."""
    examples = _examples(question)
    folds = folds_of_clips(examples, question.protocol)
    return tuple(
        f"{fold.name} ({_shown(question, examples, fold.train)})"
        for fold in folds
        if not can_be_learnt(examples.label[fold.train])
    )


def _lacking_when_halved(question: _Question, seeds: Sequence[int]) -> Iterator[str]:
    """Yield each fold, with its seed, of which the half that early stopping fits has one class."""
    examples = _examples(question)
    for fold in folds_of_clips(examples, question.protocol):
        subjects, labels = examples.subject[fold.train], examples.label[fold.train]
        for seed in seeds if _has_class_apart(subjects, labels) else ():
            fitted, _ = inner_split(subjects, labels, folds=_MOST_PARTS, seed=seed)
            if not can_be_learnt(labels[fitted]):
                yield f"{fold.name} with seed {seed} ({_shown(question, examples, fold.train[fitted])})"


def _has_class_apart(subjects: NDArray[np.str_], labels: NDArray[np.int64]) -> bool:
    """Return whether the subjects of some class show no other; else either half keeps two classes."""
    if labels.ndim == 2:
        return True  # of labels that are told one by one each split is looked at
    names, who = np.unique(subjects, return_inverse=True)
    shows = np.zeros((len(names), labels.max() + 1), dtype=bool)
    shows[who, labels] = True
    of_one = shows.sum(axis=1) == 1
    return any(of_one[own].all() for own in shows.T if own.any())


def _examples(question: _Question) -> LabelledClips:
    """Return the labelled clips of an experiment."""
    own = [clip for clip in indexed(question.version.path) if clip.expression in question.expressions]
    return labelled_clips(own, label_set_named(question.labels))


def _shown(question: _Question, examples: LabelledClips, rows: NDArray[np.int64]) -> str:
    """Return the classes that clips show and of whom they are, for messages."""
    names = shown_names(examples.label[rows], label_set_named(question.labels).classes)
    return f"{', '.join(names)} of {few(np.unique(examples.subject[rows]).tolist())}" if names else "no clip at all"


def _needed(question: _Question) -> str:
    return "with and without a label" if label_set_named(question.labels).multi else "of at least two classes"


def _lacks(question: _Question) -> str:
    return "the same labels in all clips" if label_set_named(question.labels).multi else "one class"


def _folds(names: Sequence[str]) -> str:
    return f"the fold{'s' if len(names) > 1 else ''} {few(names)}"
