"""BP4D search: where the tables of the sequences lie, and whose a folder is."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from merflow.datasets.bp4d.tables import sequence_of
from merflow.datasets.reading.folders import listing, visible_folders
from merflow.errors import DatasetError
from merflow.reading import is_folder, reading

Key = tuple[str, str, int]
"""Subject, task and unit; the unit of a table of occurrences is 0."""

_OCCURRENCES, _INTENSITIES = "AU_OCC", "AU_INT"
_SUBJECT = re.compile(r"([FM])0*(\d{1,4})", re.IGNORECASE | re.ASCII)


def subject_of(name: str) -> str | None:
    """Return ``F001`` for a folder ``F001``, ``f1``; None = not the folder of a subject."""
    match = _SUBJECT.fullmatch(name.strip())
    return f"{match[1].upper()}{int(match[2]):03d}" if match else None


def find_tables(folder: Path, units: Collection[int]) -> tuple[Mapping[tuple[str, str], Path], Mapping[Key, Path]]:
    """Return the tables of occurrences by subject and task, and those of the intensities of some units.

    Parameters
    ----------
    folder : Path
        ``AU_OCC``, or a folder at most two levels above it.
    units : collection of int

    Raises
    ------
    DatasetError
        When there is no table of occurrences, or two of one sequence.
    """
    occurrences = {(subject, task): path for (subject, task, _), path in _by_key(folder, _OCCURRENCES).items()}
    if not occurrences:
        raise DatasetError(
            f"expected the tables of BP4D as {folder}/AUCoding/AU_OCC/F001_T1.csv, found {listing(folder)}. Set the "
            "dataset's annotation in config.yaml to the folder AU_OCC, or to one above it."
        )
    return occurrences, {key: path for key, path in _by_key(folder, _INTENSITIES).items() if key[2] in units}


def _by_key(folder: Path, name: str) -> dict[Key, Path]:
    """Return the tables in the folders of a name, in the order of their keys.

    Raises
    ------
    DatasetError
        When two tables are of one sequence, and of one unit.
    """
    found: dict[Key, Path] = {}
    for path in _below(folder, name):
        key = sequence_of(path.stem)
        other = found.setdefault(key, path) if key else path
        if other != path:
            raise DatasetError(f"expected one table {path.stem}, found {other} and {path}. Remove one of them.")
    return dict(sorted(found.items()))


def _below(folder: Path, name: str) -> list[Path]:
    """Return the CSV files in the folder of a name, and one level deeper, wherever it lies near the top."""
    found = [place for place in _folders(folder, depth=2) if place.name.casefold() == name.casefold()]
    inside = [one for place in found for one in (place, *visible_folders(place))]
    paths: list[Path] = []
    for one in inside:
        with reading(one):
            paths += sorted(path for path in one.iterdir() if path.suffix.casefold() == ".csv")
    return paths


def _folders(folder: Path, depth: int) -> list[Path]:
    """Return a folder and those below it, the folders of subjects left out."""
    if not is_folder(folder):
        return []
    children = [child for child in visible_folders(folder) if subject_of(child.name) is None] if depth else []
    return [folder, *(one for child in children for one in _folders(child, depth - 1))]
