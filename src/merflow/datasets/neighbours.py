"""Neighbours: which other dataset a folder resembles, where its reader does not find what it expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from merflow.datasets.declared import DATASETS
from merflow.errors import DatasetError, MerflowError, UnreadableError
from merflow.names import named


@contextmanager
def naming_neighbours(reader: str, settings: Any) -> Iterator[None]:
    """Add to an error of a reader which other reader finds its recordings and sheets in the same root.

    Nothing is added where the reader finds its own: the error is then one of a cell or a row.

    Parameters
    ----------
    reader : str
        As a configuration names it.
    settings : object
        Of the reader; without a root, as those of a composite, nothing is added.
    """
    try:
        yield
    except UnreadableError:
        raise
    except DatasetError as error:
        root = getattr(settings, "root", None)
        like = neighbours(root, but=reader) if root is not None and not _finds(reader, settings) else []
        if not like:
            raise
        found = " and ".join(f"{DATASETS[name].title} (reader: {name})" for name in like)
        raise DatasetError(f"{error} The folder has what the reader of {found} looks for.") from error


def neighbours(root: Path, *, but: str) -> list[str]:
    """Return the readers that find recordings and sheets of theirs in a folder, with no setting but the root.

    Parameters
    ----------
    root : Path
        Folder of recordings.
    but : str
        Reader that is not asked.
    """
    asked = (name for name, dataset in DATASETS.items() if name != but and dataset.annotation)
    return [name for name in asked if _needs_root_alone(name) and _finds(name, _settings(name)(root=root))]


def _settings(reader: str) -> type[Any]:
    found: type[Any] = named(DATASETS[reader].settings)
    return found


def _needs_root_alone(reader: str) -> bool:
    required = [
        one.name for one in fields(_settings(reader)) if one.default is MISSING and one.default_factory is MISSING
    ]
    return required == ["root"]


def _finds(reader: str, settings: Any) -> bool:
    """Whether a reader of merflow finds its recordings and sheets; of a plug-in it is not asked."""
    if reader not in DATASETS:
        return False
    try:
        named(DATASETS[reader].annotation)(settings)
    except MerflowError:
        return False
    return True
