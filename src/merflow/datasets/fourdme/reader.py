"""4DME reader: grey, 60 fps, micro- and macro-expressions of 41 people, several emotions a clip, folds of the sheet."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from merflow.datasets.clip import Clip, Expression
from merflow.datasets.fourdme.layout import FourdmeFolders, Frames, find_layout
from merflow.datasets.fourdme.scans import with_scans
from merflow.datasets.fourdme.settings import FourdmeSettings
from merflow.datasets.fourdme.sheets import MACRO_SHEETS, MICRO_SHEET, macro_annotations, micro_annotations
from merflow.datasets.index import Index, together
from merflow.datasets.reading.annotation import Annotation, Coding, check_unique
from merflow.datasets.reading.clip_folders import index_clips, places
from merflow.datasets.reading.workbooks import find_workbook, required_workbook, unread_sheets
from merflow.errors import DatasetError
from merflow.reading import is_file


class _Workbooks(NamedTuple):
    """The workbooks that the settings ask for; that of the micro-expressions also tells the folds of the others."""

    micro: Path
    macro: Path | None = None


def fourdme_annotation(settings: FourdmeSettings) -> list[Path]:
    """Return the workbooks that the index is made of.

    Raises
    ------
    DatasetError
        When the recordings or a workbook are missing, or a subject lies in two folders of one layout.
    """
    find_layout(settings.root, settings.layout, settings.expressions)
    return [*filter(None, _workbooks(settings))]


def read_fourdme(name: str, settings: FourdmeSettings) -> Index:
    """Read the workbooks, then look for the frames of each clip.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : FourdmeSettings
        Where it lies and what to take.

    Returns
    -------
    Index
        Clips sorted by kind of expression, subject, video and onset; its notes say which layout was read, from which
        folder, and name the clips whose emotions are not those that Table 4 gives their units. A clip's id is its
        subject, its official name without the subject, and its onset: ``S08_002_01_1_1823``.

    Raises
    ------
    DatasetError
        When the recordings, a workbook or a column are missing, the workbook is an internal one, a cell cannot be, a
        subject is in two folds, or two rows give one clip id: all before any folder of frames is read.
    """
    found = find_layout(settings.root, settings.layout, settings.expressions)
    workbooks = _workbooks(settings)
    codings = _codings(workbooks, name, settings)
    check_unique([one for coding in codings.values() for one in coding.annotations])
    indexes = [_indexed(kind, coding, found.frames[kind], settings.root) for kind, coding in codings.items()]
    beside = unread_sheets([*workbooks], settings.root, settings.annotation)
    return with_scans(together(indexes, [*found.notes, *beside]), settings.root, settings)


def _codings(workbooks: _Workbooks, name: str, settings: FourdmeSettings) -> Mapping[Expression, Coding]:
    """Read the annotations by kind; macro-expressions have the folds of their subjects among the micro-expressions."""
    micro = micro_annotations(workbooks.micro, dataset=name, fps=settings.fps, exchange=settings.exchange)
    codings: dict[Expression, Coding] = {"micro": micro} if "micro" in settings.expressions else {}
    if workbooks.macro is not None:
        macro = macro_annotations(workbooks.macro, dataset=name, fps=settings.fps)
        folds = {one.clip.subject: one.clip.fold for one in micro.annotations}
        codings["macro"] = macro._replace(annotations=[_with_fold(one, folds) for one in macro.annotations])
    return codings


def _with_fold(one: Annotation, folds: Mapping[str, str]) -> Annotation:
    """Give a macro-expression the fold of its subject; one that the sheet gives must be the same.

    Raises
    ------
    DatasetError
        When it is not.
    """
    clip, known = one.clip, folds.get(one.clip.subject, one.clip.fold)
    if clip.fold and clip.fold != known:
        raise DatasetError(
            f"{one.source}: expected {clip.subject} in fold {known}, as its micro-expressions are, found fold "
            f"{clip.fold}. Correct one of the sheets."
        )
    return replace(one, clip=replace(clip, fold=known))


def _indexed(kind: Expression, coding: Coding, frames: Frames, root: Path) -> Index:
    folders = FourdmeFolders(root, frames.bases, long=frames.layout == "long")
    where = places(frames.bases, root) if frames.bases else "no folder"
    notes = [f"{kind}-expressions: frames of the layout {frames.layout}, from {where}", *coding.notes]
    return index_clips(coding.annotations, folders, name_of=_video, notes=notes)


def _video(clip: Clip) -> str:
    return clip.video


def _workbooks(settings: FourdmeSettings) -> _Workbooks:
    named = settings.annotation if settings.annotation and is_file(settings.annotation) else None
    folder = named.parent if named else settings.annotation or settings.root
    micro = named or required_workbook(MICRO_SHEET, folder)
    if "macro" not in settings.expressions:
        return _Workbooks(micro)
    given = settings.macro_annotation or next(
        filter(None, (find_workbook(name, folder) for name in MACRO_SHEETS)), None
    )
    if given is None:
        raise DatasetError(
            f"expected a sheet of macro-expressions in {folder}, named {' or '.join(MACRO_SHEETS)}, found neither: its "
            "name was never published. Set the dataset's macro_annotation in config.yaml to it."
        )
    return _Workbooks(micro, given)
