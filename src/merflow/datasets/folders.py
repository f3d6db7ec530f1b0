"""Folders: what lies in one, without looking at its files one by one."""

import os
from pathlib import Path

from merflow.checks import few
from merflow.errors import UnreadableError
from merflow.reading import is_folder, reading

_SHOWN = 8


def sub_folders(folder: Path) -> list[Path]:
    """Return the folders inside a folder, sorted by name; files are not looked at one by one.

    Raises
    ------
    UnreadableError
        When the folder cannot be read.
    """
    with reading(folder), os.scandir(folder) as entries:
        return sorted(Path(entry.path) for entry in entries if _leads_to_folder(entry))


def _leads_to_folder(entry: "os.DirEntry[str]") -> bool:
    """Return whether an entry is a folder; a link whose target cannot be seen is taken for one, whose listing fails."""
    try:
        return entry.is_dir()
    except OSError:
        return True


def visible_folders(folder: Path) -> list[Path]:
    """Return the folders inside a folder, sorted by name, but for hidden ones and what archives bring along.

    Some archives leave a ``__MACOSX`` beside the recordings, with the same folders in it and no pictures.
    """
    return [child for child in sub_folders(folder) if not child.name.startswith((".", "__"))]


def passed_over(folder: Path, error: UnreadableError, *, root: Path) -> str:
    """Return the note of a folder that belongs to no clip and cannot be read."""
    return f"passed over {folder.relative_to(root).as_posix()}: {error.reason}"


def listing(folder: Path) -> str:
    """Return the first names that lie in a folder, for messages that say what was found instead."""
    if not is_folder(folder):
        return "no such folder"
    with reading(folder):
        names = sorted(path.name for path in folder.iterdir())
    return few(names, _SHOWN) + closed_folders(folder) if names else "an empty folder"


def closed_folders(folder: Path) -> str:
    """Return the folders inside a folder that the user may not open, as a message adds them; empty = there are none."""
    closed = [child.name for child in sub_folders(folder) if not may_open(child)]
    return f" (cannot be read: {few(closed, _SHOWN)})" if closed else ""


def may_open(folder: Path) -> bool:
    """Return whether the user has the right to list a folder; that may be known only by trying."""
    try:
        with reading(folder), os.scandir(folder):
            return True
    except UnreadableError:
        return False
