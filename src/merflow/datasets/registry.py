"""Registry: from the name of a reader and plain settings to the index of a dataset."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from merflow.datasets.declared import DATASETS, dataset_named
from merflow.datasets.estimated_apexes import read_apexes, with_apexes
from merflow.datasets.index import Index, refuse_bad_clips, refuse_empty
from merflow.datasets.members import Member
from merflow.datasets.neighbours import naming_neighbours
from merflow.datasets.review import read_review, without_failed
from merflow.errors import ConfigError
from merflow.names import named
from merflow.settings import typed_values

COMPOSITE = "composite"
"""Name that stands for a reader where a dataset is made of others: it has no recordings, and so no root."""


SETTINGS: Mapping[str, type[Any]] = {name: named(dataset.settings) for name, dataset in DATASETS.items()}
"""Settings of each reader of merflow, and of a composite."""


def index_dataset(
    name: str,
    reader: str,
    settings: Mapping[str, Any],
    *,
    on_bad_clip: Literal["exclude", "fail"] = "exclude",
    members: Mapping[str, Member] | None = None,
    exclude: str = "",
    apexes: str = "",
) -> Index:
    """Index a dataset: read its sheets, find its frames, say what was left out.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    reader : str
        As :func:`merflow.datasets.declared.dataset_named` takes it.
    settings : mapping
        Settings of the reader as plain values: paths as strings, tuples as lists.
    on_bad_clip : {"exclude", "fail"}
        Whether a clip that cannot be used becomes an exclusion or stops the run.
    members : mapping of str to Member, or None
        Of a composite: the indexes of its members; of any other dataset None.
    exclude : str
        Path of a ``review.tsv``, whose failed clips are left out; empty = none.
    apexes : str
        Path of a table of estimated apexes, for clips whose annotation names none; empty = none.

    Raises
    ------
    ConfigError
        When the reader or a setting is unknown (with the nearest known one), missing, or of the wrong type.
    DatasetError
        When the dataset cannot be read, no clip is left, or (under ``fail``) a clip cannot be used. Where the
        recordings or a sheet are not found, the message names the dataset that the folder resembles.
    """
    built = reader_settings(name, reader, settings)
    with naming_neighbours(reader, built):
        index: Index = named(dataset_named(reader).read)(name, built, *([members or {}] if reader == COMPOSITE else []))
    if on_bad_clip == "fail":
        refuse_bad_clips(index)
    if apexes:
        index = with_apexes(index, read_apexes(Path(apexes)), source=apexes)
    if exclude:
        index = without_failed(index, read_review(Path(exclude)), source=exclude)
    refuse_empty(name, index)
    return index


def annotation_files(reader: str, settings: Mapping[str, Any], *, name: str = "<name>") -> list[Path]:
    """Return the sheets and lists that the index of a dataset is made of.

    Parameters
    ----------
    reader : str
        As in :func:`index_dataset`; a composite has no sheets of its own.
    settings, name
        As in :func:`index_dataset`.

    Raises
    ------
    ConfigError
        As :func:`index_dataset`.
    DatasetError
        When the root or a sheet is missing: says what was expected, what lies there, and what to do.
    """
    built = reader_settings(name, reader, settings)
    with naming_neighbours(reader, built):
        found: list[Path] = named(dataset_named(reader).annotation)(built)
    return found


def reader_settings(name: str, reader: str, settings: Mapping[str, Any]) -> Any:
    """Build the settings of a reader from plain values.

    Raises
    ------
    ConfigError
        As :func:`index_dataset`.
    """
    try:
        kind: type[Any] = named(dataset_named(reader).settings)
    except ConfigError as error:
        raise ConfigError(f"datasets.{name}.reader: {error}") from error
    values = typed_values(kind, settings, where=f"datasets.{name}", owner=f"reader {reader}")
    try:
        return kind(**values)
    except ConfigError as error:
        raise ConfigError(f"datasets.{name}.{error}") from error
