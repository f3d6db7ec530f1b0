"""What the workflow has to know before it runs a job: subjects, shards and experiments, from the index of a dataset."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.checks import few
from merflow.config import Config
from merflow.config.checks import TAKEN
from merflow.datasets.members import split_name
from merflow.datasets.reading.clip_frames import below_root
from merflow.datasets.registry import annotation_files
from merflow.errors import ConfigError
from merflow.plan.cameras import check_depth_camera
from merflow.plan.folders import folders_digest
from merflow.plan.index import clips_by_subject, indexed
from merflow.plan.sources import artefact_chain, check_recorded, check_shards
from merflow.reading import content_of, is_folder

_NOTHING = r"(?!)"
"""Matches no name: an empty pattern would match every one."""

_WORD = r"(?!vs-)[\w.]+"
_UNKNOWN = rf"{_WORD}(?:-{_WORD})*"
"""Any name of words joined by dashes, none of them ``vs``, so that ``a-vs-b`` is taken for two names and never for
one."""


def one_of(names: Iterable[str]) -> str:
    """Return a wildcard constraint that matches these names only."""
    return "|".join(sorted(map(re.escape, names))) or _NOTHING


def one_of_or_unknown(names: Iterable[str]) -> str:
    """Return a wildcard constraint that tries these names before any other.

    A name that is none of them is then refused by who looks it up, with the nearest known one: Snakemake would say no
    more than that no rule makes the file. Where every name is one of those others, they alone are the pattern:
    Snakemake compiles it for every file of every rule, and 150 names took .4 s of each start.
    """
    names = list(names)
    plain = all(re.fullmatch(_UNKNOWN, name) and "vs" not in name.split("-") for name in names)
    return _UNKNOWN if plain else f"{one_of(names)}|{_UNKNOWN}"


def unknown_dataset(config: Config) -> str:
    """Return a wildcard constraint for folders of the results that nothing in the configuration gives a meaning.

    Those of datasets have one, those that are no dataset's, and those that the configuration reads from.
    """
    blocks = [*config.plain["datasets"].values(), *config.plain["magnified"].values()]
    read = (Path(value).parts for block in blocks for value in block.values() if isinstance(value, str))
    sources = [parts[1] for parts in read if parts[:1] == (paths.RESULTS,) and len(parts) > 1]
    return rf"(?!(?:{one_of([*config.datasets, *TAKEN['datasets'], *sources])})/)[^/]+"


def subjects(clips_csv: str | Path) -> list[str]:
    """Return the subjects of a dataset in the order of its index."""
    return list(clips_by_subject(clips_csv))


def check_subject(clips_csv: str | Path, subject: str) -> None:
    """Refuse a subject that the index does not list: its artefact would be empty and look done."""
    known = clips_by_subject(clips_csv)
    if subject not in known:
        raise ConfigError(f"{clips_csv}: no subject {subject!r}. Known: {', '.join(known)}.")


def shards(config: Config, clips_csv: str | Path, dataset: str, kind: str, variant: str) -> list[str]:
    """Return the shards of all subjects of a dataset, in the order of its index.

    Those of a composite are its members' own, of the subjects that have clips in the composite.

    Raises
    ------
    ConfigError
        As :func:`merflow.plan.sources.check_shards`, :func:`merflow.plan.sources.check_recorded` and
        :func:`merflow.plan.cameras.check_depth_camera`.
    """
    check_shards(config, dataset, kind)
    check_recorded(config, indexed(clips_csv), dataset, f"{kind}/{variant}")
    check_depth_camera(config, indexed(clips_csv), dataset, f"{kind}/{variant}")
    composite = bool(config.datasets[dataset].members)
    owners = [split_name(subject) if composite else (dataset, subject) for subject in subjects(clips_csv)]
    return [paths.shard(owner, kind, variant, subject) for owner, subject in owners]


def resolved_settings(config: Config, experiment: str, dataset: str) -> dict[str, Any]:
    """Return everything that decides the numbers of an experiment, as plain values: its own settings and all others.

    Returns
    -------
    dict
        ``dataset``, ``experiment``, and ``artefacts`` by ``<kind>/<variant>`` from the recordings on; of a composite
        ``members`` too, the settings of each.
    """
    own, blocks = config.experiment(experiment, dataset), config.plain["datasets"]
    chain = artefact_chain(config, own.artefact, dataset=dataset)
    artefacts = {f"{kind}/{variant}": config.variant(kind, variant).plain for kind, variant in chain}
    resolved = {"dataset": blocks[dataset], "experiment": own.plain(), "artefacts": artefacts}
    names = config.datasets[dataset].members
    return resolved | ({"members": {name: blocks[name] for name in names}} if names else {})


def experiments_on(config: Config, dataset: str) -> list[str]:
    """Return the shipped experiments that name a dataset."""
    return [name for name, experiment in config.experiments.items() if dataset in experiment.datasets]


def available_experiments(config: Config) -> list[tuple[str, str]]:
    """Return (dataset, experiment) for each shipped pair whose recordings are at hand.

    Raises
    ------
    ConfigError
        When there is none: a run of everything would do nothing, and end well.
    """
    datasets = [name for name in config.datasets if at_hand(config, name)]
    pairs = [(dataset, name) for dataset in datasets for name in experiments_on(config, dataset)]
    if not pairs:
        why = [
            f"no experiment has {name} among its datasets" if name in datasets else f"no recordings of {name}"
            for name in config.datasets
        ]
        raise ConfigError(
            f"config: expected an experiment on a dataset whose recordings are there, found none: "
            f"{few(why) or 'no dataset'}. Set the root of the dataset, or add an experiment that names it: "
            "my_net: { extends: ststnet, datasets: [...] } (docs/configuration.md)."
        )
    return pairs


def annotation_inputs(config: Config, dataset: str) -> list[str]:
    """Return the results that the index of a dataset is made of.

    Returns
    -------
    list of str
        The rendered recordings of an embedded dataset; of a composite the members' ``clips.csv``, then their
        ``exclusions.csv``, both in the order of the members; nothing of recordings.
    """
    block = config.datasets[dataset]
    if block.members:
        return [*map(paths.clips, block.members), *map(paths.exclusions, block.members)]
    return [paths.raw(dataset)] if block.synthesis else []


def annotation_sheets(config: Config, dataset: str) -> dict[str, str]:
    """Return what the sheets, lists and listed folders hold that the index of a dataset of recordings is made of.

    The names of the folders of recordings are among it: clips whose folders were not there yet are left out.

    They are no inputs: Snakemake refuses an input that is newer than what was made of it, as a sheet that was saved on
    a computer whose clock is ahead.

    Returns
    -------
    dict
        Path, below the root where it lies there, or which folders of recordings -> SHA-256; empty for a composite and
        for embedded data.

    Raises
    ------
    DatasetError
        When the root or the sheets are not there, or cannot be read: before anything is computed.
    """
    block = config.datasets[dataset]
    if block.members or block.synthesis:
        return {}
    sources = annotation_files(block.reader, block.own)
    folders = {key: Path(block.own[key]) for key in ("root", "depth_root") if block.own.get(key)}
    return {
        **{below_root(Path(block.root), str(path)): content_of(path) for path in sources},
        **{f"folders below {key}": folders_digest(folder) for key, folder in folders.items() if is_folder(folder)},
    }


def at_hand(config: Config, dataset: str) -> bool:
    """Return whether the recordings of a dataset are there or can be rendered; of a composite, of every member."""
    block = config.datasets[dataset]
    if block.members:
        return all(at_hand(config, name) for name in block.members)
    return block.synthesis is not None or is_folder(block.root)
