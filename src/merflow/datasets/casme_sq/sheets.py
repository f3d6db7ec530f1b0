"""CAS(ME)^2 sheets: the coding, which has no header, and the two sheets that say what its numbers and videos are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from merflow.datasets.casme_sq.layout import subject_name
from merflow.datasets.clip import Expression
from merflow.datasets.reading.annotation import EMOTION_WORDS, Annotation, with_objective
from merflow.datasets.reading.cells import Grid, Unreadable, address, cell_text, unreadable_cells
from merflow.datasets.reading.clip_rows import clip_of_row
from merflow.datasets.reading.frame_choice import with_notes
from merflow.datasets.reading.grids import read_grids
from merflow.datasets.reading.tables import SheetRow
from merflow.errors import DatasetError

COLUMNS = ("subject", "video", "onset", "apex", "offset", "AUs", "emotion", "type", "self-report")
"""What the columns of the coding hold, from A on."""

PUBLISHED_SUBJECTS: Mapping[str, str] = {
    str(number): f"s{person}" for number, person in enumerate((15, 16, *range(19, 28), *range(29, 39), 40), start=1)
}
"""Number of a subject in the coding -> folder, as public loaders have it; for a coding without its other sheets."""

PUBLISHED_CODES: Mapping[str, str] = {
    "disgust1": "0101",
    "disgust2": "0102",
    "anger1": "0401",
    "anger2": "0402",
    "happy1": "0502",
    "happy2": "0503",
    "happy3": "0505",
    "happy4": "0507",
    "happy5": "0508",
}
"""What was shown, as the videos of the coding are called -> its code in the folders' names; from the same loaders."""

_TYPES: Mapping[str, str] = {"micro-expression": "micro", "macro-expression": "macro"}
_WORDS: Mapping[str, str] = {**EMOTION_WORDS, "negative": "negative", "positive": "positive"}
_SHOWN = re.compile(r"[a-z]+\d+", re.IGNORECASE | re.ASCII)
_VIDEO = re.compile(rf"{_SHOWN.pattern}_\d+", re.IGNORECASE | re.ASCII)
_TYPE, _ONSET, _SHOWN_IN = (COLUMNS.index(name) for name in ("type", "onset", "video"))


class Coded(NamedTuple):
    """What the workbook says.

    Parameters
    ----------
    annotations : list of Annotation
        In the order of the rows.
    code_of : mapping of str to str
        What was shown -> four digits.
    notes : sequence of str
        Which sheets were read.
    """

    annotations: list[Annotation]
    code_of: Mapping[str, str]
    notes: Sequence[str]


def casme_sq_annotations(path: Path, *, dataset: str, fps: float, expressions: Sequence[Expression]) -> Coded:
    """Read the expressions of the kinds that are asked for.

    Raises
    ------
    DatasetError
        When no sheet has the rows of the coding, a cell cannot be read, or a subject, video, number, type or label is
        none: names the row.
    """
    grids = read_grids(path, COLUMNS)
    coding = _coding(path, grids)
    subjects, subject_note = _subjects(grids)
    codes, code_note = _codes(grids)
    rows = [row for row in _rows(path, coding) if _kind(row) in expressions]
    annotations = [_annotation(row, subjects, dataset=dataset, fps=fps) for row in rows]
    sheet = f"sheet {coding.name}" if coding.name else "a table in text"
    return Coded(
        annotations, codes, [f"annotation from {path.name}, {sheet}", *filter(None, (subject_note, code_note))]
    )


def _coding(path: Path, grids: Sequence[Grid]) -> Grid:
    """Return the first sheet with a row whose eighth cell names a type of expression."""
    for grid in grids:
        if any(_cell(row, _TYPE).casefold() in _TYPES for row in grid.rows):
            return grid
    found = "; ".join(f"{grid.name or 'a table in text'} of {len(grid.rows)} rows" for grid in grids)
    raise DatasetError(
        f"{path.name}: expected a sheet without a header, its columns {', '.join(COLUMNS)}, and micro-expression or "
        f"macro-expression in column H; found {found}, none with one of these words there. Take the official file."
    )


def _rows(path: Path, grid: Grid) -> list[SheetRow]:
    """Return the rows of the coding; a header that somebody added, and remarks below the rows, are passed over."""
    rows, unreadable = [], []
    for number, values in enumerate(grid.rows, start=1):
        cells: dict[str, Any] = dict(zip(COLUMNS, [*values, *[""] * len(COLUMNS)], strict=False))
        if not _is_row(values):
            continue
        unreadable += [
            (f"{address(number - 1, k)} ({name})", cells[name])
            for k, name in enumerate(COLUMNS)
            if isinstance(cells[name], Unreadable)
        ]
        rows.append(SheetRow(path, number, cells))
    if unreadable:
        raise DatasetError(f"{path.name}: {unreadable_cells(unreadable)}")
    return rows


def _is_row(values: Sequence[Any]) -> bool:
    """Whether a row is meant to be one of the coding: it names a type, an onset or a video."""
    named = _VIDEO.fullmatch(_cell(values, _SHOWN_IN)) is not None
    return named or _cell(values, _TYPE).casefold() in _TYPES or _cell(values, _ONSET).isdigit()


def _annotation(row: SheetRow, subjects: Mapping[str, str], *, dataset: str, fps: float) -> Annotation:
    number, video = row.text("subject"), row.text("video")
    if number not in subjects:
        raise DatasetError(
            f"{row.source}, column 'subject': expected one of {', '.join(subjects)}, found {number!r}. Correct it."
        )
    if not _VIDEO.fullmatch(video):
        raise DatasetError(
            f"{row.source}, column 'video': expected what was shown and a number, such as disgust1_1, found {video!r}. "
            "Correct it."
        )
    apex_ends_it = not row.frame("offset") and row.frame("apex") is not None
    clip = clip_of_row(
        replace(row, cells={**row.cells, "offset": row.cells["apex"]}) if apex_ends_it else row,
        dataset=dataset,
        fps=fps,
        subject=subjects[number],
        video=video,
        frames=("onset", "apex", "offset"),
        aus="AUs",
        emotion=row.choice("emotion", _WORDS),
    )
    clip = replace(clip, expression=_kind(row))
    if apex_ends_it:
        clip = with_notes(clip, [f"no offset in the sheet, the apex {clip.apex} taken"])
    return Annotation(with_objective(clip, ""), row.source, clip.onset)


def _kind(row: SheetRow) -> Expression:
    """Return the kind of expression of a row; raises DatasetError where none is named."""
    kind = row.choice("type", _TYPES)
    if not kind:
        raise DatasetError(
            f"{row.source}, column 'type': expected {' or '.join(_TYPES)}, found an empty cell. Fill it in."
        )
    return "micro" if kind == "micro" else "macro"


def _subjects(grids: Sequence[Grid]) -> tuple[Mapping[str, str], str]:
    """Return number -> folder of the subjects, from the sheet whose columns B and C are a folder and a number."""
    for grid in grids[1:]:
        found = {
            _cell(row, 2): name
            for row in grid.rows
            if _cell(row, 2).isdigit() and (name := subject_name(_cell(row, 1))) is not None
        }
        if found:
            return found, ""
    return PUBLISHED_SUBJECTS, "the workbook does not say whose its numbers are: subjects as public loaders have them"


def _codes(grids: Sequence[Grid]) -> tuple[Mapping[str, str], str]:
    """Return what was shown -> its code, from the sheet whose columns A and B are a code and a name."""
    for grid in grids[1:]:
        found = {
            _cell(row, 1).casefold(): f"{int(_cell(row, 0)):04d}"  # Excel makes 101 of 0101
            for row in grid.rows
            if _cell(row, 0).isdigit() and subject_name(_cell(row, 1)) is None and _SHOWN.fullmatch(_cell(row, 1))
        }
        if found:
            return found, ""
    return PUBLISHED_CODES, "the workbook does not say what its videos show: codes as public loaders have them"


def _cell(row: Sequence[Any], column: int) -> str:
    return cell_text(row[column]) if column < len(row) and not isinstance(row[column], Unreadable) else ""
