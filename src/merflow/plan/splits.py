"""What a protocol asks of a dataset, before its folds are made: members to train and test on, subjects to hold out."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from merflow.checks import nearest
from merflow.config import Experiment
from merflow.datasets.composite.classes import common_classes
from merflow.datasets.labels import label_set_named, some_classes_name
from merflow.errors import ConfigError
from merflow.plan.index import indexed


def as_trained(clips_csv: str | Path, experiment: Experiment) -> Experiment:
    """Return an experiment with the labels that it trains: under ``cross_dataset`` those that every dataset shows.

    A network cannot predict a class that it was not trained on, and a class that some of the datasets show could be
    told by the dataset alone.

    Raises
    ------
    DatasetError
        As :func:`merflow.datasets.composite.classes.common_classes`.
    """
    members = experiment.protocol.datasets
    if not members:
        return experiment
    label_set = label_set_named(experiment.labels)
    clips = [clip for clip in indexed(clips_csv) if clip.expression in experiment.expressions]
    common = common_classes(clips, label_set, members)
    if common == label_set.classes:
        return experiment
    return replace(experiment, labels=some_classes_name(experiment.labels, common))


def check_members(clips_csv: str | Path, experiment: Experiment, members: Sequence[str]) -> None:
    """Refuse ``cross_dataset`` on anything but a composite of the datasets that it names.

    Parameters
    ----------
    clips_csv : path
        Index of the dataset, for the message.
    experiment : Experiment
    members : sequence of str
        Of a composite; an ordinary dataset has none.

    Raises
    ------
    ConfigError
        Names the datasets that are no members, with the nearest one, and members that are not named.
    """
    asked = experiment.protocol.datasets
    if not asked:
        return
    if not members:
        raise ConfigError(
            f"{clips_csv}: protocol cross_dataset: expected a composite of {', '.join(asked)}, but found a dataset "
            "that has no members. Define one with reader: composite (docs/protocols.md)."
        )
    unknown = [name for name in asked if name not in members]
    if unknown:
        raise ConfigError(
            f"{clips_csv}: protocol cross_dataset: expected members of the composite ({', '.join(members)}), but found "
            f"{', '.join(unknown)}.{nearest(unknown[0], members)} Change protocol.train and protocol.test (overrides: "
            "by dataset)."
        )
    silent = [name for name in members if name not in asked]
    if silent:
        raise ConfigError(
            f"{clips_csv}: protocol cross_dataset: expected every member of the composite in protocol.train or "
            f"protocol.test, but found none of {', '.join(silent)} there. Name them, or define a composite without "
            "them."
        )


def check_held_out(clips_csv: str | Path, experiment: Experiment, tested: Sequence[str]) -> None:
    """Refuse to hold out a subject of whom there is no clip to test.

    Parameters
    ----------
    clips_csv : path
        Index of the dataset.
    experiment : Experiment
    tested : sequence of str
        Subjects with a clip that can be tested.

    Raises
    ------
    ConfigError
        Names the subject, with the nearest one.
    """
    known = {clip.subject for clip in indexed(clips_csv)}
    for name in experiment.protocol.subjects:
        if name in tested:
            continue
        found = f"no clip to test with a label of {experiment.labels}" if name in known else "no such subject"
        raise ConfigError(
            f"{clips_csv}: protocol.subjects: expected subjects to test of this dataset, but found {found}: {name!r}."
            f"{nearest(name, tested)} Known: {', '.join(tested)}."
        )
