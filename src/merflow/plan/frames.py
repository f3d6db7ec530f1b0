"""The recorded files that a subject's artefacts are read from: which they are, and how a change is noticed.

Snakemake takes some 50 microseconds and 2 kB for each input of a job, and CAS(ME)^3 has 200 000 frames from onset to
offset. It also refuses an input that is newer than what was made of it, as a frame of a camera whose clock is ahead. So
no recorded file is an input: a job has their state among its parameters, one text for the names below the root, sizes
and times of all of them. If the state has changed and the content has not, for example after a move, the state in which
the shard was made is kept (:mod:`merflow.datasets.recorded_state`).
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.clip_frames import annotated_frame_hashes, frames_of_roles, picture_hashes
from merflow.datasets.reading.frames import names_of_frames
from merflow.datasets.reading.scans import scan_paths, without_scans
from merflow.datasets.recorded_state import content_digest, planned_state
from merflow.errors import BadClipError, UnreadableError
from merflow.plan.index import Version, clips_by_subject
from merflow.reading import is_file, may_read, reading

_Listing = Callable[[str], Mapping[int, str]]

_SUFFIXES = {"color": ".jpg", "depth": ".png"}
"""Official names of CAS(ME)^3, ``<number>.jpg`` and ``<number>.png``, are asked for before a folder is listed: a
recording has thousands of frames, of which a clip names three. The first that is missing ends the asking, since names
may be times, of which a clip spans millions and has a hundred.

A second file of one number, ``001.jpg`` beside ``1.jpg``, is thus not seen here, and makes no artefact stale; the
stage, which lists the folder, refuses the two when it runs next."""

_READ_BY_ALL = 0o444

_CLOSED = "\0closed"
"""Mark of a file that the user may not read: when he may, the clip is no longer left out."""


@cache
def recorded_frames(
    version: Version, subject: str, *, root: str, roles: tuple[str, ...], depth: bool, note: str, scans: bool = False
) -> str:
    """Return the state of the frames that a variant reads of one subject, as they were when first asked about.

    A frame that changes while the job runs differs from what is noted of it, and makes the artefact stale at the next
    start.

    Parameters
    ----------
    version : Version
        Of the dataset's index; another one is looked up anew.
    subject : str
    root : str
        Root of the dataset, which the clips' folders are relative to.
    roles : tuple of str
        Some of ``onset``, ``apex``, ``offset``; ``all`` for every frame from onset to offset.
    depth : bool
        Whether the variant reads depth at all.
    note : str
        Of the shard, as :func:`merflow.paths.recorded_state` names it.
    scans : bool
        Whether the variant reads meshes.

    Returns
    -------
    str
        16 hexadecimal digits over the name, size and second of the last change of every frame that exists, and over
        which of them the user may not read. A frame that is missing is the stage's to report, clip by clip.

    Raises
    ------
    DatasetError
        When the disk or the connection fails: to plan without these frames would be to plan for others.
    """
    found: dict[str, os.stat_result] = {}
    clips, kinds = clips_by_subject(version.path).get(subject, ()), ("color", "depth") if depth else ("color",)
    listed = cache(_listed)  # of this subject: all names of a dataset would take more memory than all else
    for clip in clips:
        for kind in kinds if roles else ():
            if folder := getattr(clip, kind):
                place = os.path.join(root, folder)  # noqa: PTH118 - as below
                found |= _readable_frames(clip, place, roles, _SUFFIXES[kind], listed)
        if scans:
            found |= dict(_existing(map(str, scan_paths(clip, Path(root)))))

    def content() -> str:
        read = [clip if depth else replace(clip, depth="") for clip in clips]
        read = read if scans else [without_scans(clip) for clip in read]
        return content_digest(annotated_frame_hashes(read, Path(root), roles=roles))

    return planned_state(Path(note), _state(found, root), content=content)


@cache
def ready_pictures(version: Version, subject: str, *, root: str, note: str) -> str:
    """Return the state of the flow images of one subject that came ready, as :func:`recorded_frames` that of frames."""
    clips = clips_by_subject(version.path).get(subject, ())
    found = dict(_existing(str(Path(root, clip.color)) for clip in clips))
    hashes = partial(picture_hashes, clips, Path(root))
    return planned_state(Path(note), _state(found, root), content=lambda: content_digest(hashes()))


def _readable_frames(
    clip: Clip, folder: str, roles: Sequence[str], suffix: str, listed: _Listing
) -> dict[str, os.stat_result]:
    """Return the frames of a clip in one folder; none when the user may not read it, which is the stage's to report."""
    try:
        with reading(folder):
            return _clip_frames(clip, folder, roles, suffix, listed)
    except UnreadableError:
        return {}


def _clip_frames(
    clip: Clip, folder: str, roles: Sequence[str], suffix: str, listed: _Listing
) -> dict[str, os.stat_result]:
    """Return the frames of a clip in one folder: by their official names, or else as they are listed."""
    official = _all_or_none(f"{folder}/{number}{suffix}" for number in _expected(clip, roles))
    if official:
        return official
    if is_file(folder):  # a video
        return {folder: os.stat(folder)}  # noqa: PTH116 - as above
    names = listed(folder)
    return dict(_existing(f"{folder}/{names[number]}" for number in frames_of_roles(clip, roles, names)))


def _expected(clip: Clip, roles: Sequence[str]) -> Sequence[int]:
    """Return the numbers of the frames that roles stand for if none is missing; none where only a listing can tell."""
    if tuple(roles) == ("all",):
        return range(clip.onset, clip.offset + 1)  # empty without an offset
    return [number for role in roles if (number := getattr(clip, role)) != NO_FRAME]


def _all_or_none(paths: Iterable[str]) -> dict[str, os.stat_result]:
    """Return the state of every file, or nothing at the first that is missing."""
    found = {}
    for path in paths:
        try:
            found[path] = os.stat(path)  # noqa: PTH116 - a Path of each of 200 000 frames would take twice as long
        except (FileNotFoundError, NotADirectoryError):
            return {}
    return found


def _existing(paths: Iterable[str]) -> Iterator[tuple[str, os.stat_result]]:
    for path in paths:
        try:
            yield path, os.stat(path)  # noqa: PTH116 - as above
        except (FileNotFoundError, NotADirectoryError):
            continue


def _listed(folder: str) -> Mapping[int, str]:
    """Return the names of the frames in a folder by number, ascending; none when it cannot tell them."""
    try:
        return names_of_frames(Path(folder)).names
    except BadClipError:  # the stage, which lists the folder too, says why
        return {}


def _state(files: Mapping[str, os.stat_result], root: str) -> str:
    """Return one text for the names below a root, sizes and times of files."""
    above = f"{Path(root)}/"
    lines = [
        f"{path.removeprefix(above)}\0{found.st_size}\0{int(found.st_mtime)}{'' if _is_open(path, found) else _CLOSED}"
        for path, found in sorted(files.items())
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _is_open(path: str, found: os.stat_result) -> bool:
    """Return whether the user may read a file; that all may tells its mode, without asking the system once more."""
    return found.st_mode & _READ_BY_ALL == _READ_BY_ALL or may_read(path)
