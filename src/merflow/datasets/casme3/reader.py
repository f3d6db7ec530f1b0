"""CAS(ME)^3 reader: colour and depth, 30 fps, parts A and C, micro- and macro-expressions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from merflow.checks import check_choice, check_setting
from merflow.datasets.casme3.layout import Casme3Folders, subject_number
from merflow.datasets.casme3.occlusion import occluded_sources, occlusion_notes, read_occluded
from merflow.datasets.casme3.sheets import (
    MACRO_SHEET,
    MICRO_SHEET,
    PART_C_SHEET,
    UNITS_SHEET,
    macro_annotations,
    micro_annotations,
    missing_macro_workbooks,
    part_c_annotations,
)
from merflow.datasets.clip import Clip, Exclusion
from merflow.datasets.index import Index, check_frame_order, exclusion
from merflow.datasets.reading.annotation import Annotation, Coding, check_unique, masked_units
from merflow.datasets.reading.depth_numbers import check_depth_numbers
from merflow.datasets.reading.durations import check_duration, long_clips
from merflow.datasets.reading.frame_choice import FolderNumbers, with_existing_frames, with_notes
from merflow.datasets.reading.renumbering import own_folders, refuse_relative_apexes, refuse_renumbered
from merflow.datasets.reading.workbooks import find_workbook, required_workbook, unread_sheets
from merflow.errors import BadClipError, UnreadableError
from merflow.reading import is_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Casme3Settings:
    """What the reader of CAS(ME)^3 needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    depth_root : Path or None
        Folder of the depth recordings when they lie elsewhere; the level ``depth`` may then be missing.
    annotation : Path or None
        Folder of the official workbooks; or the workbook of the micro-expressions itself, under any name, the others
        lying beside it; None = they are searched in `root`.
    parts : tuple of {"A", "C"}
        Parts to index.
    expressions : tuple of {"micro", "macro"}
        Kinds of expression to index; part C has micro-expressions only.
    occluded : Path or None
        Official list of the 15 clips with a hand over the apex, which are then excluded: the workbook as released,
        or text in its place.
    fps : float
        Frames per second of the recordings.
    depth_unit_mm : float
        Mm that 1 in the depth pictures stands for: 1 in the official recordings, 0.1 where an exporter wrote tenths.
        Everything after the reading is in mm.
    """

    root: Path
    depth_root: Path | None = None
    annotation: Path | None = None
    parts: tuple[Literal["A", "C"], ...] = ("A",)
    expressions: tuple[Literal["micro", "macro"], ...] = ("micro",)
    occluded: Path | None = None
    fps: float = 30.0
    depth_unit_mm: float = 1.0

    def __post_init__(self) -> None:
        for key, allowed in (("parts", ("A", "C")), ("expressions", ("micro", "macro"))):
            values = getattr(self, key)
            check_setting(len(values) > 0, key, expected=f"at least one of {', '.join(allowed)}", found=list(values))
            for value in values:
                check_choice(value, key, allowed)
        check_setting(self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)
        unit = self.depth_unit_mm
        check_setting(0 < unit < np.inf, "depth_unit_mm", expected="a length above 0 mm, such as 0.1", found=unit)


def casme3_annotation(settings: Casme3Settings) -> list[Path]:
    """Return the files that the index is made of: the workbooks, and the list of occluded clips when it is given.

    Raises
    ------
    DatasetError
        When the root or a workbook is missing.
    """
    Casme3Folders(settings.root, settings.depth_root)
    return [*filter(None, _workbooks(settings)), *filter(None, [settings.occluded])]


def read_casme3(name: str, settings: Casme3Settings) -> Index:
    """Read the workbooks, then look for the frames of each clip.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : Casme3Settings
        Where it lies and what to take.

    Returns
    -------
    Index
        Clips sorted by part, subject, video and onset; its notes name the longest, and those whose action units are
        not known.

    Raises
    ------
    DatasetError
        When the root, a workbook or a column is missing, a label is outside the map, or two rows give one clip id:
        all before any folder of frames is read. When the frames of most cut clips count from 0 or 1, or most apexes
        from the onset.
    """
    folders = Casme3Folders(settings.root, settings.depth_root)
    annotations, notes = _annotations(name, settings)
    check_unique(annotations)
    listed = read_occluded(settings.occluded) if settings.occluded else []
    occluded = occluded_sources(listed, annotations)
    folders.check_recordings(settings.parts, settings.expressions)
    index = _indexed(sorted(annotations, key=_order), folders, occluded)
    clips = tuple(replace(clip, depth_unit_mm=settings.depth_unit_mm) for clip in index.clips)
    return replace(index, clips=clips, notes=(*notes, *occlusion_notes(listed), *index.notes))


def _indexed(annotations: Sequence[Annotation], folders: Casme3Folders, occluded: Mapping[str, str]) -> Index:
    clips: list[Clip] = []
    exclusions: list[Exclusion] = []
    bad: list[str] = []
    numbers = FolderNumbers()
    refuse_relative_apexes(one.clip for one in annotations)
    cut = ((one.clip, partial(folders.cut_clip, one.clip, (one.clip.onset, one.sheet_onset))) for one in annotations)
    refuse_renumbered(own_folders(cut, numbers, root=folders.root))
    for one in annotations:
        if one.clip.id in occluded:
            reason = "the apex is occluded: named by the list of occluded clips"
            exclusions.append(exclusion(one.clip, BadClipError(reason, source=occluded[one.clip.id])))
            continue
        try:
            clips.append(_located(one, folders, numbers))
        except BadClipError as error:
            exclusions.append(exclusion(one.clip, error))
            bad.append(one.clip.id)
    annotated = tuple(one.clip for one in annotations)
    notes = (*long_clips(annotated), *masked_units(annotations))
    return Index(tuple(clips), tuple(exclusions), annotated, tuple(bad), notes)


class _Workbooks(NamedTuple):
    """The workbooks that the settings ask for."""

    micro: Path | None = None
    units: Path | None = None
    macro: Path | None = None
    part_c: Path | None = None


def _workbooks(settings: Casme3Settings) -> _Workbooks:
    named = settings.annotation if settings.annotation and is_file(settings.annotation) else None
    folder = named.parent if named else settings.annotation or settings.root
    found = _Workbooks()
    if "A" in settings.parts and "micro" in settings.expressions:
        found = found._replace(micro=named or required_workbook(MICRO_SHEET, folder))
    if "A" in settings.parts and "macro" in settings.expressions:
        found = found._replace(units=find_workbook(UNITS_SHEET, folder), macro=find_workbook(MACRO_SHEET, folder))
        if not (found.units or found.macro):
            raise missing_macro_workbooks(folder)
    if "C" in settings.parts and "micro" in settings.expressions:
        own = named if settings.parts == ("C",) else None
        found = found._replace(part_c=own or required_workbook(PART_C_SHEET, folder))
    return found


def _annotations(name: str, settings: Casme3Settings) -> Coding:
    found = _workbooks(settings)
    codings: list[Coding] = []
    if found.micro:
        codings.append(micro_annotations(found.micro, dataset=name, fps=settings.fps))
    if found.units or found.macro:
        codings.append(macro_annotations(found.units, found.macro, dataset=name, fps=settings.fps))
    if found.part_c:
        codings.append(part_c_annotations(found.part_c, dataset=name, fps=settings.fps))
    rows = [one for coding in codings for one in coding.annotations]
    notes = [note for coding in codings for note in coding.notes]
    return Coding(rows, [*notes, *unread_sheets([*found, settings.occluded], settings.root, settings.annotation)])


def _located(one: Annotation, folders: Casme3Folders, numbers: FolderNumbers) -> Clip:
    """Find a clip's folders and make sure that its named frames exist in both.

    Raises
    ------
    BadClipError
        When the numbers are out of order or too far apart for a micro-expression, or the folder or the frames of the
        clip are missing.
    """
    clip = one.clip
    check_frame_order(clip, source=one.source)
    check_duration(clip, source=one.source)
    onsets = (clip.onset, one.sheet_onset)
    try:
        color, depth = folders.color(clip, onsets), folders.depth(clip, onsets)
    except UnreadableError as error:
        raise BadClipError(error.reason, source=folders.stored(Path(error.source))) from error
    if color is None:
        raise BadClipError(
            f"expected a folder of colour frames of {clip.subject}, video {clip.video}, onset {clip.onset}; found "
            f"{folders.instead(clip)}",
            source=one.source,
        )
    try:
        return _with_frames_of_both(replace(clip, color=folders.stored(color)), color, depth, folders, numbers)
    except BadClipError as error:
        raise BadClipError(
            error.reason, source=folders.stored(Path(error.source) if error.source else color)
        ) from error


def _with_frames_of_both(
    clip: Clip, color: Path, depth: Path | None, folders: Casme3Folders, numbers: FolderNumbers
) -> Clip:
    """Choose frames that exist in colour and, where the clip has depth at all, in depth; else in colour alone."""
    available = numbers.some_of(color)
    clip = with_notes(clip, numbers.notes(color))
    if depth is None:
        return with_existing_frames(with_notes(clip, ["no depth folder"]), available)
    in_depth = numbers.of(depth)
    shared = np.intersect1d(available, in_depth, assume_unique=True)
    with_depth = with_notes(replace(clip, depth=folders.stored(depth)), numbers.notes(depth))
    try:
        check_depth_numbers(available, in_depth)
        return with_existing_frames(with_depth, shared)
    except BadClipError as error:
        return with_existing_frames(with_notes(clip, [f"depth left out: {error.reason}"]), available)


def _order(one: Annotation) -> tuple[str, int, str, int, str]:
    clip = one.clip
    number = subject_number(clip.subject)
    return clip.part, int(clip.subject) if number is None else number, clip.video, clip.onset, clip.expression
