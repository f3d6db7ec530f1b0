"""SAMM Long Videos sheets: the movements of the long videos, and the emotions that SAMM gives the micro-movements."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from merflow.datasets.clip import Clip, Expression
from merflow.datasets.reading.annotation import EMOTION_WORDS, OBJECTIVE_WORDS, Annotation, Coding, with_objective
from merflow.datasets.reading.clip_rows import clip_of_row
from merflow.datasets.reading.frame_choice import with_notes
from merflow.datasets.reading.numbers import exact_text, two_numbers
from merflow.datasets.reading.tables import NO_VALUE, SheetRow, read_sheet
from merflow.datasets.samm_lv.corrections import SAMM_LV
from merflow.errors import DatasetError

SHEET = "FACS_Movement_Only"

_FRAMES = ("Onset", "Apex", "Offset")
_REQUIRED = ("Subject", "Filename", *_FRAMES, "Type", "Action Units")
_MICRO_FRAMES = ("Onset Frame", "Apex Frame", "Offset Frame")
_MICRO_REQUIRED = ("Subject", "Filename", *_MICRO_FRAMES, "Action Units", "Estimated Emotion")
_FILENAME = re.compile(r"(\d{1,3})_(\d+)_(\d+)", re.ASCII)
_BEFORE = re.compile(r"-\d{1,15}(?:\.\d*)?", re.ASCII)
"""An onset below 0: before the video, as 0 is."""

_DECIMAL = re.compile(r"\d{1,15}\.\d*[1-9]\d*", re.ASCII)


def samm_lv_annotations(
    path: Path, micro: Path | None, *, dataset: str, fps: float, expressions: Sequence[Expression]
) -> Coding:
    """Read the movements of the kinds that are asked for.

    Parameters
    ----------
    path : Path
        Workbook of the long videos.
    micro : Path or None
        That of SAMM, whose emotions and objective classes go to the micro-movements of its file names.
    dataset : str
        Name in the configuration.
    fps : float
        Frames per second.
    expressions : sequence of {"micro", "macro"}

    Raises
    ------
    DatasetError
        On a missing sheet or column, a subject, type or number that is none, or a label outside the map.
    """
    sheet = read_sheet(path, SHEET, required=_REQUIRED)
    rows = [row for row in sheet.rows if _kind(row) in expressions]
    annotations = [_annotation(row, dataset=dataset, fps=fps) for row in rows]
    if micro is None:
        return Coding([_by_its_units(one) for one in annotations], [sheet.note])
    beside = read_sheet(micro, "MICRO_ONLY", required=_MICRO_REQUIRED, optional=("Objective Classes",))
    named = _by_name(beside.rows)
    joined = [_joined(one, named.get(_file_name(one.clip))) for one in annotations]
    return Coding(joined, [sheet.note, beside.note])


def file_name(text: str) -> str | None:
    """Return ``006_1_2`` for ``006_1_2`` or ``6_1_2``; None = not the name of a movement."""
    match = _FILENAME.fullmatch(text.strip())
    return f"{int(match[1]):03d}_{int(match[2])}_{int(match[3])}" if match else None


def _annotation(row: SheetRow, *, dataset: str, fps: float) -> Annotation:
    name = _names(row)
    subject, _, video = name.partition("_")
    cells, notes = _whole(row)
    row = replace(row, cells={**row.cells, **cells})
    apex, problem = row.frame("Apex"), ""
    if _BEFORE.fullmatch(row.text("Onset")) or not row.frame("Onset"):
        known = [f"no onset in the sheet, the apex {apex} taken"] if apex else []
        notes, problem = [*notes, *known], "" if apex else "expected an onset or an apex, found neither in the sheet"
        row = replace(row, cells={**row.cells, "Onset": apex or 0})
    clip = clip_of_row(
        row,
        dataset=dataset,
        fps=fps,
        subject=subject,
        video=video,
        frames=_FRAMES,
        aus="Action Units",
        emotion="",
        corrections=SAMM_LV,
    )
    noted = with_notes(replace(clip, expression=_kind(row)), notes)
    return Annotation(noted, row.source, noted.onset, problem)


def _by_its_units(one: Annotation) -> Annotation:
    """Give a movement the objective class of its action units."""
    return replace(one, clip=with_objective(one.clip, ""))


def _whole(row: SheetRow) -> tuple[Mapping[str, int], list[str]]:
    """Return the frames that are no whole numbers, rounded, and a note of each; the column holds decimal numbers."""
    texts = {column: exact_text(row.cells.get(column), row.text(column)) for column in _FRAMES}
    decimals = {column: text for column, text in texts.items() if _DECIMAL.fullmatch(text)}
    found = {column: float(text) for column, text in decimals.items() if not two_numbers(text, "whole")}
    notes = [f"{column.casefold()} {value} in the sheet, rounded to {round(value)}" for column, value in found.items()]
    return {column: round(value) for column, value in found.items()}, notes


def _names(row: SheetRow) -> str:
    """Return the file name of a row, which must be one of its subject."""
    name = file_name(row.text("Filename"))
    if name is None:
        raise DatasetError(
            f"{row.source}, column 'Filename': expected a movement such as 006_1_2, found {row.text('Filename')!r}. "
            "Correct it."
        )
    subject = row.text("Subject")
    if not (subject.isascii() and subject.isdigit() and int(subject) == int(name[:3])):
        raise DatasetError(
            f"{row.source}, column 'Subject': expected {name[:3]}, as the file name {name} says, found {subject!r}. "
            "Correct one of them."
        )
    return name


def _kind(row: SheetRow) -> Expression:
    """Return the kind of a movement: ``Macro``, or ``Micro - 1/2``."""
    word = row.text("Type").casefold()
    if word.startswith("micro"):
        return "micro"
    if word.startswith("macro"):
        return "macro"
    raise DatasetError(
        f"{row.source}, column 'Type': expected Macro or Micro - 1/2, found {row.text('Type')!r}. Correct it."
    )


def _by_name(rows: Sequence[SheetRow]) -> Mapping[str, SheetRow]:
    """Return the rows of the sheet of SAMM by file name.

    Raises
    ------
    DatasetError
        When two rows have one file name.
    """
    found: dict[str, SheetRow] = {}
    for row in rows:
        name = file_name(row.text("Filename"))
        other = found.setdefault(name, row) if name else row
        if other is not row:
            raise DatasetError(
                f"expected one row of {name}, found {other.source} and {row.source}. Remove one of them."
            )
    return found


def _joined(one: Annotation, row: SheetRow | None) -> Annotation:
    """Give a micro-movement the labels that SAMM has of it; what differs between the sheets is noted."""
    clip = one.clip
    if clip.expression == "macro" or row is None:
        notes = [] if clip.expression == "macro" else ["no emotion: SAMM has no row of this file name"]
        return replace(one, clip=with_notes(with_objective(clip, ""), notes))
    labelled = replace(clip, emotion=row.choice("Estimated Emotion", EMOTION_WORDS))
    classed = with_objective(labelled, row.choice("Objective Classes", OBJECTIVE_WORDS))
    return replace(one, clip=with_notes(classed, _differences(classed, row)))


def _differences(clip: Clip, row: SheetRow) -> list[str]:
    """Say where the two sheets disagree; the one of the long videos is read."""
    numbers = dict(zip(("onset", "apex", "offset"), _MICRO_FRAMES, strict=True))
    notes = [
        f"{role} {row.text(column)} in the sheet of SAMM"
        for role, column in numbers.items()
        if row.text(column).casefold() not in NO_VALUE and row.frame(column) != getattr(clip, role)
    ]
    units = row.text("Action Units")
    return [*notes, *([f"action units {units!r} in the sheet of SAMM"] if units != clip.aus else [])]


def _file_name(clip: Clip) -> str:
    return f"{clip.subject}_{clip.video}"
