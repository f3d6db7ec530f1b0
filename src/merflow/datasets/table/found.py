"""Recordings that lie in a folder, and which of them is the depth of which."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from merflow.untrusted.picture_header import is_deep_grey_png

_HEAD = 26  # bytes


@dataclass(frozen=True, slots=True)
class FoundRecording:
    """A video or a folder of frames.

    Parameters
    ----------
    path : str
        Below the folder that was searched, POSIX.
    is_video : bool
    first, last : int
        Its first and last frame; those of a video from 0.
    fps : str
        Of a video; empty for a folder, and where it is not known.
    problem : str
        Why it cannot be read; empty = it can.
    is_deep : bool
        Whether its frames are grey levels of 16 bits, as depth is.
    depth : str
        Path of the folder with its depth; empty = none.
    """

    path: str
    is_video: bool
    first: int
    last: int
    fps: str = ""
    problem: str = ""
    is_deep: bool = False
    depth: str = ""


def has_deep_grey_levels(picture: Path) -> bool:
    """Return whether a file is a PNG of one channel of 16 bits."""
    with picture.open("rb") as file:
        return is_deep_grey_png(file.read(_HEAD))


def with_depth(found: Sequence[FoundRecording]) -> tuple[list[FoundRecording], list[FoundRecording]]:
    """Return the recordings, each with the folder of its depth, and depth folders of which it is not clear whose.

    A depth folder belongs to the one recording with the same first and last frame whose path is the same but for one
    name: ``a/color`` and ``a/depth``, ``color/a`` and ``depth/a``. Others are left out if a name in their path says
    that they are depth, and are recordings if none does: cameras with grey levels of 16 bits exist.
    """
    plain = [one for one in found if not one.is_deep]
    owners = {deep: [one for one in plain if _belongs(one, deep)] for deep in found if deep.is_deep}
    depth_of: dict[str, list[str]] = {}
    for deep, ones in owners.items():
        if len(ones) == 1:
            depth_of.setdefault(ones[0].path, []).append(deep.path)
    taken = {paths[0] for paths in depth_of.values() if len(paths) == 1}
    left = [deep for deep in owners if deep.path not in taken and (owners[deep] or "depth" in deep.path.casefold())]
    gone = taken | {deep.path for deep in left}
    kept = [one for one in found if one.path not in gone]
    return [replace(one, depth=paths[0] if len(paths := depth_of.get(one.path, [])) == 1 else "") for one in kept], left


def _belongs(recording: FoundRecording, deep: FoundRecording) -> bool:
    """Return whether a folder can hold the depth of a recording."""
    names, others = PurePosixPath(recording.path).parts, PurePosixPath(deep.path).parts
    same_frames = (recording.first, recording.last) == (deep.first, deep.last)
    return same_frames and len(names) == len(others) and sum(a != b for a, b in zip(names, others, strict=True)) == 1
