"""SAMM reader: grey, 200 fps, micro-expressions of 29 subjects."""

import re
from dataclasses import dataclass
from pathlib import Path

from merflow.checks import check_choice, check_setting
from merflow.datasets.clip import Clip
from merflow.datasets.index import Index
from merflow.datasets.reading.annotation import (
    EMOTION_WORDS,
    OBJECTIVE_WORDS,
    Annotation,
    Coding,
    check_unique,
    with_objective,
)
from merflow.datasets.reading.clip_folders import (
    ClipFolders,
    SubjectPlaces,
    check_one_place,
    folders_with_subjects,
    index_clips,
    places,
)
from merflow.datasets.reading.clip_rows import clip_of_row
from merflow.datasets.reading.clip_videos import STARTS, VideoStart
from merflow.datasets.reading.folders import listing
from merflow.datasets.reading.tables import SheetRow, read_sheet
from merflow.datasets.reading.workbooks import given_workbook, unread_sheets
from merflow.datasets.samm.corrections import SAMM
from merflow.errors import DatasetError

MICRO_SHEET = "SAMM_Micro_FACS_Codes_v2.xlsx"

_FRAMES = ("Onset Frame", "Apex Frame", "Offset Frame")
_REQUIRED = ("Subject", "Filename", *_FRAMES, "Action Units", "Estimated Emotion")
_SUBJECT = re.compile(r"\d{1,3}", re.ASCII)
_FILENAME = re.compile(r"(\d{1,3})_(.+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SammSettings:
    """What the reader of SAMM needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    annotation : Path or None
        Folder of the official workbook, or the workbook itself under any name; None = it is searched in `root`.
    fps : float
        Frames per second of the recordings.
    video_start : {"recording", "onset"}
        What the first frame of a video is, where a clip has no folder of pictures: frame 1 of the recording, or the
        onset of the clip, as the first picture of a released folder is.
    """

    root: Path
    annotation: Path | None = None
    fps: float = 200.0
    video_start: VideoStart = "onset"

    def __post_init__(self) -> None:
        check_choice(self.video_start, "video_start", STARTS)
        check_setting(self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)


def samm_annotation(settings: SammSettings) -> list[Path]:
    """Return the workbook that the index is made of.

    Raises
    ------
    DatasetError
        When the recordings or the workbook are missing, or a subject lies in two folders.
    """
    _places(settings.root)
    return [_workbook(settings)]


def read_samm(name: str, settings: SammSettings) -> Index:
    """Read the workbook, then look for the frames of each clip.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : SammSettings
        Where it lies.

    Returns
    -------
    Index
        Clips sorted by subject, video and onset; its notes say which folder was read. A clip's id begins with its
        official name: ``006_1_2_5562``.

    Raises
    ------
    DatasetError
        When the recordings, the workbook or a column are missing, a subject lies in two folders, a cell cannot be, or
        two rows give one clip id: all before any folder of frames is read.
    """
    bases, passed_over = _places(settings.root)
    workbook = _workbook(settings)
    annotations, notes = samm_annotations(workbook, dataset=name, fps=settings.fps)
    check_unique(annotations)
    folders = ClipFolders(settings.root, bases, _person, videos=True)
    notes = [
        f"frames from {places(bases, settings.root)}",
        *passed_over,
        *notes,
        *unread_sheets([workbook], settings.root, settings.annotation),
    ]
    return index_clips(annotations, folders, name_of=_folder_name, notes=notes, video_start=settings.video_start)


def samm_annotations(path: Path, *, dataset: str, fps: float) -> Coding:
    """Read the micro-expressions, known errors corrected.

    Raises
    ------
    DatasetError
        On a missing sheet or column, a subject or number that is none, or a label outside the map.
    """
    sheet = read_sheet(path, "MICRO_ONLY", required=_REQUIRED, optional=("Objective Classes",))
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
        emotion=row.choice("Estimated Emotion", EMOTION_WORDS),
        corrections=SAMM,
    )
    labelled = with_objective(clip, row.choice("Objective Classes", OBJECTIVE_WORDS))
    return Annotation(labelled, row.source, clip.onset)


def _names(row: SheetRow) -> tuple[str, str]:
    """Return subject and video of a row: ``006`` and ``1_2`` of the file name ``006_1_2``."""
    subject, match = _person(row.text("Subject")), _FILENAME.fullmatch(row.text("Filename"))
    if subject is None:
        raise DatasetError(
            f"{row.source}, column 'Subject': expected a number such as 006, found {row.text('Subject')!r}. Correct it."
        )
    if match is None or _person(match[1]) != subject:
        raise DatasetError(
            f"{row.source}, column 'Filename': expected a clip of subject {subject}, such as {subject}_1_2, found "
            f"{row.text('Filename')!r}. Correct it."
        )
    return subject, match[2]


def _person(name: str) -> str | None:
    """Return a subject as three digits, also when Excel made a number of it; None = not a subject."""
    return f"{int(name):03d}" if _SUBJECT.fullmatch(name) else None


def _folder_name(clip: Clip) -> str:
    return f"{clip.subject}_{clip.video}"


def _workbook(settings: SammSettings) -> Path:
    return given_workbook([MICRO_SHEET], root=settings.root, annotation=settings.annotation)


def _places(root: Path) -> SubjectPlaces:
    """Find the folders that hold the subjects.

    Raises
    ------
    DatasetError
        When there is none, or two of them hold the same subject.
    """
    found = folders_with_subjects(root, _person)
    if not found.bases:
        raise DatasetError(
            f"{root}: expected the recordings of SAMM as <root>/006/006_1_2/006_05562.jpg or <root>/SAMM/006/..., "
            f"found {listing(root)}. Set the dataset's root in config.yaml to the folder that holds them."
        )
    check_one_place(found.bases, _person)
    return found
