"""Clip folders: recordings with the frames of each clip in a folder of its own, ``<subject>/<clip>/<frame>.jpg``."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from merflow.datasets.clip import Clip, Exclusion
from merflow.datasets.index import Index, check_frame_order, exclusion
from merflow.datasets.reading.annotation import Annotation, masked_units, with_midpoint
from merflow.datasets.reading.clip_frames import below_root
from merflow.datasets.reading.clip_videos import ClipVideos, VideoStart, in_video, told_of_videos
from merflow.datasets.reading.durations import check_duration, long_clips
from merflow.datasets.reading.folders import instead_of, passed_over, sub_folders, visible_folders
from merflow.datasets.reading.frame_choice import FolderNumbers, Numbers, with_existing_frames, with_notes
from merflow.datasets.reading.renumbering import own_folders, refuse_relative_apexes, refuse_renumbered
from merflow.errors import BadClipError, DatasetError, UnreadableError
from merflow.reading import is_file, is_folder

Person = Callable[[str], str | None]
"""Name of a folder -> subject as the clips spell it; None = the folder is nobody's."""

_DEPTH = 2
_NUMBER = re.compile(r"(\d+)", re.ASCII)


class Folders(Protocol):
    """Where the clips of a dataset lie: all that :func:`index_clips` asks of it."""

    root: Path

    def find(self, subject: str, name: str) -> Path | None:
        """Return the folder of a clip, or its video where a set has such; None = there is neither.

        May raise UnreadableError or BadClipError, which exclude the clip.
        """

    def instead(self, subject: str, name: str) -> str:
        """Return what lies where the folder of a clip is missing, for the message that says so."""


class SubjectPlaces(NamedTuple):
    """Folders that hold the folders of subjects, nearest first, and what was passed over on the way to them."""

    bases: Sequence[Path] = ()
    notes: Sequence[str] = ()


class ClipFolders:
    """Finds the folders of clips; each folder above them is listed at most once.

    Parameters
    ----------
    root : Path
        Root of the dataset, which clips name their folders relative to.
    bases : sequence of Path
        Folders that hold the subjects, each subject in one of them (:func:`check_one_place`).
    person : callable
        Whose a folder is, whatever its spelling.
    videos : bool
        Whether a video stands for a clip without pictures: one of its name beside the folders, or one in its folder.
    """

    def __init__(self, root: Path, bases: Sequence[Path], person: Person, *, videos: bool = False) -> None:
        self.root = root
        self._subjects: dict[str, list[Path]] = {}
        self._clips: dict[Path, dict[str, Path]] = {}
        self._videos = ClipVideos() if videos else None
        for folder in (child for base in bases for child in sub_folders(base)):
            subject = person(folder.name)
            if subject is not None:
                self._subjects.setdefault(subject, []).append(folder)

    def find(self, subject: str, name: str) -> Path | None:
        """Return the folder of a clip, of any case, or its video where it has no pictures; None = there is neither.

        Raises
        ------
        UnreadableError
            When the folder of the subject cannot be read.
        BadClipError
            When the clip has no pictures and several videos.
        """
        own = self._folder(subject, name)
        return self._videos.in_place_of(own, name, beside=self._subjects.get(subject, [])) if self._videos else own

    def _folder(self, subject: str, name: str) -> Path | None:
        for folder in self._subjects.get(subject, []):
            if folder not in self._clips:
                self._clips[folder] = {child.name.casefold(): child for child in sub_folders(folder)}
            if name.casefold() in self._clips[folder]:
                return self._clips[folder][name.casefold()]
        return None

    def instead(self, subject: str, name: str) -> str:
        """Return what lies in the folders of a subject, a video of the clip's name before all else."""
        return instead_of(name, self._subjects.get(subject, []))


def folders_with_subjects(root: Path, person: Person, *, depth: int = _DEPTH) -> SubjectPlaces:
    """Find the folders, at most `depth` levels below a root, that hold the folders of subjects.

    Releases are unpacked into a folder of the archive's name, or into two such folders, one inside the other. A folder
    on the way that cannot be read, such as the ``lost+found`` of a disk, is passed over, which a note says.

    Raises
    ------
    UnreadableError
        When the root cannot be read.
    """
    bases: list[Path] = []
    notes: list[str] = []
    level = [root] if is_folder(root) else []
    for _ in range(depth + 1):
        below: list[Path] = []
        for folder in level:
            try:
                children = visible_folders(folder)
            except UnreadableError as error:
                if folder == root:
                    raise
                notes.append(passed_over(folder, error, root=root))
                continue
            if any(person(child.name) is not None for child in children):
                bases.append(folder)
            else:
                below += children
        level = below
    return SubjectPlaces(bases, notes)


def check_one_place(bases: Sequence[Path], person: Person) -> None:
    """Raise DatasetError when two folders hold the same subject: clips taken from both could differ in scale."""
    place: dict[str, Path] = {}
    for base in bases:
        for subject in filter(None, (person(child.name) for child in sub_folders(base))):
            other = place.setdefault(subject, base)
            if other != base:
                raise DatasetError(
                    f"expected the recordings of subject {subject} in one folder, found them in {other} and {base}, "
                    "which may differ in scale. Set the dataset's root in config.yaml to the one to read, and its "
                    "annotation to the folder of the sheets where that lies elsewhere."
                )


def places(bases: Sequence[Path], root: Path) -> str:
    """Return the folders that hold the subjects as a note says them, relative to the root."""
    where = ", ".join(base.relative_to(root).as_posix() for base in bases)
    return where if where != "." else "the root itself"


def index_clips(
    annotations: Iterable[Annotation],
    folders: Folders,
    *,
    name_of: Callable[[Clip], str],
    notes: Sequence[str],
    numbers: FolderNumbers | None = None,
    needs_motion: bool = False,
    no_apex_in: str = "",
    video_start: VideoStart = "recording",
) -> Index:
    """Look for the frames of each annotated clip.

    Parameters
    ----------
    annotations : iterable of Annotation
        Their ids differ.
    folders : Folders
        Where the clips lie.
    name_of : callable
        Name of a clip's folder.
    notes : sequence of str
        Of the dataset as a whole.
    numbers : FolderNumbers or None
        Of the folders that were listed already; None = of none.
    needs_motion : bool
        Exclude clips whose onset is their offset.
    no_apex_in : str
        The data set, where it names no apexes: the midpoint of the onset and offset that exist is taken, noted.
    video_start : {"recording", "onset"}
        What the first frame of a clip's video is, in a set whose clips may be videos.

    Returns
    -------
    Index
        Clips sorted by subject, video and onset, numbers inside names by value; depth empty. Its notes go on to name
        the longest clips, and those whose action units are not known.

    Raises
    ------
    DatasetError
        When the frames of most folders count from 0 or 1 and the sheet does not, or most apexes from the onset.
    """
    ordered = sorted(annotations, key=lambda one: natural(one.clip.id))
    clips: list[Clip] = []
    exclusions: list[Exclusion] = []
    numbers = numbers or FolderNumbers()
    refuse_relative_apexes(one.clip for one in ordered)
    looked_for = ((one.clip, partial(folders.find, one.clip.subject, name_of(one.clip))) for one in ordered)
    refuse_renumbered(own_folders(looked_for, numbers, root=folders.root))
    for one in ordered:
        try:
            clip = _located(one, folders, name_of(one.clip), numbers, video_start)
            if no_apex_in:
                clip = _with_middle_frame(clip, numbers.of(folders.root / clip.color), missing_from=no_apex_in)
            if needs_motion and clip.onset == clip.offset:
                reason = f"expected a clip of at least two frames, found frame {clip.onset} alone: no motion"
                raise BadClipError(reason, source=clip.color)
            clips.append(clip)
        except BadClipError as error:
            exclusions.append(exclusion(one.clip, error))
    bad = tuple(row["clip"] for row in exclusions)
    annotated = tuple(one.clip for one in ordered)
    notes = (*notes, *told_of_videos(clips), *long_clips(annotated), *masked_units(ordered))
    return Index(tuple(clips), tuple(exclusions), annotated, bad, notes)


def _with_middle_frame(clip: Clip, available: Numbers, *, missing_from: str) -> Clip:
    """Fill in the apex of a clip that has none by a frame that exists; raises BadClipError where none is near."""
    try:
        return with_existing_frames(with_midpoint(clip, missing_from=missing_from), available)
    except BadClipError as error:
        raise BadClipError(error.reason, source=clip.color) from error


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Return a key that sorts ``6_9`` before ``6_10``."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in _NUMBER.split(name))


def _located(one: Annotation, folders: Folders, name: str, numbers: FolderNumbers, video_start: VideoStart) -> Clip:
    """Find a clip's folder or video and make sure that its named frames exist.

    Raises
    ------
    BadClipError
        When the clip is known to be unusable, the numbers are out of order or too far apart for a micro-expression, or
        the folder or the frames are missing.
    """
    clip = one.clip
    if one.problem:
        raise BadClipError(one.problem, source=one.source)
    check_frame_order(clip, source=one.source)
    check_duration(clip, source=one.source)
    color = _found(one, folders, name)
    stored = color.relative_to(folders.root).as_posix()
    try:
        if is_file(color):
            return in_video(clip, color, stored=stored, start=video_start)
        available = numbers.some_of(color)
        return with_existing_frames(with_notes(replace(clip, color=stored), numbers.notes(color)), available)
    except BadClipError as error:
        raise BadClipError(error.reason, source=stored) from error


def _found(one: Annotation, folders: Folders, name: str) -> Path:
    """Return a clip's folder or video; raises BadClipError where there is none, or it cannot be looked for."""
    try:
        color = folders.find(one.clip.subject, name)
    except (BadClipError, UnreadableError) as error:
        raise BadClipError(error.reason, source=below_root(folders.root, error.source)) from error
    if color is None:
        found = folders.instead(one.clip.subject, name)
        raise BadClipError(f"expected a folder {name} of subject {one.clip.subject}, found {found}", source=one.source)
    return color
