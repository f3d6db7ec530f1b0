"""What the workflow has to know before it runs a job: subjects, frames and folds, from the index of a dataset."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from merflow.config import experiment_for
from merflow.config.sections import UPSTREAM
from merflow.datasets.clip import Clip, read_clips
from merflow.datasets.clip_frames import frames_of_roles, frames_or_none
from merflow.datasets.labels import LABEL_SETS
from merflow.datasets.registry import annotation_files
from merflow.errors import ConfigError
from merflow.training.yardsticks import YARDSTICKS

STAGE_PICTURES: Mapping[str, Sequence[tuple[str, ...]]] = {
    "regions": [("pictures", "clips")],
    "graphs": [("pictures", "graphs.png"), ("pictures", "magnified.png")],
    "magnified": [("pictures", "magnified.png")],
}
"""By the kind of artefact that an experiment reads: one picture of each rule that draws its stages."""

NETWORK_PICTURES: Mapping[str, Sequence[str]] = {
    "gts_gn": ("layers", "graph", "units"),
    "ss_gn": ("layers", "graph"),
    "gcn": ("layers",),
}
"""What can be drawn of a trained network: features of its layers, the graph that it learnt, weights of its AU loss."""

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


def folds(clips_csv: str | Path, settings: Mapping[str, Any]) -> list[str]:
    """Return the names of the folds of an experiment.

    Parameters
    ----------
    clips_csv : path
        Index of the dataset.
    settings : mapping
        Resolved experiment.

    Returns
    -------
    list of str
        The test subjects under ``loso`` and ``cross_domain``; ``fold1`` to ``fold<k>`` under the k-fold protocols.

    Raises
    ------
    ConfigError
        When the label set leaves fewer than two subjects: none could be left out.
    """
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


def artefact_chain(config: Mapping[str, Any], artefact: str) -> list[tuple[str, str]]:
    """Return (kind, variant) of an artefact and of all that it is computed from, recordings' side first."""
    kind, _, variant = artefact.partition("/")
    chain = [(kind, variant)]
    while kind in UPSTREAM:
        kind, variant = UPSTREAM[kind], config[kind][variant][UPSTREAM[kind]]
        chain.insert(0, (kind, variant))
    return chain


def resolved_settings(config: Mapping[str, Any], experiment: str, dataset: str) -> dict[str, Any]:
    """Return everything that decides the numbers of an experiment: its own settings and those of each artefact.

    Returns
    -------
    dict
        ``dataset``, ``experiment``, and ``artefacts`` by ``<kind>/<variant>`` from the recordings on.
    """
    settings = experiment_for(config, experiment, dataset)
    chain = artefact_chain(config, settings["artefact"])
    artefacts = {f"{kind}/{variant}": config[kind][variant] for kind, variant in chain}
    return {"dataset": config["datasets"][dataset], "experiment": settings, "artefacts": artefacts}


def pictures(experiment: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Return the pictures of an experiment, below its folder: of its stages, its training, and what a network learnt.

    Parameters
    ----------
    experiment : mapping
        Resolved experiment; a yardstick has no pictures.
    """
    if experiment["model"] in YARDSTICKS:
        return []
    kind = experiment["artefact"].partition("/")[0]
    params = experiment["model_params"]
    found = [("training.png",), *STAGE_PICTURES.get(kind, ())]
    shows = NETWORK_PICTURES.get(experiment["model"], ())
    if "layers" in shows:
        found.append(("pictures", "layers.png"))
    if "graph" in shows and params["lam"]:
        found += [("pictures", "adjacency.png"), ("pictures", "learned_edges.png")]
    if "units" in shows and params["au_loss"] == "adaptive":
        found.append(("pictures", "au_weights.png"))
    return found


def experiments_on(config: Mapping[str, Any], dataset: str) -> list[str]:
    """Return the shipped experiments that name a dataset."""
    return [name for name, settings in config["experiments"].items() if dataset in settings["datasets"]]


def available_experiments(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (dataset, experiment) for each shipped pair whose recordings are at hand."""
    at_hand = [
        name
        for name, dataset in config["datasets"].items()
        if dataset["synthesis"] is not None or Path(dataset["root"]).is_dir()
    ]
    return [(dataset, name) for dataset in at_hand for name in experiments_on(config, dataset)]


def annotation_inputs(dataset: Mapping[str, Any], raw: str) -> list[str]:
    """Return what the index of a dataset is made of: its annotation sheets, or the rendered recordings.

    Raises
    ------
    DatasetError
        When the root or the sheets are not there: before anything is computed.
    """
    if dataset["synthesis"]:
        return [raw]
    return [str(path) for path in annotation_files(dataset["reader"], reader_settings(dataset))]


def reader_settings(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of a dataset that decide its index."""
    return {key: value for key, value in dataset.items() if key not in ("reader", "synthesis")}


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
