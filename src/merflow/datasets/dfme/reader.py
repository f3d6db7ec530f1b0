"""DFME reader: colour, 200 to 500 fps by clip, the splits of the challenges; those of the tests may have no labels."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from merflow.checks import check_choice, check_setting
from merflow.datasets.clip import Clip
from merflow.datasets.dfme.layout import Part, clip_name, find_folders, find_sheets
from merflow.datasets.index import Index, together
from merflow.datasets.reading.annotation import EMOTION_WORDS, Annotation, Coding, check_unique, with_objective
from merflow.datasets.reading.clip_folders import index_clips, places
from merflow.datasets.reading.clip_rows import clip_of_row
from merflow.datasets.reading.frame_choice import with_notes
from merflow.datasets.reading.numbers import decimal, exact_text, two_numbers
from merflow.datasets.reading.tables import SheetRow, read_sheet
from merflow.datasets.reading.workbooks import unread_sheets
from merflow.errors import DatasetError

IDS = ("anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise")
"""Emotions by their number in the column ``EmotionId``."""

_FRAMES = ("OnsetFrame", "ApexFrame", "OffsetFrame")
_REQUIRED = ("Subject", "Filename", *_FRAMES)
_FOLDS: Mapping[Part, str] = {"train": "train", "test_a": "testA", "test_b": "testB"}
"""What `Clip.fold` says of the clips of a split."""

_OPTIONAL = ("Emotion", "EmotionId", "Fps", "AU")


@dataclass(frozen=True, slots=True, kw_only=True)
class DfmeSettings:
    """What the reader of DFME needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings.
    annotation : Path or None
        Folder of the sheets, or one sheet under any name; None = they are searched in `root`.
    parts : tuple of {"train", "test_a", "test_b"}
        Splits to index; empty = those that have a sheet.
    fps : float or None
        Frames per second of clips whose sheet names none; None = such clips are left out.
    """

    root: Path
    annotation: Path | None = None
    parts: tuple[Part, ...] = ()
    fps: float | None = None

    def __post_init__(self) -> None:
        for part in self.parts:
            check_choice(part, "parts", get_args(Part))
        check_setting(self.fps is None or self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)


def dfme_annotation(settings: DfmeSettings) -> list[Path]:
    """Return the sheets that the index is made of.

    Raises
    ------
    DatasetError
        When the recordings or the sheet of a split are missing.
    """
    sheets = find_sheets(settings.root, settings.annotation, settings.parts)
    find_folders(settings.root, sheets.paths)
    return [*sheets.paths.values()]


def read_dfme(name: str, settings: DfmeSettings) -> Index:
    """Read the sheets, then look for the frames of each clip.

    Parameters
    ----------
    name : str
        Name of the dataset in the configuration.
    settings : DfmeSettings
        Where it lies and what to take.

    Returns
    -------
    Index
        Clips by split, subject, video and onset; the split is the clip's part and its fold. A clip's id begins with its
        official name: ``sub0003_01_109``. A clip without an emotion is not labelled, which is no fault.

    Raises
    ------
    DatasetError
        When the recordings or the sheet of a split are missing, a column is missing, a cell cannot be, or two rows give
        one clip id: all before any folder of frames is read.
    """
    sheets = find_sheets(settings.root, settings.annotation, settings.parts)
    folders = find_folders(settings.root, sheets.paths)
    codings = {
        part: dfme_annotations(path, dataset=name, part=part, fps=settings.fps) for part, path in sheets.paths.items()
    }
    check_unique([one for coding in codings.values() for one in coding.annotations])
    indexes = []
    for part, coding in codings.items():
        found = folders[part]
        where = places(sorted({path.parent for path in found.paths.values()}), settings.root)
        notes = [f"{part}: frames from {where}", *coding.notes, *found.notes]
        indexes.append(index_clips(coding.annotations, found, name_of=_folder_name, notes=notes))
    beside = unread_sheets(sheets.paths.values(), settings.root, settings.annotation)
    return together(indexes, [*sheets.notes, *beside])


def dfme_annotations(path: Path, *, dataset: str, part: Part, fps: float | None) -> Coding:
    """Read the micro-expressions of one split; rows without an emotion are clips without a label, counted in a note.

    Raises
    ------
    DatasetError
        On a missing column, a file name or number that is none, or a label outside the map.
    """
    sheet = read_sheet(path, None, required=_REQUIRED, optional=_OPTIONAL)
    annotations = [_annotation(row, dataset=dataset, part=part, fps=fps) for row in sheet.rows]
    bare = sum(not one.clip.emotion for one in annotations)
    note = [f"{part}: clips without a label: {bare} of {len(annotations)}"] if bare else []
    return Coding(annotations, [sheet.note, *note])


def _annotation(row: SheetRow, *, dataset: str, part: Part, fps: float | None) -> Annotation:
    name = clip_name(row.text("Filename"))
    if name is None:
        raise DatasetError(
            f"{row.source}, column 'Filename': expected a clip such as sub0003_01, found {row.text('Filename')!r}. "
            "Correct it."
        )
    _check_subject(row, name.subject)
    emotion, problem = _emotion(row)
    rate = _rate(row, fps)
    clip = clip_of_row(
        row,
        dataset=dataset,
        fps=rate or 0.0,
        subject=name.subject,
        video=name.video,
        frames=_FRAMES,
        aus="AU",
        emotion=emotion,
    )
    if rate is None:
        problem = problem or (
            "expected the frames per second in the column Fps, found none; fill it in, or set the dataset's fps"
        )
    clip = replace(clip, part=part, fold=_FOLDS[part])
    labelled = with_objective(clip, "") if clip.aus else with_notes(clip, ["no action units in the sheet"])
    return Annotation(labelled, row.source, clip.onset, problem)


def _check_subject(row: SheetRow, subject: str) -> None:
    """Refuse a file name of another subject than the row's."""
    digits = row.text("Subject").casefold().removeprefix("sub")
    if not (digits.isascii() and digits.isdigit() and int(digits) == int(subject.removeprefix("sub"))):
        raise DatasetError(
            f"{row.source}, column 'Subject': expected {subject}, as the file name {row.text('Filename')} says, found "
            f"{row.text('Subject')!r}. Correct one of them."
        )


def _emotion(row: SheetRow) -> tuple[str, str]:
    """Return the emotion of a row, empty where it is not labelled, and why the row cannot be used, if it cannot."""
    word, number = row.choice("Emotion", EMOTION_WORDS), row.text("EmotionId")
    if not number:
        return word, ""
    if not (number.isascii() and number.isdigit() and int(number) < len(IDS)):
        raise DatasetError(
            f"{row.source}, column 'EmotionId': expected a number from 0 to {len(IDS) - 1}, found {number!r}. Correct "
            "it."
        )
    named = IDS[int(number)]
    if word and word != named:
        return word, f"expected one emotion, found {word} in the column Emotion and {number}, {named}, in EmotionId"
    return named, ""


def _rate(row: SheetRow, fps: float | None) -> float | None:
    """Return the frame rate of a row, else that of the settings; None = it is not known."""
    text = row.text("Fps")
    if not text:
        return fps
    rate, unclear = decimal(text), two_numbers(exact_text(row.cells.get("Fps"), text))
    if not rate or unclear:
        raise DatasetError(
            f"{row.source}, column 'Fps': expected a frame rate such as 200, found {text!r}{unclear}. Correct it."
        )
    return rate


def _folder_name(clip: Clip) -> str:
    return f"{clip.subject}_{clip.video}"
