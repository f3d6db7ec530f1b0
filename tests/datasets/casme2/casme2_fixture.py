"""Builders that write CASME II exactly as it is released: folder names, sheets, columns and oddities; empty frames."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import openpyxl

CODING_NAME = "CASME2-coding-20140508.xlsx"
OBJECTIVE_NAME = "CASME2-ObjectiveClasses.xlsx"
CODING_COLUMNS = (
    "Subject",
    "Filename",
    None,
    "OnsetFrame",
    "ApexFrame",
    "OffsetFrame",
    None,
    "Action Units",
    "Estimated Emotion",
)
OBJECTIVE_COLUMNS = ("Subject", "Filename", "Objective Class")
LAYOUTS = {
    "raw": ("CASME2-RAW", "img"),
    "selected": ("CASME2_RAW_selected", "img"),
    "cropped": ("Cropped", "reg_img"),
}

EMOTIONS = {
    "others": 99,
    "disgust": 63,
    "happiness": 32,
    "repression": 27,
    "surprise": 25,
    "sadness": 7,
    "fear": 2,
}
OBJECTIVE = {1: 25, 2: 15, 3: 99, 4: 26, 5: 20, 6: 1, 7: 69}
UNITS_OF = {1: "R12", 2: "1+L2", 3: 4, 4: "L10", 5: "15", 6: "1+2+4", 7: "L7+L10+14"}
N_SUBJECTS = 26


@dataclass(frozen=True)
class Row:
    """One row of the coding, as the sheet spells it."""

    subject: object = 1
    video: object = "EP02_01f"
    onset: object = 46
    apex: object = 59
    offset: object = 86
    au: object = "12"
    emotion: object = "happiness"

    def cells(self):
        return (self.subject, self.video, None, self.onset, self.apex, self.offset, None, self.au, self.emotion)


def write_workbook(path: Path, columns: Sequence[object], rows: Iterable[Sequence[object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    for cells in (columns, *rows):
        book.active.append(list(cells))
    for empty in ("Sheet2", "Sheet3"):  # as Excel of those years left them
        book.create_sheet(empty)
    book.save(path)
    return path


def write_coding(folder: Path, rows: Iterable[Row]) -> Path:
    return write_workbook(folder / CODING_NAME, CODING_COLUMNS, [row.cells() for row in rows])


def write_objective(folder: Path, rows: Iterable[Sequence[object]]) -> Path:
    return write_workbook(folder / OBJECTIVE_NAME, OBJECTIVE_COLUMNS, rows)


def add_clip(root: Path, subject: str, video: str, numbers: Iterable[int], *, layout: str = "selected") -> Path:
    """Write one clip: ``<layout>/sub01/EP02_01f/img46.jpg``."""
    name, prefix = LAYOUTS[layout]
    folder = root / name / subject / video
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{prefix}{number}.jpg").touch()
    return folder


def official_rows() -> tuple[list[Row], list[tuple[object, str, int]]]:
    """Return the rows of both workbooks with the published counts; every twelfth apex is ``/``, one AU string ``?``."""
    emotions = [word for word, count in EMOTIONS.items() for _ in range(count)]
    classes = [number for number, count in OBJECTIVE.items() for _ in range(count)]
    subjects = cycle(range(1, N_SUBJECTS + 1))
    coding, objective = [], []
    for i, (emotion, number, subject) in enumerate(zip(emotions, classes, subjects, strict=False)):
        video = f"EP{i // N_SUBJECTS + 1:02d}_{i % 7 + 1:02d}{'f' if i % 2 else ''}"
        apex = "/" if i % 12 == 0 else 60
        units = "?" if i == 250 else UNITS_OF[number]
        coding.append(Row(f"{subject:02d}" if i % 3 else subject, video, 46, apex, 86, units, emotion))
        objective.append((subject, video, number))
    return coding, objective
