"""Folders: what lies in one, without looking at its files one by one."""

import os
from collections.abc import Iterable
from pathlib import Path

from merflow.checks import few

_SHOWN = 8
_ADVICE = "merflow reads no videos, so take the frames out, each under the number that the sheet gives it"
_FOLDER = "folders"
_VIDEOS = (".avi", ".flv", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".webm", ".wmv")


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


def contents(folder: Path) -> str:
    """Return what lies in a folder by kind: ``41 *.gif (such as img46.gif), 2 folders (such as a)``."""
    with os.scandir(folder) as entries:
        found = sorted((entry.name, entry.is_dir()) for entry in entries if not entry.name.startswith("."))
    if not found:
        return "an empty folder"
    kinds: dict[str, list[str]] = {}
    for name, is_folder in found:
        suffix = Path(name).suffix.lower()
        kinds.setdefault(_FOLDER if is_folder else f"*{suffix}" if suffix else "without a suffix", []).append(name)
    parts = [f"{len(names)} {kind} (such as {names[0]})" for kind, names in sorted(kinds.items())]
    return ", ".join(parts) + (f": {_ADVICE}" if any(map(_is_video, kinds)) else "")


def instead_of(name: str, folders: Iterable[Path]) -> str:
    """Return what lies in folders where one named `name` is missing: a video of that name, else what there is.

    It stands in quotes, so that lines that differ in it alone are told as one.
    """
    found = []
    for folder in folders:
        videos = [path.name for path in folder.iterdir() if _is_video(path.name) and _is_named(path, name)]
        found.append(f"the video {few(sorted(videos))}: {_ADVICE}" if videos else listing(folder))
    return f"'{'; '.join(found)}'" if found else "none"


def _is_video(name: str) -> bool:
    return name.casefold().endswith(_VIDEOS)


def _is_named(path: Path, name: str) -> bool:
    """Whether a file's name begins with a clip's, of any case: ``EP02_01f.avi``, ``EP02_01f_color.avi``."""
    return path.name.casefold().startswith(name.casefold())
