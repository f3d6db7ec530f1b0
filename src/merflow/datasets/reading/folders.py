"""Folders: list their content without reading each file."""

import os
from collections.abc import Iterable
from pathlib import Path

from merflow.checks import few
from merflow.errors import UnreadableError
from merflow.reading import is_folder, reading

_SHOWN = 8
_ADVICE = (
    "take the frames of a video out, each under the number that the sheet gives it; which readers take videos, and "
    "under which names, is in docs/frames.md"
)
_FOLDER = "folders"
_VIDEOS = (".avi", ".flv", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".webm", ".wmv")


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


def contents(folder: Path) -> str:
    """Return what lies in a folder by kind: ``41 *.gif (such as img46.gif), 2 folders (such as a)``."""
    with reading(folder), os.scandir(folder) as entries:
        found = sorted((entry.name, _leads_to_folder(entry)) for entry in entries if not entry.name.startswith("."))
    if not found:
        return "an empty folder"
    kinds: dict[str, list[str]] = {}
    for name, holds_files in found:
        suffix = Path(name).suffix.lower()
        kinds.setdefault(_FOLDER if holds_files else f"*{suffix}" if suffix else "without a suffix", []).append(name)
    parts = [f"{len(names)} {kind} (such as {names[0]})" for kind, names in sorted(kinds.items())]
    return ", ".join(parts) + (f": {_ADVICE}" if any(map(_is_video, kinds)) else "")


def instead_of(name: str, folders: Iterable[Path]) -> str:
    """Return what lies in folders where one named `name` is missing: a video of that name, else what there is.

    It stands in quotes, so that lines that differ in it alone are told as one.
    """
    found = [_what_lies_in(folder, name) for folder in folders]
    return f"'{'; '.join(found)}'" if found else "none"


def _what_lies_in(folder: Path, name: str) -> str:
    """Return the videos of a clip in a folder, or else what it holds, or that it cannot be read."""
    try:
        with reading(folder):
            videos = [path.name for path in folder.iterdir() if _is_video(path.name) and _is_named(path, name)]
        return f"the video {few(sorted(videos))}: {_ADVICE}" if videos else listing(folder)
    except UnreadableError:
        return "a folder that cannot be read"


def _is_video(name: str) -> bool:
    return name.casefold().endswith(_VIDEOS)


def _is_named(path: Path, name: str) -> bool:
    """Whether a file's name begins with a clip's, of any case: ``EP02_01f.avi``, ``EP02_01f_color.avi``."""
    return path.name.casefold().startswith(name.casefold())
