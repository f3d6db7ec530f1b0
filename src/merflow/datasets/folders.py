"""Folders: what lies in one, without looking at its files one by one."""

import os
from pathlib import Path

from merflow.checks import few

_SHOWN = 8


def sub_folders(folder: Path) -> list[Path]:
    """Return the folders inside a folder, sorted by name; files are not looked at one by one."""
    with os.scandir(folder) as entries:
        return sorted(Path(entry.path) for entry in entries if entry.is_dir())


def visible_folders(folder: Path) -> list[Path]:
    """Return the folders inside a folder, sorted by name, but for hidden ones and what archives bring along.

    Some archives leave a ``__MACOSX`` beside the recordings, with the same folders in it and no pictures.
    """
    return [child for child in sub_folders(folder) if not child.name.startswith((".", "__"))]


def listing(folder: Path) -> str:
    """Return the first names that lie in a folder, for messages that say what was found instead."""
    if not folder.is_dir():
        return "no such folder"
    names = sorted(path.name for path in folder.iterdir())
    return few(names, _SHOWN) if names else "an empty folder"
