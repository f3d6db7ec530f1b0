"""Sheets of 4DME: the released one of the micro-expressions, and one of the macro-expressions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from merflow.checks import few
from merflow.datasets.action_units import known_units
from merflow.datasets.clip import NO_EMOTION, Clip, Expression
from merflow.datasets.fourdme.au_emotions import emotions_of_units
from merflow.datasets.fourdme.cells import (
    EMOTION_COLUMNS,
    UNIT_COLUMNS,
    emotion_columns,
    emotion_words,
    fold,
    unit_columns,
)
from merflow.datasets.fourdme.corrections import Exchange, with_exchange
from merflow.datasets.fourdme.layout import clip_name, subject_of
from merflow.datasets.reading.annotation import Annotation, Coding
from merflow.datasets.reading.cells import HEADER_ROWS
from merflow.datasets.reading.clip_rows import clip_of_row
from merflow.datasets.reading.durations import DEFINITION_S, duration_s
from merflow.datasets.reading.frame_choice import with_notes
from merflow.datasets.reading.grids import read_grids
from merflow.datasets.reading.tables import Sheet, SheetRow, read_sheet
from merflow.errors import DatasetError

MICRO_SHEET = "4DME_Labelling_Micro_release v1.xlsx"
MACRO_SHEETS = ("4DME_Labelling_Macro_release v1.xlsx", "Micro and Macro-expression labels.xlsx")
"""The first name is a guess after that of the micro-expressions; the second one lies beside the long videos."""

_FRAMES = ("Onset", "Apex", "Offset")
_NAMES = ("sub_ID", "fold_name")
_REQUIRED = (*_NAMES, *_FRAMES, "AUs", *EMOTION_COLUMNS)
_OPTIONAL = ("Emotion", "eye blink", *UNIT_COLUMNS)
_INTERNAL = "sub_id'"
_NAMED = 20


def micro_annotations(path: Path, *, dataset: str, fps: float, exchange: Exchange) -> Coding:
    """Read the micro-expressions, the known error corrected.

    Raises
    ------
    DatasetError
        On an internal sheet, a missing column, a subject, number or truth value that is none, or a subject in two
        folds.
    """
    sheet = _read(path, required=(*_REQUIRED, "fold"), optional=_OPTIONAL)
    rows, total = _named_rows(sheet.rows)
    found = with_exchange(rows, exchange)
    annotations = [
        _annotation(row, dataset=dataset, fps=fps, expression="micro", note=found.row_notes.get(row.number, ""))
        for row in found.rows
    ]
    check_folds(annotations)
    return Coding(annotations, [sheet.note, *total, *found.notes, *differing(annotations)])


def macro_annotations(path: Path, *, dataset: str, fps: float) -> Coding:
    """Read the macro-expressions of a sheet that may have the micro-expressions too, which are passed over.

    The columns of such a sheet were not published. Those of the micro-expressions are expected, and where it lacks
    one, the error names what is there.

    Raises
    ------
    DatasetError
        As :func:`micro_annotations`.
    """
    sheet = _read(path, required=_REQUIRED, optional=(*_OPTIONAL, "fold"))
    rows, total = _named_rows(sheet.rows)
    read = [_annotation(row, dataset=dataset, fps=fps, expression="macro") for row in rows]
    annotations = [one for one in read if one.clip.offset < 0 or duration_s(one.clip) >= DEFINITION_S["micro"]]
    short = len(read) - len(annotations)
    passed_over = f"{path.name}: {short} rows of less than 0.5 s, micro-expressions by definition, passed over"
    check_folds(annotations)
    return Coding(annotations, [sheet.note, *total, *([passed_over] if short else ()), *differing(annotations)])


def check_folds(annotations: Sequence[Annotation]) -> None:
    """Raise DatasetError when one subject is in two folds: its clips would be trained on and tested."""
    first: dict[str, Annotation] = {}
    for one in annotations:
        other = first.setdefault(one.clip.subject, one) if one.clip.fold else one
        if other.clip.fold != one.clip.fold:
            raise DatasetError(
                f"expected each subject in one fold, found {one.clip.subject} in fold {other.clip.fold} "
                f"({other.source}) and in fold {one.clip.fold} ({one.source}). Correct the column 'fold'."
            )


def differing(annotations: Sequence[Annotation]) -> Sequence[str]:
    """Return the note that counts and names the clips whose emotions are not those of Table 4; none = empty."""
    clips = [one.clip for one in annotations]
    known = [clip for clip in clips if by_the_table(clip)]
    other = [clip for clip in known if by_the_table(clip) != clip.emotions]
    if not other:
        return ()
    named = few([f"{clip.id} ({clip.emotions}; {by_the_table(clip)} of {clip.aus})" for clip in other], _NAMED)
    return (f"emotions of {len(other)} of {len(known)} clips are not those that Table 4 gives their units: {named}",)


def by_the_table(clip: Clip) -> str:
    """Return the emotions that Table 4 gives the units of a clip, as in `Clip.emotions`; empty = nothing to compare."""
    units = known_units(clip.aus)
    return "" if units is None or not clip.emotions else _joined(emotions_of_units(units))


def _annotation(row: SheetRow, *, dataset: str, fps: float, expression: Expression, note: str = "") -> Annotation:
    subject, video = _names(row)
    shown = emotion_columns(row)
    clip = clip_of_row(
        row,
        dataset=dataset,
        fps=fps,
        subject=subject,
        video=video,
        frames=_FRAMES,
        aus="AUs",
        emotion=shown[0] if shown and len(shown) == 1 else "",
    )
    labelled = replace(clip, expression=expression, emotions="" if shown is None else _joined(shown), fold=fold(row))
    notes = [*filter(None, [note]), *_disagreements(row, labelled)]
    return Annotation(with_notes(labelled, notes), row.source, clip.onset)


def _disagreements(row: SheetRow, clip: Clip) -> Iterator[str]:
    """Yield what the cells of one row say differently."""
    expected, words, columns = by_the_table(clip), emotion_words(row), unit_columns(row)
    if expected and expected != clip.emotions:
        yield f"emotions '{clip.emotions}', Table 4 gives '{expected}' for '{clip.aus}'"
    if not clip.emotions:
        yield "no emotion: the cells of all five columns are empty"
    elif words is None and row.text("Emotion"):
        yield f"Emotion '{row.text('Emotion')}' not read, its columns are"
    elif words is not None and _joined(words) != clip.emotions:
        yield f"Emotion '{row.text('Emotion')}', its columns say '{clip.emotions}', which are read"
    units = known_units(clip.aus)
    if columns is not None and units is not None and columns != {*units} & {*UNIT_COLUMNS.values()}:
        yield f"action units '{clip.aus}', their columns say '{'+'.join(map(str, sorted(columns)))}', not read"


def _joined(emotions: Sequence[str]) -> str:
    return "+".join(emotions) or NO_EMOTION


def _names(row: SheetRow) -> tuple[str, str]:
    subject = subject_of(row.text("sub_ID"))
    if subject is None:
        raise DatasetError(
            f"{row.source}, column 'sub_ID': expected a subject such as S08, found {row.text('sub_ID')!r}. Correct it."
        )
    video = clip_name(row.text("sub_ID"), row.text("fold_name"))
    if video is None:
        raise DatasetError(
            f"{row.source}, column 'fold_name': expected the name of a clip of {subject}, such as 002_01_1, found "
            f"{row.text('fold_name')!r}. Correct it."
        )
    return subject, video


def _named_rows(rows: Sequence[SheetRow]) -> tuple[list[SheetRow], list[str]]:
    """Return the rows of clips, and a note of those that name none, such as one of totals."""
    named = [row for row in rows if any(row.text(column) for column in (*_NAMES, *_FRAMES))]
    others = [str(row.number) for row in rows if row not in named]
    return named, [f"rows that name no clip, passed over: {few(others)}"] if others else []


def _read(path: Path, *, required: Sequence[str], optional: Sequence[str]) -> Sheet:
    try:
        return read_sheet(path, None, required=required, optional=optional)
    except DatasetError as error:
        if _is_internal(path):
            raise DatasetError(
                f"{path.name}: expected the released sheet {MICRO_SHEET}, found an internal one of before the release, "
                "whose columns end with an apostrophe (sub_ID'): its rows, numbers and action units differ. Ask the "
                "Center for Machine Vision and Signal Analysis, University of Oulu, for the released one."
            ) from error
        raise


def _is_internal(path: Path) -> bool:
    rows = (row for grid in read_grids(path, [_INTERNAL]) for row in grid.rows[:HEADER_ROWS])
    return any(str(cell).strip().casefold() == _INTERNAL for row in rows for cell in row)
