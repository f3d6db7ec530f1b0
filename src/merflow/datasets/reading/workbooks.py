"""Workbooks: find the annotation files of a release by their official names."""

import filecmp
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from merflow.checks import few
from merflow.datasets.reading.folders import closed_folders, may_open, sub_folders
from merflow.errors import DatasetError
from merflow.reading import is_file, is_folder, reading

_DEPTH = 3
_SHOWN = 8
_SUFFIXES = (".xls", ".xlsx", ".csv")
_RECORDINGS = re.compile(
    r"sp\s*no\.?\s*\d+|(?:sub|s)?\d+$|colou?r$|depth$|frame$|gt$|(?:sub)?\d+_\d+$|s\d+-\d+-\d+$", re.IGNORECASE
)
"""Folders that hold recordings, which may list millions of files and no sheet."""


def find_workbook(name: str, folder: Path, *, depth: int = _DEPTH) -> Path | None:
    """Return the workbook of an official name, of any case; None = there is none.

    Parameters
    ----------
    name : str
        Official file name. Where no file has it, one of the same name with another suffix will do: a copy that was
        saved as ``.xlsx``, ``.xls`` or ``.csv``.
    folder : Path
        Searched, folders of recordings left out.
    depth : int
        Levels of sub-folders that are searched; 0 = the folder alone.

    Raises
    ------
    DatasetError
        When the folder is missing, or two files of that name differ: it would be a guess which one is meant.
    """
    if not is_folder(folder):
        raise DatasetError(
            f"expected the sheets in {folder}, but there is no such file or folder. Correct it in config.yaml."
        )
    sheets = list(sheets_in(folder, depth))
    named = [path for path in sheets if path.name.casefold() == name.casefold()]
    stem = Path(name).stem.casefold()
    found = named or [path for path in sheets if path.stem.casefold() == stem]
    found.sort(key=lambda path: (len(path.parts), path))
    for other in found[1:]:
        if not _same_content(found[0], other):
            raise DatasetError(
                f"expected one {name}, found two that differ: {found[0]} and {other}. "
                "Set the dataset's annotation in config.yaml to the right one."
            )
    return found[0] if found else None


def required_workbook(name: str, folder: Path) -> Path:
    """Return the workbook of an official name.

    Raises
    ------
    DatasetError
        As :func:`find_workbook`, and when there is none: says where it was looked for, and what lies there.
    """
    path = find_workbook(name, folder)
    if path is None:
        others = sorted({path.name for path in sheets_in(folder, _DEPTH)})
        raise DatasetError(
            f"expected the sheet {name} in {folder} or its sub-folders, found "
            f"{'only ' + few(others, _SHOWN) if others else 'no workbook and no CSV'}{closed_folders(folder)}. "
            "Copy it there, or set the dataset's annotation in config.yaml to its folder, or to a sheet of any name."
        )
    return path


def first_workbook(names: Sequence[str], folder: Path) -> Path:
    """Return the first that is there of the names under which a workbook circulates, the official one first.

    Raises
    ------
    DatasetError
        As :func:`required_workbook`, by the official name.
    """
    found = (find_workbook(name, folder) for name in names)
    return next(filter(None, found), None) or required_workbook(names[0], folder)


def given_workbook(names: Sequence[str], *, root: Path, annotation: Path | None) -> Path:
    """Return the workbook that ``annotation`` is; or the first of `names` that lies in that folder, or in the root.

    Raises
    ------
    DatasetError
        As :func:`first_workbook`.
    """
    return annotation if annotation and is_file(annotation) else first_workbook(names, annotation or root)


def unread_sheets(read: Iterable[Path | None], root: Path, annotation: Path | None) -> list[str]:
    """Return a note of the sheets that lie where those that were read were looked for.

    Parameters
    ----------
    read : iterable of Path or None
        What was read.
    root, annotation : Path, Path or None
        Where it was looked for. A sheet that `annotation` itself names was the user's choice: there is no note.
    """
    if annotation is not None and is_file(annotation):
        return []
    taken = {path.resolve() for path in read if path is not None}  # a setting may spell a path in another way
    others = [path.name for path in sheets_in(annotation or root, _DEPTH) if path.resolve() not in taken]
    return [f"other sheets that are not read: {few(others, _SHOWN)}"] if others else []


def sheets_in(folder: Path, depth: int = _DEPTH) -> Iterator[Path]:
    """Yield the sheets of a folder and its sub-folders; Excel's lock files (``~$``) are none.

    Folders of recordings are left out.

    A sub-folder that the user may not open is passed over: it may be nobody's, such as the ``lost+found`` of a disk.
    """
    with reading(folder):
        paths = sorted(folder.iterdir())
    for path in paths:
        if path.suffix.casefold() in _SUFFIXES and not path.name.startswith(("~$", ".")):
            yield path
    for child in sub_folders(folder) if depth else ():
        if not _RECORDINGS.match(child.name) and may_open(child):
            yield from sheets_in(child, depth - 1)


def _same_content(first: Path, second: Path) -> bool:
    with reading(first), reading(second):
        return filecmp.cmp(first, second, shallow=False)
