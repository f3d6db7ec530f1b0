"""Folders: what lies in one, without looking at its files one by one."""

import os
from pathlib import Path

_SHOWN = 8


def sub_folders(folder: Path) -> list[Path]:
    """Return the folders inside a folder, sorted by name; files are not looked at one by one."""
    with os.scandir(folder) as entries:
        return sorted(Path(entry.path) for entry in entries if entry.is_dir())


def listing(folder: Path) -> str:
    """Return the first names that lie in a folder, for messages that say what was found instead."""
    if not folder.is_dir():
        return "no such folder"
    names = sorted(path.name for path in folder.iterdir())
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else "an empty folder"
