"""Folders of recordings: which are there, by name, so that an index knows of recordings that were copied since."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from merflow import paths
from merflow.datasets.reading.folders import may_open
from merflow.datasets.reading.frame_names import SUFFIXES
from merflow.reading import reading
from merflow.untrusted.video_file import VIDEO_SUFFIXES

_DEPTH = 6
"""Folders below a root: ``part_A/data/part_A/spNO.1/a/color`` is the deepest that a release has."""

_MANY = 8
"""A folder with more folders in it holds subjects or clips, whose names tell enough: planning lists no recordings."""

_WHOLE_DEPTH = 2
"""Levels that are listed as a whole: a picture there, as one that shows a release, is no frame."""


def folders_digest(root: Path) -> str:
    """Return a SHA-256 over the names of the folders and videos below a root, whose results are left out.

    A reader leaves out the clips whose folders it does not find, so an index of recordings that were still being copied
    must be made again. Where a folder holds many, subjects or clips, these are not looked into: there may be thousands,
    on a slow disk. Of a folder of frames no more is read than its first pictures.

    Raises
    ------
    DatasetError
        When the disk or the connection fails.
    """
    names = sorted(_names(root, Path(paths.RESULTS).absolute()))
    return hashlib.sha256("\0".join(names).encode(errors="surrogateescape")).hexdigest()


def _names(root: Path, results: Path) -> Iterator[str]:
    level = [root]
    for depth in range(_DEPTH):
        below: list[Path] = []
        for folder in level:
            folders, videos = _listed(folder, whole=depth < _WHOLE_DEPTH)
            own = [child for child in folders if child.absolute() != results]
            yield from (path.relative_to(root).as_posix() for path in (*own, *videos))
            below += own if len(own) <= _MANY else []
        level = below


def _listed(folder: Path, *, whole: bool) -> tuple[list[Path], list[Path]]:
    """Return the folders and the videos in a folder; none where it has frames, or may not be opened."""
    folders: list[Path] = []
    videos: list[Path] = []
    if not may_open(folder):
        return folders, videos
    with reading(folder), os.scandir(folder) as entries:
        for entry in entries:
            suffix = os.path.splitext(entry.name)[1].lower()  # noqa: PTH122  # a Path of each of millions takes seconds
            if suffix in SUFFIXES and not whole:
                return [], []
            if entry.name.startswith("."):
                continue
            if suffix in VIDEO_SUFFIXES:
                videos.append(folder / entry.name)
            elif entry.is_dir():
                folders.append(folder / entry.name)
    return folders, videos
