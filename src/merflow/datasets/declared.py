"""Every dataset by the name of its reader, and the tables that follow from the declarations."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

import merflow.datasets
from merflow.datasets.declaration import Dataset, GeneratedLayout


def _declared() -> dict[str, Dataset]:
    """Return the declarations of the folders of ``merflow.datasets`` that have one."""
    folders = sorted(found.name for found in iter_modules(merflow.datasets.__path__) if found.ispkg)
    modules = {name: import_module(f"merflow.datasets.{name}") for name in folders}
    return {name: module.DATASET for name, module in modules.items() if hasattr(module, "DATASET")}


DATASETS: Mapping[str, Dataset] = _declared()
"""Declarations by reader."""

LAYOUTS: Mapping[str, GeneratedLayout] = {
    name: layout for dataset in DATASETS.values() for name, layout in dataset.layouts.items()
}
"""Layouts that the generator writes, by their name in the configuration."""

READER_OF_LAYOUT: Mapping[str, str] = {name: reader for reader, one in DATASETS.items() for name in one.layouts}
"""Reader of each layout that the generator writes."""
