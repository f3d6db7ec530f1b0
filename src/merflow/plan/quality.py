"""What the quality pages of a dataset read, and what a person gave to its index: a review, estimated apexes."""

from pathlib import Path

from merflow import paths
from merflow.config import Config
from merflow.datasets.estimated_apexes import content_of_apexes
from merflow.datasets.review import content_of_review
from merflow.plan.index import clips_by_subject, indexed
from merflow.plan.sources import came_ready, needs_depth
from merflow.stages import STAGES


def quality_artefacts(config: Config, dataset: str, clips_csv: str | Path) -> list[tuple[str, str]]:
    """Return kind and variant of every artefact that the pages read, in the order in which data flow.

    They are those of ``qc.artefacts`` with all that they are computed from, as far as the dataset has depth, and of
    every other kind the first variant that is built.
    """
    has_depth = any(clip.depth for clip in indexed(clips_csv))
    found: dict[str, str] = {}
    for artefact in () if came_ready(config, dataset) else config.qc.artefacts:
        for kind, variant in config.chain(artefact):
            if needs_depth(config, kind, variant) and not has_depth:
                break
            found.setdefault(kind, variant)
    for kind in STAGES:
        for variant in config.plain[kind]:
            if kind not in found and _is_built(dataset, kind, variant, clips_csv):
                found[kind] = variant
    return [(kind, found[kind]) for kind in STAGES if kind in found]


def quality_experiments(config: Config, dataset: str) -> list[str]:
    """Return the experiments of ``qc.experiments`` that name a dataset."""
    return [name for name in config.qc.experiments if dataset in config.experiments[name].datasets]


def quality_declared(config: Config, dataset: str) -> dict[str, str]:
    """Return what the pages take of the declaration of a dataset: name, licence, and who measures its annotation."""
    declared = config.datasets[dataset].declared
    return {"title": declared.title, "licence": declared.licence, "quality": declared.quality}


def _is_built(dataset: str, kind: str, variant: str, clips_csv: str | Path) -> bool:
    """Return whether every subject has a shard of a variant."""
    return all(Path(paths.shard(dataset, kind, variant, subject)).is_file() for subject in clips_by_subject(clips_csv))


def review(config: Config, dataset: str) -> dict[str, str]:
    """Return the review that leaves clips of a dataset out, and its SHA-256; empty = there is none.

    Raises
    ------
    DatasetError
        As :func:`merflow.datasets.review.read_review`.
    """
    path = config.datasets[dataset].exclude
    return {path: content_of_review(Path(path))} if path else {}


def apexes(config: Config, dataset: str) -> dict[str, str]:
    """Return the table of estimated apexes of a dataset, and its SHA-256; empty = there is none.

    Raises
    ------
    DatasetError
        As :func:`merflow.datasets.estimated_apexes.read_apexes`.
    """
    path = config.datasets[dataset].apexes
    return {path: content_of_apexes(Path(path))} if path else {}
