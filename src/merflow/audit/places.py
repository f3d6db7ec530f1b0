"""Which datasets and experiments a path of results contains."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from merflow import paths
from merflow.config.checks import TAKEN
from merflow.errors import ConfigError


class Place(NamedTuple):
    """The results of one dataset, or of one experiment on it.

    Parameters
    ----------
    root : Path
        Folder of the workflow, in which ``results`` lies.
    dataset : str
        Name of its folder.
    experiment : str
        Name of its folder; empty = the dataset with all of its experiments.
    """

    root: Path
    dataset: str
    experiment: str = ""

    def experiments(self) -> list[str]:
        """Return the experiments of the place: folders that no other part of the dataset is called after."""
        if self.experiment:
            return [self.experiment]
        folder = self.root / paths.RESULTS / self.dataset
        return [name for name in _folders(folder) if name not in TAKEN["experiments"]]


def places_of(path: Path) -> Iterator[Place]:
    """Yield what a path stands for.

    Parameters
    ----------
    path : Path
        The folder of results, that of a dataset, or that of an experiment.

    Raises
    ------
    ConfigError
        When it is none of these, or is not there.
    """
    parts = Path(os.path.abspath(path)).parts  # noqa: PTH100 - a link to results keeps its name
    wanted = "the folder of results, of a dataset or of an experiment"
    if not path.is_dir():
        found = "a file" if path.exists() else "nothing there"
        raise ConfigError(f"{path}: expected {wanted}, such as {paths.RESULTS}/demo, but found {found}.")
    if paths.RESULTS not in parts:
        raise ConfigError(
            f"{path}: expected {wanted}, below one called {paths.RESULTS!r}, but found none of this name."
        )
    at = len(parts) - 1 - parts[::-1].index(paths.RESULTS)
    root, below = Path(os.path.relpath(Path(*parts[:at]))), parts[at + 1 :]
    if len(below) > 2 or set(below[:1]) & set(TAKEN["datasets"]) or set(below[1:]) & set(TAKEN["experiments"]):
        raise ConfigError(f"{path}: expected {wanted}, but found a part of one. Name the folder above it.")
    names = below[:1] or [name for name in _folders(root / paths.RESULTS) if name not in TAKEN["datasets"]]
    yield from (Place(root, name, *below[1:]) for name in names)


def _folders(folder: Path) -> list[str]:
    return sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith("."))
