"""CASME reader: colour, 60 fps, micro-expressions of 19 subjects."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from merflow.checks import check_choice, check_setting
from merflow.datasets.casme.corrections import with_known_apex
from merflow.datasets.casme.layout import LayoutName, find_layout
from merflow.datasets.clip import Clip
from merflow.datasets.index import Index
from merflow.datasets.reading.annotation import EMOTION_WORDS, Annotation, Coding, check_unique, with_objective
from merflow.datasets.reading.clip_folders import ClipFolders, index_clips, places
from merflow.datasets.reading.clip_rows import clip_of_row
from merflow.datasets.reading.cut_clips import with_ends_of_folders
from merflow.datasets.reading.frame_choice import FolderNumbers, with_notes
from merflow.datasets.reading.numbered_subjects import subject_name, subject_of_folder
from merflow.datasets.reading.tables import SheetRow, read_sheet
from merflow.datasets.reading.workbooks import given_workbook, unread_sheets
from merflow.errors import DatasetError

SHEET = "CASME.xlsx"

WORDS: Mapping[str, str] = {**EMOTION_WORDS, "amusement": "happiness", "tense": "tense"}
"""Words of the sheet; the paper calls happiness amusement."""

_APEXES = ("ApexF1", "ApexF2")
_REQUIRED = ("Subject", "Filename", "OnsetF", *_APEXES, "OffsetF", "AU", "Emotion")
_APEX = "apex"


@dataclass(frozen=True, slots=True, kw_only=True)
class CasmeSettings:
    """What the reader of CASME needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    annotation : Path or None
        Folder of the official workbook, or the workbook itself under any name; None = it is searched in `root`.
    layout : {"auto", "selected", "cropped"}
        Which recordings to read. ``auto``: selected, or cropped where there is nothing else.
    fps : float
        Frames per second of the recordings.
    """

    root: Path
    annotation: Path | None = None
    layout: LayoutName = "auto"
    fps: float = 60.0

    def __post_init__(self) -> None:
        check_choice(self.layout, "layout", get_args(LayoutName))
        check_setting(self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)


def casme_annotation(settings: CasmeSettings) -> list[Path]:
    """Return the workbook that the index is made of.

    Raises
    ------
    DatasetError
        When the recordings or the workbook are missing, or a subject lies in two folders of the layout.
    """
    find_layout(settings.root, settings.layout)
    return [_workbook(settings)]


def read_casme(name: str, settings: CasmeSettings) -> Index:
    """Read the workbook, then look for the frames of each clip.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : CasmeSettings
        Where it lies and what to take.

    Returns
    -------
    Index
        Clips sorted by subject, video and onset; its notes say which layout was used, from which folder, and how many
        rows have numbers that their folders correct.

    Raises
    ------
    DatasetError
        When the recordings, the workbook or a column are missing, a subject lies in two folders of the layout, a cell
        cannot be, or two rows give one clip id: all before any folder of frames is read.
    """
    layout = find_layout(settings.root, settings.layout)
    workbook = _workbook(settings)
    annotations, notes = casme_annotations(workbook, dataset=name, fps=settings.fps)
    check_unique(annotations)
    folders = ClipFolders(settings.root, layout.bases, subject_of_folder)
    numbers = FolderNumbers()
    mended = with_ends_of_folders(annotations, folders, name_of=_video, numbers=numbers, ends=("onset", "offset"))
    corrected = [
        with_known_apex(one, mended.spans[k]) if k in mended.spans else one for k, one in enumerate(mended.annotations)
    ]
    used = f"frames of the layout {layout.name}, from {places(layout.bases, settings.root)}"
    beside = unread_sheets([workbook], settings.root, settings.annotation)
    return index_clips(
        corrected,
        folders,
        name_of=_video,
        notes=[used, *layout.notes, *notes, *mended.notes, *beside],
        numbers=numbers,
        no_apex_in="the sheet",
    )


def casme_annotations(path: Path, *, dataset: str, fps: float) -> Coding:
    """Read the micro-expressions; of two apexes the first that is named.

    Raises
    ------
    DatasetError
        On a missing column, a subject or number that is none, or a label outside the map.
    """
    sheet = read_sheet(path, None, required=_REQUIRED)
    return Coding([_annotation(row, dataset=dataset, fps=fps) for row in sheet.rows], [sheet.note])


def _annotation(row: SheetRow, *, dataset: str, fps: float) -> Annotation:
    subject = subject_name(row.text("Subject"))
    if subject is None:
        raise DatasetError(
            f"{row.source}, column 'Subject': expected a number such as 1, found {row.text('Subject')!r}. Correct it."
        )
    named = [column for column in _APEXES if row.frame(column)]  # 0 names none
    clip = clip_of_row(
        SheetRow(row.path, row.number, {**row.cells, _APEX: row.cells[named[0]] if named else ""}),
        dataset=dataset,
        fps=fps,
        subject=subject,
        video=row.text("Filename"),
        frames=("OnsetF", _APEX, "OffsetF"),
        aus="AU",
        emotion=row.choice("Emotion", WORDS),
        apex_later=True,  # the midpoint is that of the ends that the folder may correct
    )
    if named == [_APEXES[1]]:
        clip = with_notes(clip, [f"no ApexF1 in the sheet, ApexF2 {clip.apex} taken"])
    return Annotation(with_objective(clip, ""), row.source, clip.onset)


def _video(clip: Clip) -> str:
    return clip.video


def _workbook(settings: CasmeSettings) -> Path:
    return given_workbook([SHEET], root=settings.root, annotation=settings.annotation)
