"""CAS(ME)^3 sheets: every row of the official workbooks as an annotation, labels and numbers checked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from merflow.datasets.casme3.corrections import CASME3_PART_A_MICRO
from merflow.datasets.casme3.layout import subject_number
from merflow.datasets.clip import NO_FRAME, Clip, Expression
from merflow.datasets.reading.annotation import (
    EMOTION_WORDS,
    OBJECTIVE_WORDS,
    Annotation,
    Coding,
    with_midpoint,
    with_objective,
    with_units_checked,
)
from merflow.datasets.reading.corrections import Correction, corrected
from merflow.datasets.reading.frame_choice import with_notes
from merflow.datasets.reading.tables import SheetRow, read_sheet
from merflow.errors import DatasetError

MICRO_SHEET = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
UNITS_SHEET = "CAS(ME)3_part_A_v2.xls"
MACRO_SHEET = "cas(me)3_part_A_MaE_label_JpgIndex_v2_emotion.xlsx"
PART_C_SHEET = "CAS(ME)3_part_C_ME.xlsx"

_NAMES = ("Subject", "Filename", "Onset", "Apex", "Offset")
_PART_C_VIDEO = "a"
_PART_C_WORDS: Mapping[str, str] = {**EMOTION_WORDS, "negative": "negative", "positive": "positive"}
"""Part C names four classes, negative, positive, surprise and others, in place of single emotions."""

_Key = tuple[str, str, int]


def micro_annotations(path: Path, *, dataset: str, fps: float) -> Coding:
    """Read the micro-expressions of part A, known errors corrected.

    Raises
    ------
    DatasetError
        On a missing sheet or column, a subject or number that is none, or a label outside the map.
    """
    sheet = read_sheet(path, "label", required=(*_NAMES, "AU", "emotion"), optional=("Objective class",))
    annotations = [
        _part_a(row, dataset=dataset, fps=fps, expression="micro", emotion="emotion", corrections=CASME3_PART_A_MICRO)
        for row in sheet.rows
    ]
    return Coding(annotations, [sheet.note])


def macro_annotations(units: Path | None, emotions: Path | None, *, dataset: str, fps: float) -> Coding:
    """Read the macro-expressions of part A: action units from one workbook, emotions from the other.

    Parameters
    ----------
    units : Path or None
        ``CAS(ME)3_part_A_v2.xls``: action units, objective class; its micro-expressions are passed over.
    emotions : Path or None
        ``cas(me)3_part_A_MaE_label_JpgIndex_v2_emotion.xlsx``.
    dataset : str
        Name in the configuration.
    fps : float
        Frames per second.

    Returns
    -------
    Coding
        Rows of both workbooks, joined by subject, video and onset; what one of them lacks is noted on the clip.

    Raises
    ------
    DatasetError
        As :func:`micro_annotations`.
    """
    coded, units_notes = _macro_rows_with_units(units, dataset, fps) if units is not None else Coding([], [])
    felt, emotion_notes = _macro_rows_with_emotion(emotions, dataset, fps) if emotions is not None else Coding([], [])
    rows = _joined(coded, felt) if coded and felt else coded or felt
    return Coding(rows, [*units_notes, *emotion_notes])


def missing_macro_workbooks(folder: Path) -> DatasetError:
    """Return the error of a folder without any workbook of the macro-expressions."""
    return DatasetError(
        f"expected {UNITS_SHEET} or {MACRO_SHEET} in {folder} for macro-expressions, found neither. Copy them there, "
        "or set the dataset's annotation in config.yaml to their folder."
    )


def part_c_annotations(path: Path, *, dataset: str, fps: float) -> Coding:
    """Read the micro-expressions of part C; the apex, which nobody annotated, is the midpoint and noted.

    Raises
    ------
    DatasetError
        As :func:`micro_annotations`.
    """
    sheet = read_sheet(path, "mockCrimeME", required=("sub", "onset", "offset", "au", "emotion"))
    return Coding([_part_c(row, dataset=dataset, fps=fps) for row in sheet.rows], [sheet.note])


def _macro_rows_with_units(path: Path, dataset: str, fps: float) -> Coding:
    sheet = read_sheet(path, "AU+Emotion", required=(*_NAMES, "AU", "Expression type"), optional=("Objective class",))
    kinds = {"macro-expression": "macro", "micro-expression": "micro"}
    rows = (row for row in sheet.rows if row.choice("Expression type", kinds) == "macro")
    annotations = [_part_a(row, dataset=dataset, fps=fps, expression="macro", emotion=None) for row in rows]
    return Coding(annotations, [sheet.note])


def _macro_rows_with_emotion(path: Path, dataset: str, fps: float) -> Coding:
    names = ("sub", "seq", "onset", "apex", "offset")
    sheet = read_sheet(path, None, required=(*names, "emotion"), optional=("au", "Objective class"))
    annotations = []
    for row in sheet.rows:
        cells = {new: row.cells[old] for new, old in zip(_NAMES, names, strict=True)}
        cells |= {"AU": row.text("au"), "emotion": row.cells["emotion"]}
        renamed = SheetRow(row.path, row.number, {**row.cells, **cells})
        annotations.append(_part_a(renamed, dataset=dataset, fps=fps, expression="macro", emotion="emotion"))
    return Coding(annotations, [sheet.note])


def _joined(coded: Sequence[Annotation], felt: Sequence[Annotation]) -> list[Annotation]:
    """Join by subject, video and onset; the workbook with the action units decides the frame numbers."""
    by_key: dict[_Key, list[Annotation]] = {}
    for one in felt:
        by_key.setdefault(_key(one), []).append(one)
    joined = []
    for one in coded:
        matches = by_key.get(_key(one), [])
        joined.append(_with_emotion(one, matches.pop(0) if matches else None))
    rest = [one for matches in by_key.values() for one in matches]
    return joined + [replace(one, clip=with_notes(one.clip, [f"not in {UNITS_SHEET}"])) for one in rest]


def _with_emotion(one: Annotation, other: Annotation | None) -> Annotation:
    if other is None:
        return replace(one, clip=with_notes(one.clip, [f"no emotion: not in {MACRO_SHEET}"]))
    notes = [
        f"{name} {getattr(other.clip, name)} in {MACRO_SHEET}"
        for name in ("apex", "offset")
        if getattr(other.clip, name) != getattr(one.clip, name)
    ]
    return replace(one, clip=with_notes(replace(one.clip, emotion=other.clip.emotion), notes))


def _key(one: Annotation) -> _Key:
    return one.clip.subject, one.clip.video, one.sheet_onset


def _part_a(
    row: SheetRow,
    *,
    dataset: str,
    fps: float,
    expression: Expression,
    emotion: str | None,
    corrections: Sequence[Correction] = (),
) -> Annotation:
    number = subject_number(row.text("Subject"))
    if number is None:
        raise DatasetError(
            f"{row.source}, column 'Subject': expected spNO.<number>, found {row.text('Subject')!r}. Correct it."
        )
    clip = _clip(
        row,
        dataset=dataset,
        fps=fps,
        subject=f"spNO.{number}",
        video=row.text("Filename").casefold(),
        part="A",
        expression=expression,
        columns=("Onset", "Apex", "Offset"),
        aus=row.text("AU"),
        emotion=row.choice(emotion, EMOTION_WORDS) if emotion else "",
    )
    return _annotation(row, clip, corrections)


def _part_c(row: SheetRow, *, dataset: str, fps: float) -> Annotation:
    subject = row.text("sub")
    if not (subject.isascii() and subject.isdigit() and len(subject) < 10):
        raise DatasetError(
            f"{row.source}, column 'sub': expected a number from 1 to 31, found {subject!r}. Correct it."
        )
    clip = _clip(
        row,
        dataset=dataset,
        fps=fps,
        subject=f"{int(subject):02d}",
        video=_PART_C_VIDEO,
        part="C",
        expression="micro",
        columns=("onset", None, "offset"),
        aus=row.text("au"),
        emotion=row.choice("emotion", _PART_C_WORDS),
    )
    return _annotation(row, clip, ())


def _annotation(row: SheetRow, clip: Clip, corrections: Sequence[Correction]) -> Annotation:
    """Apply corrections to the sheet's numbers first, then fill in the apex when there is none."""
    filled = with_units_checked(with_midpoint(corrected(clip, corrections)))
    labelled = with_objective(filled, row.choice("Objective class", OBJECTIVE_WORDS))
    return Annotation(labelled, row.source, clip.onset)


def _clip(
    row: SheetRow,
    *,
    dataset: str,
    fps: float,
    subject: str,
    video: str,
    part: str,
    expression: Expression,
    columns: tuple[str, str | None, str],
    aus: str,
    emotion: str,
) -> Clip:
    onset, apex, offset = (row.frame(column) if column else None for column in columns)
    if onset is None:
        raise DatasetError(
            f"{row.source}, column {columns[0]!r}: expected a frame number, found an empty cell. Fill it in."
        )
    if not video:
        raise DatasetError(
            f"{row.source}, column 'Filename': expected a letter from a to m, found an empty cell. Fill it in."
        )
    return Clip(
        dataset=dataset,
        subject=subject,
        video=video,
        part=part,
        expression=expression,
        onset=onset,
        apex=NO_FRAME if apex is None else apex,
        offset=NO_FRAME if offset is None else offset,
        fps=fps,
        aus=aus,
        emotion=emotion,
        objective="",
        color="",
        depth="",
        notes="",
    )
