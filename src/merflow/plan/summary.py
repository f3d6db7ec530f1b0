"""What the summary of all results reads: which experiments have metrics, and what has to be known of each."""

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from merflow import paths
from merflow.artefacts.seal import digests
from merflow.config import Config
from merflow.config.checks import TAKEN
from merflow.config.experiments import SAME_QUESTION
from merflow.config.members import shared_subjects
from merflow.plan.jobs import at_hand
from merflow.plan.paper_tables import Row, paper_tables, table_rows

FILES = ("metrics.csv", "predictions.csv", "exclusions.csv")
"""What the summary reads of an experiment."""
PAGE = "metrics.html"
"""The page of its metrics, to which the summary leads where it is made."""


class Found(NamedTuple):
    """Results that lie in the folder: (dataset, experiment) each.

    Parameters
    ----------
    made : list
        The workflow can make them again here: they are inputs of the summary.
    kept : list
        Their recordings are not at hand: they are read as they are.
    unknown : list of (path, reason)
        The configuration does not say what they are.
    """

    made: list[tuple[str, str]]
    kept: list[tuple[str, str]]
    unknown: list[tuple[str, str]]


def found_results(config: Config) -> Found:
    """Return every experiment that has metrics, in the order of the configuration; those of no meaning by path."""
    known, unknown = [], []
    for path in sorted(Path(paths.RESULTS).glob("*/*/metrics.csv")):
        dataset, experiment = path.parts[-3:-1]
        if dataset in TAKEN["datasets"] or experiment in TAKEN["experiments"]:
            continue
        reason = _unknown(config, dataset, experiment)
        if reason:
            unknown.append((str(path), reason))
        else:
            known.append((dataset, experiment))
    place = {name: i for i, name in enumerate((*config.datasets, *config.experiments))}
    known.sort(key=lambda pair: (place[pair[0]], place[pair[1]]))
    hand = {dataset: at_hand(config, dataset) for dataset, _ in known}
    return Found([pair for pair in known if hand[pair[0]]], [pair for pair in known if not hand[pair[0]]], unknown)


def inputs_of_summary(found: Found) -> list[str]:
    """Return the files of the experiments that the workflow can make again, their pages among them where they lie."""
    files = [paths.experiment(*pair, name) for pair in found.made for name in FILES]
    return files + [paths.experiment(*pair, PAGE) for pair in found.made if _has_page(*pair)]


def contents_of_kept(found: Found) -> dict[str, str]:
    """Return the SHA-256 of each file of an experiment whose recordings are not at hand."""
    files = (paths.experiment(*pair, name) for pair in found.kept for name in FILES)
    return {path: digests(Path(path)).file for path in files if Path(path).is_file()}


def facts_of_summary(config: Config, found: Found) -> list[dict[str, Any]]:
    """Return what has to be known of each experiment, as plain values: a parameter of a rule."""
    known = {pair for pairs in (found.made, found.kept) for pair in pairs}
    published = _published(config, known)
    people = _people(config, sorted({dataset for dataset, _ in known}))
    return [
        _facts(config, *pair, published.get(pair, [])) | {"at_hand": at_hand} | people[pair[0]]
        for pairs, at_hand in ((found.made, True), (found.kept, False))
        for pair in pairs
    ]


def _unknown(config: Config, dataset: str, experiment: str) -> str:
    """Return why a folder is no result of the configuration; empty where it is one."""
    for section, name in (("dataset", dataset), ("experiment", experiment)):
        if name not in (config.datasets if section == "dataset" else config.experiments):
            return f"config.yaml has no {section} {name}"
    return ""


def _has_page(dataset: str, experiment: str) -> bool:
    return Path(paths.experiment(dataset, experiment, PAGE)).is_file()


def _facts(config: Config, dataset: str, experiment: str, published: list[Row]) -> dict[str, Any]:
    own, block = config.experiment(experiment, dataset), config.datasets[dataset]
    return {
        "dataset": dataset,
        "experiment": experiment,
        "description": own.description,
        "model": own.model,
        "artefact": own.artefact,
        "is_baseline": own.is_baseline,
        "bootstrap": own.bootstrap,
        "question": own.plain(*SAME_QUESTION),
        "embedded": block.synthesis is not None or _all_embedded(config, block.members),
        "members": list(block.members),
        "published": published,
        "has_page": _has_page(dataset, experiment),
    }


def _all_embedded(config: Config, members: tuple[str, ...]) -> bool:
    return bool(members) and all(config.datasets[name].synthesis is not None for name in members)


def _people(config: Config, datasets: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return of each dataset which others show its people, or may, and in which of its parts a name tells who it is."""
    parts = {name: config.datasets[name].members or (name,) for name in datasets}

    def share(first: str, second: str) -> bool:
        return any(
            one == other or shared_subjects(config.datasets[one], config.datasets[other])
            for one, other in product(parts[first], parts[second])
        )

    return {
        name: {
            "same_people": [other for other in datasets if other != name and share(name, other)],
            "told_by_name": [part for part in parts[name] if config.datasets[part].declared.people_by_name],
        }
        for name in datasets
    }


def _published(config: Config, pairs: set[tuple[str, str]]) -> dict[tuple[str, str], list[Row]]:
    """Return the cells of published tables that each experiment says it is, of the mean over all classes or labels.

    One that asks the question of a cell without the leak of its protocol is no cell: nothing is printed of it.
    """
    found: dict[tuple[str, str], list[Row]] = {}
    for row in _cells(config):
        pair = (row["on"], row["experiment"])
        if pair in pairs and not row["label"] and row["value"] is not None:
            found.setdefault(pair, []).append(row)
    return found


def _cells(config: Config) -> Iterator[Row]:
    for table in paper_tables():
        yield from table_rows(config, *table)
