"""What the workflow has to know before it runs a job: subjects, frames and folds, from the index of a dataset."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.config import experiment_for
from merflow.config.sections import UPSTREAM
from merflow.datasets.clip import Clip, read_clips
from merflow.datasets.clip_frames import frames_of_roles, frames_or_none
from merflow.datasets.composite import check_classes as _check_classes
from merflow.datasets.composite import split_name
from merflow.datasets.labels import LABEL_SETS
from merflow.datasets.registry import annotation_files
from merflow.errors import ConfigError

_NOTHING = r"(?!)"
"""Matches no name: an empty pattern would match every one."""


def one_of(names: Iterable[str]) -> str:
    """Return a wildcard constraint that matches these names only."""
    return "|".join(sorted(map(re.escape, names))) or _NOTHING


def subjects(clips_csv: str | Path) -> list[str]:
    """Return the subjects of a dataset in the order of its index."""
    return list(dict.fromkeys(clip.subject for clip in _index(clips_csv)))


def check_subject(clips_csv: str | Path, subject: str) -> None:
    """Refuse a subject that the index does not list: its artefact would be empty and look done."""
    known = subjects(clips_csv)
    if subject not in known:
        raise ConfigError(f"{clips_csv}: no subject {subject!r}. Known: {', '.join(known)}.")


def members(config: Mapping[str, Any], dataset: str) -> dict[str, str]:
    """Return the reader of each dataset that a composite is made of, in its order; empty for an ordinary dataset."""
    named = config["datasets"][dataset].get("members", ())
    return {member: config["datasets"][member]["reader"] for member in named}


def official_members(config: Mapping[str, Any], dataset: str) -> list[str]:
    """Return the members whose released recordings MEGC 2019 counted; none where a composite takes other clips."""
    counted = config["datasets"][dataset].get("selection") == "megc2019"
    return [name for name in members(config, dataset) if counted and config["datasets"][name]["synthesis"] is None]


def shards(config: Mapping[str, Any], clips_csv: str | Path, dataset: str, kind: str, variant: str) -> list[str]:
    """Return the shards of all subjects of a dataset, in the order of its index.

    Those of a composite are its members' own, of the subjects that have clips in the composite.
    """
    composite = bool(members(config, dataset))
    owners = [split_name(subject) if composite else (dataset, subject) for subject in subjects(clips_csv)]
    return [paths.shard(owner, kind, variant, subject) for owner, subject in owners]


def check_recorded(config: Mapping[str, Any], dataset: str) -> None:
    """Refuse a composite where artefacts are made: its members have them."""
    names = members(config, dataset)
    if names:
        raise ConfigError(
            f"dataset {dataset} is made of {', '.join(names)} and has no artefacts of its own. Ask for those of a "
            f"member, such as {paths.RESULTS}/{next(iter(names))}/artefacts/..., or for an experiment on {dataset}."
        )


def subject_frames(
    clips_csv: str | Path, subject: str, *, root: str | Path, roles: Sequence[str], depth: bool = True
) -> list[str]:
    """Return the colour and depth files of the frames that a faces variant keeps of one subject.

    Parameters
    ----------
    clips_csv : path
        Index of the dataset.
    subject : str
    root : path
        Root of the dataset, which the clips' folders are relative to.
    roles : sequence of str
        Some of ``onset``, ``apex``, ``offset``; ``all`` for every frame from onset to offset.
    depth : bool
        Whether the variant reads depth at all.

    Returns
    -------
    list of str
        Files that exist. A frame that is missing is the stage's to report, clip by clip.
    """
    files: list[str] = []
    for clip in _index(clips_csv):
        if clip.subject != subject:
            continue
        for folder in (clip.color, clip.depth if depth else ""):
            if folder:
                present = frames_or_none(Path(root) / folder)
                files += [str(present[number]) for number in frames_of_roles(clip, roles, sorted(present))]
    return sorted(set(files))


def subject_pictures(clips_csv: str | Path, subject: str, *, root: str | Path) -> list[str]:
    """Return the flow images of one subject that exist, in a dataset of ready ones, where a clip names its file."""
    files = (Path(root) / clip.color for clip in _index(clips_csv) if clip.subject == subject)
    return [str(path) for path in files if path.is_file()]


def check_classes(clips_csv: str | Path, settings: Mapping[str, Any], members: Iterable[str]) -> None:
    """Refuse an experiment on a composite of which a member lacks a class; an ordinary dataset has no members.

    Raises
    ------
    DatasetError
        As :func:`merflow.datasets.composite.check_classes`.
    """
    clips = [clip for clip in _index(clips_csv) if clip.expression in settings["expressions"]]
    _check_classes(clips, LABEL_SETS[settings["labels"]], tuple(members))


def folds(clips_csv: str | Path, settings: Mapping[str, Any], *, members: Iterable[str] = ()) -> list[str]:
    """Return the names of the folds of an experiment.

    Parameters
    ----------
    clips_csv : path
        Index of the dataset.
    settings : mapping
        Resolved experiment.
    members : iterable of str
        Of a composite.

    Returns
    -------
    list of str
        The test subjects under ``loso`` and ``cross_domain``; ``fold1`` to ``fold<k>`` under the k-fold protocols.

    Raises
    ------
    ConfigError
        When the label set leaves fewer than two subjects: none could be left out.
    DatasetError
        As :func:`check_classes`.
    """
    check_classes(clips_csv, settings, members)
    protocol = settings["protocol"]
    if protocol["name"].startswith("kfold"):
        return [f"fold{number}" for number in range(1, protocol["k"] + 1)]
    label_set = LABEL_SETS[settings["labels"]]
    tested = _tested_expressions(protocol, settings["expressions"])
    clips = [c for c in _index(clips_csv) if c.expression in tested and label_set.label_of(c) is not None]
    found = list(dict.fromkeys(clip.subject for clip in clips))
    if len(found) < 2:
        raise ConfigError(
            f"{clips_csv}: leaving one subject out needs at least two subjects with labels of {settings['labels']}, "
            f"but found {len(found)} ({', '.join(found) or 'none'}). Add subjects, or choose another protocol."
        )
    return found


def ancestor_variant(config: Mapping[str, Any], kind: str, variant: str, ancestor: str) -> str:
    """Return the variant of an upstream kind that a variant is computed from, however far up."""
    while kind != ancestor:
        upstream = UPSTREAM[kind]
        kind, variant = upstream, config[kind][variant][upstream]
    return variant


def artefact_chain(config: Mapping[str, Any], artefact: str, *, dataset: str | None = None) -> list[tuple[str, str]]:
    """Return (kind, variant) of an artefact and of all that it is computed from, recordings' side first.

    In a `dataset` of ready flow images these are computed from nothing.
    """
    kind, _, variant = artefact.partition("/")
    chain = [(kind, variant)]
    ready = dataset is not None and config["datasets"][dataset]["reader"] == kind
    while kind in UPSTREAM and not ready:
        kind, variant = UPSTREAM[kind], config[kind][variant][UPSTREAM[kind]]
        chain.insert(0, (kind, variant))
    return chain


def resolved_settings(config: Mapping[str, Any], experiment: str, dataset: str) -> dict[str, Any]:
    """Return everything that decides the numbers of an experiment: its own settings and those of each artefact.

    Returns
    -------
    dict
        ``dataset``, ``experiment``, and ``artefacts`` by ``<kind>/<variant>`` from the recordings on; of a composite
        ``members`` too, the settings of each.
    """
    settings = experiment_for(config, experiment, dataset)
    chain = artefact_chain(config, settings["artefact"], dataset=dataset)
    artefacts = {f"{kind}/{variant}": config[kind][variant] for kind, variant in chain}
    resolved = {"dataset": config["datasets"][dataset], "experiment": settings, "artefacts": artefacts}
    names = members(config, dataset)
    return resolved | ({"members": {name: config["datasets"][name] for name in names}} if names else {})


def experiments_on(config: Mapping[str, Any], dataset: str) -> list[str]:
    """Return the shipped experiments that name a dataset."""
    return [name for name, settings in config["experiments"].items() if dataset in settings["datasets"]]


def available_experiments(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (dataset, experiment) for each shipped pair whose recordings are at hand."""
    at_hand = [name for name in config["datasets"] if _at_hand(config, name)]
    return [(dataset, name) for dataset in at_hand for name in experiments_on(config, dataset)]


def annotation_inputs(config: Mapping[str, Any], dataset: str) -> list[str]:
    """Return what the index of a dataset is made of.

    Returns
    -------
    list of str
        Its annotation sheets, or the rendered recordings; of a composite the members' ``clips.csv``, then their
        ``exclusions.csv``, both in the order of the members.

    Raises
    ------
    DatasetError
        When the root or the sheets are not there: before anything is computed.
    """
    names = members(config, dataset)
    if names:
        return [*map(paths.clips, names), *map(paths.exclusions, names)]
    settings = config["datasets"][dataset]
    if settings["synthesis"]:
        return [paths.raw(dataset)]
    return [str(path) for path in annotation_files(settings["reader"], reader_settings(settings))]


def reader_settings(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a dataset that decide its index."""
    return {key: value for key, value in dataset.items() if key not in ("reader", "synthesis")}


def _at_hand(config: Mapping[str, Any], dataset: str) -> bool:
    """Return whether the recordings of a dataset are there or can be rendered; of a composite, of every member."""
    names = members(config, dataset)
    if names:
        return all(_at_hand(config, name) for name in names)
    settings = config["datasets"][dataset]
    return settings["synthesis"] is not None or Path(settings["root"]).is_dir()


def _tested_expressions(protocol: Mapping[str, Any], expressions: Iterable[str]) -> tuple[str, ...]:
    if protocol["name"] == "cross_domain":
        return ("micro",)
    return (protocol["test_expression"],) if protocol["test_expression"] else tuple(expressions)


@lru_cache(maxsize=32)
def _read_index(path: str, _modified_ns: int) -> tuple[Clip, ...]:
    return tuple(read_clips(Path(path)))


def _index(clips_csv: str | Path) -> tuple[Clip, ...]:
    """Read an index once per version of the file: the workflow asks for it per job."""
    return _read_index(str(clips_csv), Path(clips_csv).stat().st_mtime_ns)
