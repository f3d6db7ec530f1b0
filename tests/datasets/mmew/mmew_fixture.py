"""Builders that write MMEW as public loaders read it: folders, workbook, columns and oddities; empty frames."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import openpyxl

SHEET = "MMEW_Micro_Exp.xlsx"
COLUMNS = (
    "Subject",
    "Filename",
    "OnsetFrame",
    "ApexFrame",
    "OffsetFrame",
    "Action Units",
    "Estimated Emotion",
    "remarks",
)
EMOTIONS = {"surprise": 89, "disgust": 72, "others": 66, "happiness": 36, "fear": 16, "sadness": 13, "anger": 8}
N_SUBJECTS = 36


@dataclass(frozen=True)
class Row:
    """One row of the sheet, as it spells it."""

    filename: object = "S03-01-002"
    onset: object = 1
    apex: object = 12
    offset: object = 30
    au: object = "6+12"
    emotion: object = "happiness"
    subject: object = None

    def cells(self):
        subject = str(self.filename)[:3] if self.subject is None else self.subject
        return (subject, self.filename, self.onset, self.apex, self.offset, self.au, self.emotion, None)


def write_sheet(folder: Path, rows: Iterable[Row], *, name: str = SHEET, columns: Iterable[object] = COLUMNS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.active.append(list(columns))
    for row in rows:
        book.active.append(list(row.cells()))
    book.save(folder / name)
    return folder / name


def add_clip(root: Path, filename: str, last: int = 30, *, emotion: str = "happiness", official: bool = False) -> Path:
    """Write one clip: ``Micro_Expression/happiness/S03-01-002/1.jpg``, or below the subject as the authors say."""
    above = filename[:3] if official else "Micro_Expression"
    folder = root / above / emotion / filename
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, last + 1):
        (folder / f"{number}.jpg").touch()
    return folder


def official_rows() -> list[Row]:
    """Return 300 rows of 36 subjects with the published counts."""
    words = [word for word, count in EMOTIONS.items() for _ in range(count)]
    subjects = cycle(range(1, N_SUBJECTS + 1))
    codes = {word: k for k, word in enumerate(EMOTIONS, start=1)}
    return [
        Row(f"S{subject:02d}-{codes[word]:02d}-{k:03d}", emotion=word)
        for k, (word, subject) in enumerate(zip(words, subjects, strict=False), start=1)
    ]
