"""Neighbours: which other dataset a folder resembles, where its reader does not find what it expects."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from merflow.datasets.declared import DATASETS
from merflow.errors import DatasetError, MerflowError, UnreadableError
from merflow.names import named
from merflow.reading import is_folder


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
        sheets = getattr(settings, "annotation", None)
        like = neighbours(root, sheets, but=reader) if root is not None and not _finds(reader, settings) else []
        if not like:
            raise
        found = " and ".join(f"{DATASETS[name].title} (reader: {name})" for name in like)
        raise DatasetError(f"{error} The folder has what the reader of {found} looks for.") from error


def neighbours(root: Path, annotation: Path | None = None, *, but: str) -> list[str]:
    """Return the readers that find recordings of theirs in a folder, and their sheets there or in a folder of these.

    Parameters
    ----------
    root : Path
        Folder of recordings.
    annotation : Path or None
        Folder of sheets; one sheet under any name tells no reader from another.
    but : str
        Reader that is not asked.
    """
    asked = (name for name, dataset in DATASETS.items() if name != but and dataset.annotation)
    places = [{"root": root}]
    if annotation is not None and _is_folder(annotation):
        places.append({"root": root, "annotation": annotation})
    return [name for name in asked if _needs_root_alone(name) and any(_finds_in(name, place) for place in places)]


def _is_folder(path: Path) -> bool:
    try:
        return is_folder(path)
    except UnreadableError:
        return False


def _finds_in(reader: str, place: Mapping[str, Path]) -> bool:
    """Whether a reader finds its own in a place, all of which it has settings for."""
    known = {one.name for one in fields(_settings(reader))}
    return place.keys() <= known and _finds(reader, _settings(reader)(**place))


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
