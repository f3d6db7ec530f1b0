"""Members of a composite: datasets that exist, are no composites themselves, and show different subjects."""

from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

from merflow.config.objects import DatasetBlock
from merflow.datasets.registry import COMPOSITE
from merflow.errors import ConfigError


def check_members(datasets: Mapping[str, DatasetBlock]) -> None:
    """Check the members of every composite.

    Parameters
    ----------
    datasets : mapping
        Every dataset by name.

    Raises
    ------
    ConfigError
        When a member is unknown or a composite itself, or when two members show, or may show, the same subjects. A
        subject would then be in training and in the test.
    """
    for name, dataset in datasets.items():
        if dataset.reader != COMPOSITE:
            continue
        where = f"config: datasets.{name}.members"
        for member in dataset.members:
            _check_member(datasets, member, where=where)
        for first, second in combinations(dataset.members, 2):
            shared = shared_subjects(datasets[first], datasets[second])
            if shared:
                raise ConfigError(
                    f"{where}: expected members that show different subjects, but {first} and {second} {shared}. "
                    "Leave one of them out."
                )


def _people(dataset: DatasetBlock) -> str:
    """Return the reader of the set whose people a dataset shows."""
    return dataset.declared.people_of or dataset.reader


def _check_member(datasets: Mapping[str, DatasetBlock], member: str, *, where: str) -> None:
    """Refuse a member that is no dataset, or a composite itself."""
    ordinary = sorted(name for name, dataset in datasets.items() if dataset.reader != COMPOSITE)
    if member not in datasets:
        raise ConfigError(f"{where}: unknown dataset {member!r}. Known: {', '.join(ordinary)}.")
    if member not in ordinary:
        raise ConfigError(
            f"{where}: {member} is a composite itself. Name its members instead; no composites are: "
            f"{', '.join(ordinary)}."
        )


def shared_subjects(first: DatasetBlock, second: DatasetBlock) -> str:
    """Return why two datasets show the same subjects, or may without anything to tell it; empty = they do not.

    Neither is a composite. Of datasets whose reader tells people by name the names tell it, and not the configuration.
    """
    if first.synthesis and second.synthesis:
        seed, other = first.synthesis.seed, second.synthesis.seed
        return f"are both rendered from the seed {seed}, which gives the same subjects" if seed == other else ""
    if first.synthesis or second.synthesis:
        return ""
    ready = [bool(dataset.declared.ready) for dataset in (first, second)]
    if all(ready):
        same = Path(first.root).resolve() == Path(second.root).resolve()
        return f"are both the pictures in {first.root}" if same else ""  # of one subject: see compose
    if any(ready):
        return (
            "may share subjects: pictures that came ready are made of recordings that they do not name, and a subject "
            "could be trained on under one name and tested on under another"
        )
    if first.reader != second.reader and _people(first) == _people(second):
        return f"show the same people, those of {_people(first)}, under two names"
    same = first.declared is second.declared and not first.declared.people_by_name  # those are looked at in compose
    return f"are both read as {first.reader}, whose parts share subjects" if same else ""
