"""Which code a job finds by name: a method, the picture and the examples of a stage, the reader of a dataset.

No edit of another one then counts. What a declaration says in values is a parameter of its own.
"""

from collections.abc import Collection, Iterable
from typing import Any

from merflow.config import Config
from merflow.datasets.declared import LAYOUTS, dataset_named
from merflow.datasets.labels import label_set_named
from merflow.models.declared import network_named
from merflow.plan.sources import members
from merflow.stages import STAGES, ancestors
from merflow.stages.declaration import Making
from merflow.training.baselines import BASELINES

_CLIPS = ("merflow.datasets.clip_table", "merflow.stages.recorded")
"""Modules by which a job reads the clips of its recordings."""

_BASELINES = "merflow.training.baselines"
"""Module by which training finds every baseline; it is no part of the code of a network."""


def modules_of(models: Collection[str]) -> tuple[str, ...]:
    """Return the modules that hold networks or baselines, by their names in the configuration."""
    return tuple(sorted({_module(model) for model in models}))


def modules_beside(models: Collection[str]) -> tuple[str, ...]:
    """Return the modules that a fingerprint of the code of `models` leaves out."""
    return () if _BASELINES in modules_of(models) else (_BASELINES,)


def _module(model: str) -> str:
    return _BASELINES if model in BASELINES else _of(network_named(model).source)


def picture_modules(*kinds: str) -> tuple[str, ...]:
    """Return the modules that draw kinds of artefact."""
    return tuple(_of(STAGES[kind].picture) for kind in kinds)


def chain_picture_modules(kind: str) -> tuple[str, ...]:
    """Return the modules that draw a kind of artefact and all that it goes back to."""
    return picture_modules(kind, *ancestors(kind))


def making_modules(making: Making) -> tuple[str, ...]:
    """Return the modules that decide the numbers of a stage's shards."""
    return (_of(making.job), *(_CLIPS if making.reads_recordings else ()))


def examples_module(kind: str) -> str:
    """Return the module that says how examples are read from a kind of artefact."""
    return _of(STAGES[kind].examples)


def quality_modules(config: Config, dataset: str, kinds: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that measure the quality of a dataset's annotation and of kinds of artefact."""
    declared = [config.datasets[dataset].declared.quality, *(STAGES[kind].quality for kind in kinds)]
    return tuple(_of(name) for name in declared if name)


def reader_modules(config: Config, dataset: str) -> tuple[str, ...]:
    """Return the modules that index a dataset."""
    declared = config.datasets[dataset].declared
    return tuple(sorted({_of(declared.read), _of(declared.settings)}))


def layout_module(config: Config, dataset: str) -> str:
    """Return the module of the layout that an embedded dataset is rendered in."""
    rendered = config.datasets[dataset].synthesis
    if rendered is None:
        raise ValueError(f"expected an embedded dataset, but {dataset} is not rendered")
    return _of(LAYOUTS[rendered.layout].layout)


def label_set(name: str) -> dict[str, Any]:
    """Return what a label set says, as a parameter of a rule: datasets declare some, and none but its own counts."""
    return label_set_named(name).plain()


def selection(config: Config, dataset: str) -> dict[str, Any]:
    """Return what MEGC 2019 takes of each member of a composite, as a parameter of a rule; empty for other datasets."""
    taken = {reader: dataset_named(reader).megc2019 for reader in members(config, dataset).values()}
    return {reader: [list(one.emotions), sorted(one.left_out)] for reader, one in taken.items() if one}


def _of(name: str) -> str:
    """Return the module of ``module:attribute``."""
    return name.partition(":")[0]
