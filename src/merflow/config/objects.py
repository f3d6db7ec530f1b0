"""The configuration as objects: experiments, datasets and variants, each made once of its block."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from merflow.checks import known_names, nearest
from merflow.config.schema import merge
from merflow.config.sections import STAGE_SETTINGS, Execution, Experiment
from merflow.datasets.declaration import Dataset
from merflow.datasets.declared import OF_EVERY_DATASET, dataset_named
from merflow.datasets.labels import OWN_CLASSES, own_classes_name
from merflow.errors import ConfigError
from merflow.quality.settings import QcSettings
from merflow.settings import from_plain
from merflow.stages import STAGES
from merflow.synthesis.settings import SynthesisSettings
from merflow.training.curve_settings import CurveSettings

Section = Literal["experiments", "datasets"]


@dataclass(frozen=True, slots=True)
class DatasetBlock:
    """One dataset of the configuration.

    Parameters
    ----------
    reader : str
        As :func:`merflow.datasets.declared.dataset_named` takes it.
    own : mapping
        Settings of the reader as plain values: they decide the index, and are a parameter of its rule.
    synthesis : SynthesisSettings or None
        How it is rendered, where it is.
    exclude : str
        Path of the review whose failed clips are left out; empty = none.
    apexes : str
        Path of the table of estimated apexes; empty = none.
    """

    reader: str
    own: Mapping[str, Any]
    synthesis: SynthesisSettings | None
    exclude: str = ""
    apexes: str = ""

    @classmethod
    def of(cls, block: Mapping[str, Any]) -> "DatasetBlock":
        """Return the dataset of a block of the configuration."""
        rendered = block["synthesis"]
        return cls(
            reader=block["reader"],
            own={key: value for key, value in block.items() if key not in OF_EVERY_DATASET},
            synthesis=None if rendered is None else from_plain(SynthesisSettings, rendered),
            exclude=block.get("exclude") or "",
            apexes=block.get("apexes") or "",
        )

    @property
    def declared(self) -> Dataset:
        """What the dataset's layout declares."""
        return dataset_named(self.reader)

    @property
    def root(self) -> str:
        """Folder of the recordings; a composite has none."""
        return str(self.own["root"])

    @property
    def members(self) -> tuple[str, ...]:
        """Datasets that a composite is made of; none of any other."""
        return tuple(self.own.get("members", ()))


@dataclass(frozen=True, slots=True)
class Variant:
    """One variant of one kind of artefact.

    Parameters
    ----------
    upstream : str
        Variant of the kind that this one is computed from; empty where it is computed from recordings.
    upstream_kind : str
        That kind; empty likewise.
    settings : dataclass
        Settings of the stage, of the class that it declares.
    plain : mapping
        Both as they stand in the configuration: they decide a shard, and are a parameter of its rule.
    """

    upstream: str
    upstream_kind: str
    settings: Any
    plain: Mapping[str, Any]


class Config:
    """A checked configuration: what stands in it as objects, each made when it is first asked for.

    Parameters
    ----------
    plain : mapping
        The same as plain values, every default filled in: what Snakemake hands to jobs.
    """

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.plain = plain
        self._experiments: dict[tuple[str, str | None], Experiment] = {}
        self._variants: dict[tuple[str, str], Variant] = {}

    @cached_property
    def datasets(self) -> Mapping[str, DatasetBlock]:
        """Every dataset by name."""
        return {name: DatasetBlock.of(block) for name, block in self.plain["datasets"].items()}

    @cached_property
    def experiments(self) -> Mapping[str, Experiment]:
        """Every experiment by name, as it is where a dataset has no changes of its own."""
        return {name: self.experiment(name) for name in self.plain["experiments"]}

    @cached_property
    def execution(self) -> Execution:
        """How work is done."""
        return from_plain(Execution, self.plain["execution"])

    @cached_property
    def qc(self) -> QcSettings:
        """What the quality pages show."""
        return from_plain(QcSettings, self.plain["qc"])

    @cached_property
    def learning_curve(self) -> CurveSettings:
        """How learning curves are drawn."""
        return from_plain(CurveSettings, self.plain["learning_curve"])

    @property
    def stops_at_bad_clip(self) -> bool:
        """Whether a clip that cannot be used stops the run."""
        return bool(self.plain["on_bad_clip"] == "fail")

    @property
    def accuracy(self) -> str:
        """Artefact whose chain is measured on embedded data."""
        return str(self.plain["accuracy"])

    @property
    def landmark_accuracy(self) -> tuple[str, ...]:
        """Magnified variants that landmarks are measured on."""
        return tuple(self.plain["landmark_accuracy"])

    def experiment(self, name: str, dataset: str | None = None) -> Experiment:
        """Return the settings of one experiment, on one dataset those with the changes that it makes for it.

        Raises
        ------
        ConfigError
            When either is unknown, or a value is outside its range.
        """
        self.check_known("experiments", name)
        if dataset is not None:
            self.check_known("datasets", dataset)
        key = name, dataset if self._differs_on(name, dataset) else None
        if key not in self._experiments:
            try:
                self._experiments[key] = from_plain(Experiment, self._block(*key))
            except ConfigError as error:
                raise ConfigError(f"config: experiments.{name}: {error}") from error
        return self._experiments[key]

    def _differs_on(self, name: str, dataset: str | None) -> bool:
        """Say whether an experiment is another one on a dataset than elsewhere."""
        block = self.plain["experiments"][name]
        return dataset in block["overrides"] or block.get("labels") == OWN_CLASSES

    def _block(self, name: str, dataset: str | None = None) -> Mapping[str, Any]:
        """Return the block of an experiment, with the changes that it makes for one dataset, as plain values."""
        block: Mapping[str, Any] = self.plain["experiments"][name]
        if dataset is None:
            return block
        merged: Mapping[str, Any] = merge(block, block["overrides"].get(dataset, {}))
        return {**merged, "labels": self._own_labels(dataset)} if merged.get("labels") == OWN_CLASSES else merged

    def _own_labels(self, dataset: str) -> str:
        """Return the name of the label set of a dataset's own classes, of a composite those of its members.

        Raises
        ------
        ConfigError
            When it has none.
        """
        blocks = [self.datasets[name] for name in self.datasets[dataset].members or (dataset,)]
        words = (block.own.get(block.declared.classes, ()) for block in blocks if block.declared.classes)
        classes = list(dict.fromkeys(word for own in words for word in own))
        if not classes:
            raise ConfigError(
                f"labels: {OWN_CLASSES}: expected a dataset that names its classes (reader: table, classes: [...]), "
                f"but {dataset} has none. Name one of the label sets (docs/configuration.md)."
            )
        return own_classes_name(classes)

    def variant(self, kind: str, name: str) -> Variant:
        """Return one variant of one kind of artefact.

        Raises
        ------
        ConfigError
            When there is none of this name, with the nearest one, or a value is outside its range.
        """
        if (kind, name) not in self._variants:
            known = self.plain[kind]
            if name not in known:
                hint = nearest(name, known)
                raise ConfigError(f"config: {kind} has no variant {name!r}.{hint} {known_names(known)}")
            self._variants[kind, name] = _variant(kind, name, known[name])
        return self._variants[kind, name]

    def chain(self, artefact: str) -> list[tuple[str, str]]:
        """Return (kind, variant) of an artefact and of all that it is computed from, recordings' side first."""
        kind, _, name = artefact.partition("/")
        chain = [(kind, name)]
        while (own := self.variant(kind, name)).upstream_kind:
            kind, name = own.upstream_kind, own.upstream
            chain.insert(0, (kind, name))
        return chain

    def check_known(self, section: Section, name: str) -> None:
        """Raise ConfigError for an experiment or dataset that there is not, with the nearest one."""
        known = self.plain[section]
        if name not in known:
            hint = nearest(name, known)
            raise ConfigError(f"config: unknown {section[:-1]} {name!r}.{hint} {known_names(known)}")


def _variant(kind: str, name: str, plain: Mapping[str, Any]) -> Variant:
    """Return a variant of its block; what is wrong with it is told with its place."""
    stage = STAGES[kind]
    try:
        above = stage.upstream_of(plain)
    except ConfigError as error:
        raise ConfigError(f"config: {kind}.{name}: {error}") from error
    settings: Any = from_plain(STAGE_SETTINGS[kind], stage.own_settings(plain))
    stage.check_settings(settings, above)
    return Variant(str(plain[above]) if above else "", above, settings, plain)
