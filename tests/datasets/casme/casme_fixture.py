"""Builders that write CASME as public loaders read it: folders, two paddings, workbook, columns and oddities."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

SHEET = "CASME.xlsx"
COLUMNS = ("Subject", "Filename", None, "OnsetF", "ApexF1", "ApexF2", "OffsetF", None, "AU", "Emotion")


@dataclass(frozen=True)
class Row:
    """One row of the sheet, as it spells it."""

    subject: object = 1
    video: object = "EP01_5"
    onset: object = 10
    apex1: object = 20
    apex2: object = None
    offset: object = 30
    au: object = "4"
    emotion: object = "disgust"

    def cells(self):
        frames = (self.onset, self.apex1, self.apex2, self.offset)
        return (self.subject, self.video, None, *frames, None, self.au, self.emotion)


def write_sheet(folder: Path, rows: Iterable[Row], *, columns: Iterable[object] = COLUMNS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.active.append(list(columns))
    for row in rows:
        book.active.append(list(row.cells()))
    book.save(folder / SHEET)
    return folder / SHEET


def add_clip(
    root: Path, subject: str, video: str, numbers: Iterable[int], *, layout: str = "selected", digits: int = 1
) -> Path:
    """Write one clip: ``CASME_raw_selected/sub01/EP01_5/EP01_5-1.jpg``; later clips have three digits."""
    name, prefix = {"selected": ("CASME_raw_selected", ""), "cropped": ("Cropped", "reg_")}[layout]
    folder = root / name / subject / video
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{prefix}{video}-{number:0{digits}d}.jpg").touch()
    return folder
