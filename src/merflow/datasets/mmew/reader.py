"""MMEW reader: colour, 90 fps, micro-expressions of 36 subjects."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from merflow.checks import check_setting
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.index import Index
from merflow.datasets.mmew.layout import WORDS, clip_name, emotion_around, find_folders
from merflow.datasets.reading.annotation import Annotation, Coding, check_unique, with_objective
from merflow.datasets.reading.clip_folders import index_clips
from merflow.datasets.reading.clip_rows import clip_of_row
from merflow.datasets.reading.cut_clips import End, with_ends_of_folders
from merflow.datasets.reading.frame_choice import FolderNumbers
from merflow.datasets.reading.named_folders import NamedFolders
from merflow.datasets.reading.tables import SheetRow, read_sheet
from merflow.datasets.reading.workbooks import given_workbook, unread_sheets
from merflow.errors import DatasetError

SHEETS = ("MMEW_Micro_Exp.xlsx", "MMEW_Micro_Exp_v2.xlsx", "MMEW_Micro_Exp (20).xlsx")
"""Names under which the sheet circulates, the official one first."""

_FRAMES = ("OnsetFrame", "ApexFrame", "OffsetFrame")
_ENDS: tuple[End, ...] = ("offset",)
"""Of a clip, that the folder may correct: frames count from 1 in each, and so do the onsets."""

_REQUIRED = ("Subject", "Filename", *_FRAMES, "Action Units", "Estimated Emotion")


@dataclass(frozen=True, slots=True, kw_only=True)
class MmewSettings:
    """What the reader of MMEW needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    annotation : Path or None
        Folder of the official workbook, or the workbook itself under any name; None = it is searched in `root`.
    fps : float
        Frames per second of the recordings.
    """

    root: Path
    annotation: Path | None = None
    fps: float = 90.0

    def __post_init__(self) -> None:
        check_setting(self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)


def mmew_annotation(settings: MmewSettings) -> list[Path]:
    """Return the workbook that the index is made of.

    Raises
    ------
    DatasetError
        When the recordings or the workbook are missing, or two folders hold one clip.
    """
    find_folders(settings.root)
    return [_workbook(settings)]


def read_mmew(name: str, settings: MmewSettings) -> Index:
    """Read the workbook, then look for the frames of each clip.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : MmewSettings
        Where it lies.

    Returns
    -------
    Index
        Clips sorted by subject, video and onset. A clip's id begins with its official name, the first hyphen an
        underscore: ``S03_01-002_1``.

    Raises
    ------
    DatasetError
        When the recordings, the workbook or a column are missing, two folders hold one clip, a cell cannot be, or two
        rows give one clip id: all before any folder of frames is read.
    """
    folders = find_folders(settings.root)
    workbook = _workbook(settings)
    annotations, notes = mmew_annotations(workbook, dataset=name, fps=settings.fps)
    check_unique(annotations)
    numbers = FolderNumbers()
    mended = with_ends_of_folders(annotations, folders, name_of=_folder_name, numbers=numbers, ends=_ENDS)
    beside = unread_sheets([workbook], settings.root, settings.annotation)
    return index_clips(
        [_checked(one, folders) for one in mended.annotations],
        folders,
        name_of=_folder_name,
        notes=[*notes, *folders.notes, *mended.notes, *beside],
        numbers=numbers,
        no_apex_in="the sheet",
    )


def mmew_annotations(path: Path, *, dataset: str, fps: float) -> Coding:
    """Read the micro-expressions.

    Raises
    ------
    DatasetError
        On a missing column, a file name or number that is none, or a label outside the map.
    """
    sheet = read_sheet(path, None, required=_REQUIRED)
    return Coding([_annotation(row, dataset=dataset, fps=fps) for row in sheet.rows], [sheet.note])


def _annotation(row: SheetRow, *, dataset: str, fps: float) -> Annotation:
    subject, video = _names(row)
    clip = clip_of_row(
        row,
        dataset=dataset,
        fps=fps,
        subject=subject,
        video=video,
        frames=_FRAMES,
        aus="Action Units",
        emotion=row.choice("Estimated Emotion", WORDS),
        apex_later=True,  # the midpoint is that of the ends that the folder may correct
    )
    return Annotation(with_objective(clip, ""), row.source, clip.onset)


def _names(row: SheetRow) -> Sequence[str]:
    """Return subject and video of a row: ``S03`` and ``01-002`` of the file name ``S03-01-002``."""
    name = clip_name(row.text("Filename"))
    if name is None:
        raise DatasetError(
            f"{row.source}, column 'Filename': expected the name of a clip such as S03-01-002, found "
            f"{row.text('Filename')!r}. Correct it."
        )
    digits = row.text("Subject").strip().upper().removeprefix("SUB").removeprefix("S")
    if not digits.isascii() or not digits.isdigit() or int(digits) != int(name.subject[1:]):
        raise DatasetError(
            f"{row.source}, column 'Subject': expected {int(name.subject[1:])}, as the file name "
            f"{row.text('Filename')} says, found {row.text('Subject')!r}. Correct one of them."
        )
    return name


def _checked(one: Annotation, folders: NamedFolders) -> Annotation:
    """Say why a clip cannot be used: another emotion than its folder's, or an apex that shows no motion."""
    clip = one.clip
    folder = folders.find(clip.subject, _folder_name(clip))
    around = emotion_around(folder) if folder else ""
    if around and clip.emotion and around != clip.emotion:
        reason = f"expected the emotion of the folder, {around}, found {clip.emotion} in the sheet"
        return replace(one, problem=f"{reason}; correct one of them")
    if clip.apex == clip.onset and clip.offset not in (clip.onset, NO_FRAME):
        return replace(one, problem=f"expected an apex after the onset {clip.onset}, found the onset itself: no motion")
    return one


def _folder_name(clip: Clip) -> str:
    return f"{clip.subject}-{clip.video}"


def _workbook(settings: MmewSettings) -> Path:
    return given_workbook(SHEETS, root=settings.root, annotation=settings.annotation)
