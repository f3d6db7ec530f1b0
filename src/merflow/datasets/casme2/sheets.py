"""CASME II sheets: the coding of the clips, and the objective classes that were published later."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from merflow.datasets.reading.annotation import EMOTION_WORDS, OBJECTIVE_WORDS, Annotation, Coding, with_objective
from merflow.datasets.reading.clip_rows import clip_of_row
from merflow.datasets.reading.numbered_subjects import subject_name
from merflow.datasets.reading.tables import SheetRow, read_sheet
from merflow.datasets.reading.workbooks import find_workbook, first_workbook
from merflow.errors import DatasetError
from merflow.reading import is_file

CODING_SHEETS = ("CASME2-coding-20140508.xlsx", "CASME2-coding-20190701.xlsx")
"""The release that the published counts are of, and a later one with the same columns."""

OBJECTIVE_SHEET = "CASME2-ObjectiveClasses.xlsx"

_FRAMES = ("OnsetFrame", "ApexFrame", "OffsetFrame")
_CODING = ("Subject", "Filename", *_FRAMES, "Action Units", "Estimated Emotion")
_CLASSES = ("Subject", "Filename", "Objective Class")
_Key = tuple[str, str]


class Casme2Workbooks(NamedTuple):
    """The coding, and the objective classes when they are there."""

    coding: Path
    objective: Path | None


def find_workbooks(root: Path, annotation: Path | None) -> Casme2Workbooks:
    """Find the workbooks: in a folder, or the coding itself under any name with the classes beside it.

    A coding that is named is taken as it is, whatever else lies there, and classes right beside it come before any
    below.

    Raises
    ------
    DatasetError
        When the coding is missing: says where it was looked for and what lies there.
    """
    if annotation and is_file(annotation):
        folder = annotation.parent
        beside = find_workbook(OBJECTIVE_SHEET, folder, depth=0)
        return Casme2Workbooks(annotation, beside or find_workbook(OBJECTIVE_SHEET, folder))
    folder = annotation or root
    return Casme2Workbooks(first_workbook(CODING_SHEETS, folder), find_workbook(OBJECTIVE_SHEET, folder))


def casme2_annotations(workbooks: Casme2Workbooks, *, dataset: str, fps: float) -> Coding:
    """Read the clips, each with its objective class.

    Parameters
    ----------
    workbooks : Casme2Workbooks
        Joined by subject and file name.
    dataset : str
        Name in the configuration.
    fps : float
        Frames per second.

    Returns
    -------
    Coding
        In the coding's order. A clip without a published class gets that of its action units, noted.

    Raises
    ------
    DatasetError
        On a missing column, a subject or number that is none, a label outside the map, or two classes of one clip.
    """
    published = read_sheet(workbooks.objective, None, required=_CLASSES) if workbooks.objective else None
    classes = _objective_classes(published.rows) if published else {}
    coding = read_sheet(workbooks.coding, None, required=_CODING)
    annotations, used = [], set()
    for row in coding.rows:
        key = _key(row)
        used.add(key)
        clip = clip_of_row(
            row,
            dataset=dataset,
            fps=fps,
            subject=key[0],
            video=row.text("Filename"),
            frames=_FRAMES,
            aus="Action Units",
            emotion=row.choice("Estimated Emotion", EMOTION_WORDS),
        )
        objective = classes[key][0] if key in classes else ""
        annotations.append(Annotation(with_objective(clip, objective), row.source, clip.onset))
    notes = [
        coding.note,
        published.note
        if published
        else f"{OBJECTIVE_SHEET} is not there: objective classes are taken from the action units",
    ]
    unused = [(key, source) for key, (_, source) in classes.items() if key not in used]
    notes += [f"{source} names {'/'.join(key)}, which {workbooks.coding.name} lacks" for key, source in unused]
    return Coding(annotations, notes)


def _objective_classes(rows: Iterable[SheetRow]) -> Mapping[_Key, tuple[str, str]]:
    """Return subject and file name -> objective class and the row that says so."""
    classes: dict[_Key, tuple[str, str]] = {}
    for row in rows:
        key, objective = _key(row), row.choice("Objective Class", OBJECTIVE_WORDS)
        known, source = classes.setdefault(key, (objective, row.source))
        if known != objective:
            raise DatasetError(
                f"expected one objective class of {'/'.join(key)}, found {known} in {source} and {objective} in "
                f"{row.source}. Remove one of the rows."
            )
    return classes


def _key(row: SheetRow) -> _Key:
    """Return subject and file name, spelt alike in both workbooks."""
    subject = subject_name(row.text("Subject"))
    if subject is None:
        raise DatasetError(
            f"{row.source}, column 'Subject': expected a number such as 1, found {row.text('Subject')!r}. Correct it."
        )
    return subject, row.text("Filename").casefold()
