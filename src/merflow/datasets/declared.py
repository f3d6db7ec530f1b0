"""Every dataset by the name of its reader, and the tables that follow from the declarations."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import merflow.datasets
from merflow.checks import nearest
from merflow.datasets.declaration import Dataset, GeneratedLayout
from merflow.errors import ConfigError
from merflow.plugins import config_folder, full_name, imported, load, short_names


def _declared() -> dict[str, Dataset]:
    """Return the declarations of the folders of ``merflow.datasets`` that have one."""
    folders = sorted(found.name for found in iter_modules(merflow.datasets.__path__) if found.ispkg)
    modules = {name: import_module(f"merflow.datasets.{name}") for name in folders}
    return {name: module.DATASET for name, module in modules.items() if hasattr(module, "DATASET")}


DATASETS: Mapping[str, Dataset] = _declared()
"""merflow's own declarations by reader."""

LAYOUTS: Mapping[str, GeneratedLayout] = {
    name: layout for dataset in DATASETS.values() for name, layout in dataset.layouts.items()
}
"""Layouts that the generator writes, by their name in the configuration."""

READER_OF_LAYOUT: Mapping[str, str] = {name: reader for reader, one in DATASETS.items() for name in one.layouts}
"""Reader of each layout that the generator writes."""


OF_EVERY_DATASET = ("reader", "synthesis", "exclude", "apexes")
"""Settings of every dataset, whatever its reader: no reader may have one of these names."""


def dataset_named(reader: str) -> Dataset:
    """Return the declaration of a dataset: one of merflow's, or a plug-in's, whose module is imported.

    Parameters
    ----------
    reader : str
        As a configuration names it: a key of `DATASETS`, ``module:DATASET``, or the name of an entry point.

    Raises
    ------
    ConfigError
        When there is no such reader, with the nearest known one, or when a plug-in's declaration is none.
    """
    return DATASETS[reader] if reader in DATASETS else _plugin(reader, config_folder())


@cache
def _plugin(reader: str, _folder: Path | None) -> Dataset:
    """Import the declaration of a plug-in and what it names, and refuse one that nothing could work with."""
    source = full_name(reader, "dataset")
    if not source:
        known = sorted([*DATASETS, *short_names("dataset")])
        raise ConfigError(
            f"unknown reader {reader!r}.{nearest(reader, known)} Known: {', '.join(known)}; or package.module:DATASET "
            "of your own."
        )
    found = load(source)
    if not isinstance(found, Dataset):
        kind = "a class" if isinstance(found, type) else f"a {type(found).__name__}"
        raise ConfigError(
            f"{source}: expected a declaration, merflow.datasets.declaration.Dataset(...), found {kind}. Name the "
            "declaration of the module (docs/adding-a-dataset.md)."
        )
    _check_declaration(source, found)
    return found


def _check_declaration(source: str, found: Dataset) -> None:
    """Refuse a declaration of a plug-in without a part that every dataset needs, or with one for merflow's own only."""
    for part in ("settings", "read", "annotation"):
        named = getattr(found, part)
        if not isinstance(named, str) or ":" not in named:
            raise ConfigError(f"{source}: expected {part}='module:name' in the declaration, found {named!r}. Add it.")
    for part in ("label_sets", "layouts"):
        if getattr(found, part):
            raise ConfigError(
                f"{source}: expected no {part} in the declaration of a plug-in, found {', '.join(getattr(found, part))}"
                ": these are for datasets of merflow's own folder. Leave them out."
            )
    settings, _, _ = (imported(name) for name in (found.settings, found.read, found.annotation))
    names = {field.name for field in fields(settings)} if is_dataclass(settings) else set()
    if "root" not in names or not isinstance(settings, type):
        raise ConfigError(
            f"{source}: expected settings='{found.settings}' to be a frozen dataclass with a field root: Path, found "
            f"{settings!r}. Write one (docs/adding-a-dataset.md)."
        )
    if names & {*OF_EVERY_DATASET}:
        raise ConfigError(
            f"{source}: expected settings other than {', '.join(OF_EVERY_DATASET)}, found one. Rename the field."
        )
