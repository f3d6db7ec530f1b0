"""Builders that write SAMM Long Videos as public loaders read it: notes above the header, decimals, long videos."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import openpyxl

SHEET = "SAMM_LongVideos_V3_Release.xlsx"
COLUMNS = (
    "Subject",
    "Filename",
    "Inducement Code",
    "Onset",
    "Apex",
    "Offset",
    "Duration",
    "Type",
    "Action Units",
    "Notes",
)
HEADER_ROW = 10


@dataclass(frozen=True)
class Row:
    """One row of the sheet, as it spells it."""

    filename: object = "006_1_2"
    onset: object = 5562.0
    apex: object = 5580.0
    offset: object = 5600.0
    kind: object = "Micro - 1/2"
    au: object = "4C + 7B"
    subject: object = None

    def cells(self):
        subject = int(str(self.filename)[:3]) if self.subject is None else self.subject
        return (subject, self.filename, 1, self.onset, self.apex, self.offset, 39.0, self.kind, self.au, None)


def write_sheet(folder: Path, rows: Iterable[Row], *, name: str = SHEET, columns: Iterable[object] = COLUMNS) -> Path:
    """Write the workbook: nine rows of notes and blanks, then the header in Excel row 10."""
    folder.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "FACS_Movement_Only"
    sheet["A1"] = "SAMM Long Videos, FACS codes"
    for line, cells in enumerate([columns, *(row.cells() for row in rows)], start=HEADER_ROW):
        for column, value in enumerate(cells, start=1):
            sheet.cell(line, column, value)
    book.save(folder / name)
    return folder / name


def add_video(root: Path, name: str, numbers: Iterable[int], *, digits: int = 4) -> Path:
    """Write a long video: ``SAMM_longvideos/006_1/006_1_0001.jpg``."""
    folder = root / "SAMM_longvideos" / name
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{name}_{number:0{digits}d}.jpg").touch()
    return folder


def official_rows() -> list[Row]:
    """Return 159 micro- and 343 macro-movements."""
    micro = [Row(f"{k % 30 + 6:03d}_1_{k}") for k in range(159)]
    macro = [Row(f"{k % 30 + 6:03d}_2_{k}", kind="Macro", au="12") for k in range(343)]
    return [*micro, *macro]
