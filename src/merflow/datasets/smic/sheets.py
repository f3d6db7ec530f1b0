"""SMIC sheets: where the micro-expressions lie in the long clips of SMIC-E, up to three in each."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.annotation import Annotation, Coding
from merflow.datasets.reading.tables import SheetRow, read_sheet
from merflow.datasets.reading.workbooks import given_workbook
from merflow.datasets.smic.layout import WORDS, ClipName, Version, clip_name, subject_of_folder
from merflow.errors import DatasetError

_PAIRS = (("OnsetF", "OffsetF"), ("Onset2F", "Offset2F"), ("Onset3F", "Offset3F"))
_APEXES = ("ApexF", "Apex2F", "Apex3F")
"""Columns that the release lacks, and that some groups add to it."""

_REQUIRED = ("Subject", "Filename", *_PAIRS[0], *_PAIRS[1], "Emotion")


def smic_clip(
    name: ClipName,
    *,
    dataset: str,
    version: Version,
    fps: float,
    onset: int,
    offset: int,
    emotion: str,
    apex: int = NO_FRAME,
) -> Clip:
    """Return a micro-expression without its folder, and without an apex where nobody added one: SMIC names none."""
    return Clip(
        dataset=dataset,
        subject=name.subject,
        video=name.video,
        part=version,
        expression="micro",
        onset=onset,
        apex=apex,
        offset=offset,
        fps=fps,
        aus="",
        emotion=emotion,
        objective="",
        color="",
        depth="",
        notes="",
    )


def find_smic_workbook(root: Path, annotation: Path | None, version: Version) -> Path:
    """Find the workbook of a version: the one of 2019 before the first one.

    Parameters
    ----------
    root : Path
        Searched where `annotation` is None.
    annotation : Path or None
        Folder of the workbook, or the workbook itself under any name.
    version : {"HS", "VIS", "NIR"}
        Named by the workbook.

    Raises
    ------
    DatasetError
        When there is none: says where it was looked for and what lies there.
    """
    return given_workbook(sheet_names(version), root=root, annotation=annotation)


def sheet_names(version: Version) -> Sequence[str]:
    """Return the names of a version's workbook, the preferred first; the first release spells them in two ways."""
    return [
        f"SMIC-{version}-E_annotation_2019.xlsx",
        f"SMIC-{version}-E_annotation.xlsx",
        f"SMIC_{version}_E_annotation.xlsx",
    ]


def smic_annotations(path: Path, *, dataset: str, version: Version, fps: float) -> Coding:
    """Read the micro-expressions of a workbook, one clip each.

    Parameters
    ----------
    path : Path
        Workbook of `version`; remarks below the rows, which name neither a clip nor an onset, are passed over.
    dataset : str
        Name in the configuration.
    version : {"HS", "VIS", "NIR"}
        Part that the clips are of.
    fps : float
        Frames per second.

    Returns
    -------
    Coding
        In the sheet's order, onsets of a row rising as the sheet has them.

    Raises
    ------
    DatasetError
        On a missing column, a subject, clip or number that is none, half a pair of numbers, or a label outside the map.
    """
    sheet = read_sheet(path, None, required=_REQUIRED, optional=(*_PAIRS[2], *_APEXES))
    rows = (row for row in sheet.rows if not _is_remark(row))
    return Coding([one for row in rows for one in _of_row(row, dataset, version, fps)], [sheet.note])


def _is_remark(row: SheetRow) -> bool:
    return clip_name(row.text("Filename")) is None and not row.text(_PAIRS[0][0])


def _of_row(row: SheetRow, dataset: str, version: Version, fps: float) -> Iterator[Annotation]:
    """Yield the micro-expressions of a row; they share its emotion, which the name of the clip must tell too."""
    name, emotion = _name(row), row.choice("Emotion", WORDS)
    if not emotion:
        raise DatasetError(
            f"{row.source}, column 'Emotion': expected one of {', '.join(WORDS)}, found an empty cell. Fill it in."
        )
    problem = "" if emotion == name.emotion else f"expected {name.emotion}, as the clip's name says, found {emotion}"
    for onset, apex, offset in _frames(row):
        frames = {"onset": onset, "apex": apex, "offset": offset}
        clip = smic_clip(name, dataset=dataset, version=version, fps=fps, emotion=emotion, **frames)
        yield Annotation(clip, row.source, onset, problem)


def _frames(row: SheetRow) -> Iterator[tuple[int, int, int]]:
    """Yield onset, apex and offset of each micro-expression of a row, which has at least one."""
    for (first, last), middle in zip(_PAIRS, _APEXES, strict=True):
        onset, offset, apex = row.frame(first), row.frame(last), row.frame(middle)
        if onset is not None and offset is not None:
            yield onset, NO_FRAME if apex is None else apex, offset
        elif (onset, offset) != (None, None) or first == _PAIRS[0][0]:
            found = " and ".join(row.text(column) or "an empty cell" for column in (first, last))
            raise DatasetError(
                f"{row.source}, columns {first!r}, {last!r}: expected two frame numbers, found {found}. Correct them."
            )


def _name(row: SheetRow) -> ClipName:
    """Return subject and video of a row: ``s01`` and ``ne_01`` of the subject 1 and the file name ``s01_ne_01``."""
    text = row.text("Subject")
    subject = subject_of_folder(text if text[:1].casefold() == "s" else f"s{text}")
    if subject is None:
        raise DatasetError(f"{row.source}, column 'Subject': expected a number such as 1, found {text!r}. Correct it.")
    name = clip_name(row.text("Filename"))
    if name is None or name.subject != subject:
        raise DatasetError(
            f"{row.source}, column 'Filename': expected a clip of subject {subject}, such as {subject}_ne_01, found "
            f"{row.text('Filename')!r}. Correct it."
        )
    return name
