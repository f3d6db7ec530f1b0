"""One audited experiment: its place, the settings of its metrics, and the files that it must have."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.audit.findings import Findings
from merflow.audit.places import Place
from merflow.audit.shards import ShardName
from merflow.config import Experiment
from merflow.datasets.members import split_name
from merflow.errors import ConfigError, MerflowError
from merflow.evaluation.settings_file import read_settings
from merflow.models.declared import network_named
from merflow.plan import folds, subjects
from merflow.settings import from_plain
from merflow.untrusted.yaml_file import check_size


@dataclass(frozen=True, slots=True)
class ScoredWith:
    """What the metrics of an experiment were made with.

    Parameters
    ----------
    experiment : Experiment
    recorded : mapping
        The same as it was written, before settings that are newer had a default.
    artefacts : mapping of str to mapping
        Settings of each ``<kind>/<variant>``, from the recordings on.
    members : tuple of str
        Of a composite.
    """

    experiment: Experiment
    recorded: Mapping[str, Any]
    artefacts: Mapping[str, Mapping[str, Any]]
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audited:
    """An experiment that was scored, or is on its way there.

    Parameters
    ----------
    folder : Path
        Of its results.
    dataset : str
        Name of its dataset.
    clips : Path or None
        Index of the dataset; None where it is missing or damaged.
    settings : ScoredWith or None
        What the metrics were made with. None where nothing says so; then only what each file says of itself is
        compared.
    folds : tuple of str
        Names of all its folds.
    """

    folder: Path
    dataset: str
    clips: Path | None
    settings: ScoredWith | None
    folds: tuple[str, ...]

    @property
    def metrics(self) -> Path:
        """Return the table that stands for the whole experiment."""
        return self.folder / "metrics.csv"

    @property
    def then(self) -> Path | None:
        """Return what is to be made once a fault is mended: the metrics, where the experiment was scored."""
        return self.metrics if self.settings or self.metrics.exists() else None

    @property
    def composite(self) -> bool:
        """Return whether the dataset consists of others, whose shards the examples are taken from."""
        return bool(self.settings and self.settings.members)

    def owner(self, subject: str) -> tuple[str, str]:
        """Return the dataset that has the shard of a subject, and the subject's name there."""
        return split_name(subject) if self.composite else (self.dataset, subject)

    def shards(self, artefact: str) -> dict[str, ShardName]:
        """Return the shards of one ``<kind>/<variant>`` by the subject's name in the experiment."""
        names = subjects(self.clips) if self.clips else []
        kind, _, variant = artefact.partition("/")
        return {name: ShardName(owner, kind, variant, own) for name in names for owner, own in [self.owner(name)]}


def experiment_at(place: Place, clips: Path | None, findings: Findings) -> Audited:
    """Return the experiment of a place; settings that are damaged or do not fit the index become faults."""
    folder = place.root / paths.experiment(place.dataset, place.experiment)
    metrics = folder / "metrics.csv"
    settings = _settings(folder / "settings.yaml", findings, scored=metrics.exists())
    names: tuple[str, ...] = ()
    if settings and clips:
        try:
            names = tuple(folds(clips, settings.experiment, members=settings.members))
        except MerflowError as error:
            findings.add_refused(clips, error, force=[clips], then=metrics)
    return Audited(folder, place.dataset, clips, settings, names)


def _settings(path: Path, findings: Findings, *, scored: bool) -> ScoredWith | None:
    if not (scored or path.exists()):
        return None
    findings.count(path)
    try:
        found = read_settings(path)
        check_size(found)
        experiment = from_plain(Experiment, found["experiment"], where="experiment")
        members = tuple(found.get("members", ()))
    except MerflowError as error:
        findings.add_refused(path, error, force=[path], then=path.with_name("metrics.csv"))
        return None
    try:
        if not experiment.is_baseline:
            network_named(experiment.model)
    except ConfigError as error:  # a plug-in that is not here says nothing of the results
        findings.notes.append(f"{path.parent}: compared without its settings, since its network is not found: {error}")
        return None
    return ScoredWith(experiment, found["experiment"], dict(found["artefacts"]), members)
