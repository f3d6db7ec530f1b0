"""The folds of an experiment, from the index. A fold that cannot be trained or tested is refused before any work."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from merflow.config import Experiment
from merflow.datasets.clip import Clip
from merflow.datasets.composite.classes import check_classes as _check_members
from merflow.datasets.labels import LABEL_SETS, label_set_named
from merflow.datasets.members import split_name
from merflow.errors import ConfigError
from merflow.plan.fold_classes import check_trained_classes
from merflow.plan.index import index_version, indexed
from merflow.plan.splits import as_trained, check_held_out, check_members
from merflow.training.folds import HOLDOUT, ONE_TRAINING
from merflow.training.given_folds import PREFIX, clips_of_given_folds, subjects_of_fold
from merflow.training.settings import ProtocolSettings
from merflow.training.shown import Labels, can_be_learnt, shown_names


def check_classes(clips_csv: str | Path, experiment: Experiment, members: Iterable[str]) -> None:
    """Refuse an experiment that would have one class to learn, or of which a member of a composite lacks a class.

    Parameters
    ----------
    clips_csv : path
        Index of the dataset.
    experiment : Experiment
    members : iterable of str
        Of a composite; an ordinary dataset has none.

    Raises
    ------
    ConfigError
        When the clips to train on have fewer than two classes; names those found, and label sets that have more there.
        As :func:`merflow.plan.splits.check_members`.
    DatasetError
        As :func:`merflow.datasets.composite.classes.check_classes` and :func:`merflow.plan.splits.as_trained`.
    """
    members = tuple(members)
    check_members(clips_csv, experiment, members)
    experiment = as_trained(clips_csv, experiment)
    clips = [clip for clip in indexed(clips_csv) if clip.expression in experiment.expressions]
    _check_members(clips, label_set_named(experiment.labels), members)
    trained = _trained_expressions(experiment)
    clips = [clip for clip in clips if clip.expression in trained]
    if not can_be_learnt(_labels(clips, experiment.labels)):
        multi = label_set_named(experiment.labels).multi
        needed = "with and without a label" if multi else "of at least two classes"
        found = ", ".join(_classes(clips, experiment.labels)) or _none(clips, experiment.labels)
        raise ConfigError(
            f"{clips_csv}: expected {' and '.join(trained)} clips {needed} of {experiment.labels}, but "
            f"found {found}: there is nothing to learn. {_other_labels(clips)}"
        )


def folds(clips_csv: str | Path, experiment: Experiment, *, members: Iterable[str] = ()) -> list[str]:
    """Return the names of the folds of an experiment.

    Parameters
    ----------
    clips_csv : path
        Index of the dataset.
    experiment : Experiment
    members : iterable of str
        Of a composite.

    Returns
    -------
    list of str
        The test subjects under ``loso`` and ``cross_domain``; ``micro`` under ``cross_domain`` where one training
        serves all of them; ``fold1`` to ``fold<k>`` under the k-fold protocols; ``fold`` and what the annotation calls
        it under ``given_folds``; ``holdout``; the dataset that ``cross_dataset`` tests.

    Raises
    ------
    ConfigError
        As :func:`check_classes`; when the label set leaves fewer subjects than the protocol divides; when early
        stopping would find fewer training subjects than it divides; and as
        :func:`merflow.plan.splits.check_held_out` and :func:`merflow.plan.fold_classes.check_trained_classes`.
    DatasetError
        As :func:`check_classes`; under ``given_folds``, and ``holdout`` of a fold, as
        :func:`merflow.training.given_folds.subjects_of_fold`.
    """
    check_classes(clips_csv, experiment, members)
    experiment = as_trained(clips_csv, experiment)
    protocol = experiment.protocol
    tested = _subjects(clips_csv, experiment, tested_expressions(experiment))
    trained = _subjects(clips_csv, experiment, _trained_expressions(experiment))
    _check_subjects(clips_csv, experiment, trained=trained, tested=tested)
    given = _given(clips_csv, experiment) if protocol.name == "given_folds" or protocol.fold else {}
    fewest = fewest_trained(protocol, trained, tested, given={name: len(own) for name, own in given.items()})
    _check_early_stopping(clips_csv, experiment, fewest=fewest)
    check_trained_classes(index_version(clips_csv), experiment)
    if protocol.name == "given_folds":
        return [name for name, subjects in given.items() if subjects & set(tested)]
    return _names(protocol) or tested


def _names(protocol: ProtocolSettings) -> list[str]:
    """Return the names of the folds of a protocol that names them itself; none where they are those of subjects."""
    if protocol.name.startswith("kfold"):
        return [f"fold{number}" for number in range(1, protocol.k + 1)]
    if protocol.name == "cross_dataset":
        return [protocol.test]
    if protocol.name == "holdout":
        return [HOLDOUT]
    return [ONE_TRAINING] if protocol.one_training else []


def _check_subjects(
    clips_csv: str | Path, experiment: Experiment, *, trained: Sequence[str], tested: Sequence[str]
) -> None:
    """Refuse fewer subjects than a protocol divides, and to hold out one who is not there."""
    protocol = experiment.protocol
    if len(tested) < 2 and protocol.one_subject_a_fold:
        raise ConfigError(
            f"{clips_csv}: leaving one subject out needs at least two subjects with labels of {experiment.labels}, "
            f"but found {len(tested)} ({', '.join(tested) or 'none'}). Add subjects, or choose another protocol."
        )
    if len(trained) < protocol.k and protocol.is_drawn and protocol.name != "kfold_random_leaky":
        raise ConfigError(
            f"{clips_csv}: {protocol.k} folds of subjects need as many subjects with labels of "
            f"{experiment.labels}, but found {len(trained)} ({', '.join(trained)}). Lower protocol.k, or add subjects."
        )
    check_held_out(clips_csv, experiment, tested)


def trained_clips(clips_csv: str | Path, experiment: Experiment) -> int:
    """Return how many clips of an index an experiment may train on, of all subjects."""
    label_set, expressions = label_set_named(experiment.labels), _trained_expressions(experiment)
    return sum(clip.expression in expressions and label_set.label_of(clip) is not None for clip in indexed(clips_csv))


def tested_expressions(experiment: Experiment) -> tuple[str, ...]:
    """Return the expressions of the clips that an experiment tests on."""
    protocol = experiment.protocol
    if protocol.name == "cross_domain":
        return ("micro",)
    return (protocol.test_expression,) if protocol.test_expression else experiment.expressions


def _trained_expressions(experiment: Experiment) -> tuple[str, ...]:
    return ("macro",) if experiment.protocol.name == "cross_domain" else experiment.expressions


def _subjects(clips_csv: str | Path, experiment: Experiment, expressions: Sequence[str]) -> list[str]:
    """Return the subjects with a labelled clip of these expressions, in the order of the index."""
    label_set = label_set_named(experiment.labels)
    clips = (clip for clip in indexed(clips_csv) if clip.expression in expressions)
    return list(dict.fromkeys(clip.subject for clip in clips if label_set.label_of(clip) is not None))


def _labels(clips: Iterable[Clip], labels: str) -> Labels:
    """Return the labels of the clips that lie inside a label set."""
    label_set = label_set_named(labels)
    found: list[Any] = [label for clip in clips if (label := label_set.label_of(clip)) is not None]
    return label_set.column(found)


def _classes(clips: Iterable[Clip], labels: str) -> list[str]:
    """Return the classes of a label set that clips have, or the labels that they show, in its order."""
    return shown_names(_labels(clips, labels), label_set_named(labels).classes)


def _none(clips: Sequence[Clip], labels: str) -> str:
    """Return that no class was found, and why the first clip has none."""
    label_set = label_set_named(labels)
    outside = next((clip for clip in clips if label_set.label_of(clip) is None), None)
    return "none" if outside is None else f"none ({outside.id}: {label_set.why_outside(outside)})"


def _other_labels(clips: Sequence[Clip]) -> str:
    """Return what to do about labels with fewer than two classes."""
    told = {name: _classes(clips, name) for name in LABEL_SETS if can_be_learnt(_labels(clips, name))}
    if not told:
        return "No label set has two classes there: choose other expressions, or another dataset."
    sets = "; ".join(f"{name} ({', '.join(found)})" for name, found in told.items())
    return f"Choose other labels (overrides: by dataset); this dataset has {sets}."


def _given(clips_csv: str | Path, experiment: Experiment) -> dict[str, set[str]]:
    """Return the subjects of each fold that the annotation gives."""
    label_set = label_set_named(experiment.labels)
    clips = [clip for clip in indexed(clips_csv) if clip.expression in experiment.expressions]
    clips = [clip for clip in clips if label_set.label_of(clip) is not None]
    columns = [clip.subject for clip in clips], [clip.fold for clip in clips]
    if experiment.protocol.fold:
        return {PREFIX + experiment.protocol.fold: set(subjects_of_fold(experiment.protocol.fold, *columns))}
    found = clips_of_given_folds(*columns)
    return {name: {clips[row].subject for row in np.flatnonzero(own)} for name, own in found.items()}


def fewest_trained(
    protocol: ProtocolSettings, trained: Sequence[str], tested: Sequence[str], *, given: Mapping[str, int] | None = None
) -> int:
    """Return how many training subjects the fold with the fewest has, or at most can have where folds are drawn.

    Parameters
    ----------
    protocol : ProtocolSettings
    trained, tested : sequence of str
        Subjects with a labelled clip that may train, and with one that may be tested.
    given : mapping of str to int, optional
        Subjects of each fold that the annotation gives.
    """
    if given:
        return len(trained) - (given[PREFIX + protocol.fold] if protocol.fold else max(given.values()))
    if protocol.name == "kfold_subject":
        largest = 1 if protocol.test_expression else math.ceil(len(trained) / protocol.k)
        return len(trained) - largest  # with a test_expression the largest fold may fall away
    if protocol.name == "kfold_random_leaky":
        return len(trained)
    if protocol.name == "cross_dataset":
        return sum(split_name(subject)[0] in protocol.train for subject in trained)
    if protocol.name == "holdout":  # a drawn part has one subject at least
        return len(set(trained) - set(protocol.subjects)) if protocol.subjects else len(trained) - 1
    return len(trained) if protocol.one_training else min(len(trained) - (subject in trained) for subject in tested)


def _check_early_stopping(clips_csv: str | Path, experiment: Experiment, *, fewest: int) -> None:
    """Refuse an inner split of fewer training subjects than it has parts: each fold would fail in its training."""
    needed = experiment.training.inner_folds
    if experiment.is_baseline or not experiment.training.early_stopping or fewest >= needed:
        return
    lower = f"Lower training.inner_folds to {fewest}, or set" if fewest > 1 else "Set"
    raise ConfigError(
        f"{clips_csv}: training.early_stopping: expected at least {needed} training subjects in each fold, of whom one "
        f"in training.inner_folds: {needed} validates, but a fold has {fewest}. {lower} training.early_stopping: 0."
    )
