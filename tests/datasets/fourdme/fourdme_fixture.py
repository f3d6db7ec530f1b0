"""Builders that write 4DME as its public loader reads it: folder names, sheets, columns, oddities."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import openpyxl

MICRO_NAME = "4DME_Labelling_Micro_release v1.xlsx"
EXTRAS_NAME = "4DME_Labelling_Micro_extras_release v1.xlsx"
MACRO_NAME = "Micro and Macro-expression labels.xlsx"

UNITS = {1: 46, 2: 54, 4: 117, 5: 8, 6: 30, 7: 93, 9: 1, 10: 2, 12: 82, 14: 4, 15: 6, 17: 11, 20: 2, 24: 9, 25: 7}
UNITS |= {39: 4, 43: 1, 45: 34, 63: 2, 64: 1}
"""Table 3 of the paper; of AU 15 the released sheet has 6, and the paper prints 82, the number of AU 12 beside it."""
EMOTIONS = {"Positive": 34, "Negative": 127, "Surprise": 30, "Repression": 6, "Repression+Surprise": 3}
EMOTIONS |= {"Positive+Surprise": 13, "Negative+Surprise": 8, "Positive+Repression": 8, "Negative+Repression": 7}
EMOTIONS |= {"Others": 31}
COLUMNS_OF_EMOTIONS = ("Positive", "Negative", "Surprise", "Repression", "Others")
MICRO_COLUMNS = ("sub_ID", "fold_name", "Emotion", "Onset", "Apex", "Offset", "AUs", *(f"AU{n}" for n in UNITS))
MICRO_COLUMNS += (*COLUMNS_OF_EMOTIONS, "eye blink", "fold", "Total", "Onset")
"""The last one is there a second time."""
N_SUBJECTS = 41
FOLDERS = {"clips": "gray_micro", "cropped": "gray_micro_crop", "long": "long_gray_video/long gray video"}


@dataclass(frozen=True)
class Row:
    """One row of a sheet, as it spells it; of the columns of units and emotions those that follow from the others."""

    subject: object = "S08"
    clip: object = "002_01_1"
    onset: object = 1823
    apex: object = 1832
    offset: object = 1843
    aus: object = "AU4+7"
    emotion: str = "Negative"
    fold: object = 1
    columns: str | None = None
    """Emotions whose columns are 1, where they are not those of the word."""
    units: Sequence[int] | None = None

    def cells(self):
        digits = "".join(c if c.isdigit() else " " for c in str(self.aus or ""))
        units = [int(n) for n in digits.split()] if self.units is None else self.units
        columns = (self.emotion if self.columns is None else self.columns).split("+")
        shown = [int(name in columns) for name in COLUMNS_OF_EMOTIONS]
        one_hot = [int(number in units) for number in UNITS]
        frames = (self.onset, self.apex, self.offset)
        blink, total = int(45 in units), len(units)
        return (self.subject, self.clip, self.emotion, *frames, self.aus, *one_hot, *shown, blink, self.fold, total, 0)


def write_sheet(
    folder: Path, rows: Iterable[Row], *, name: str = MICRO_NAME, columns: Sequence[object] = MICRO_COLUMNS
) -> Path:
    """Write a workbook, or under a name of such a file a table in text."""
    folder.mkdir(parents=True, exist_ok=True)
    table = [list(columns), *(list(row.cells() if isinstance(row, Row) else row) for row in rows)]
    if name.endswith(".csv"):
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(table)
        return folder / name
    book = openpyxl.Workbook()
    for cells in table:
        book.active.append(cells)
    book.save(folder / name)
    return folder / name


def write_internal(folder: Path) -> Path:
    """Write the sheet of before the release: an apostrophe after each name, and totals in the last row."""
    columns = ("sub_ID'", "video_number'", "ME_number'", "subME_number'", "first_frame'", "last_frame'", "Emotion")
    columns += ("Onset", "Apex", "Offset", "Length", "AUs", *COLUMNS_OF_EMOTIONS, "fold")
    rows = [("S08'", "2'", 1, 1, 1800, 1900, "Surprise+Positive", 1823, 1832, 1843, 21, "AU4(k)+L7", 1, 0, 1, 0, 0, 1)]
    return write_sheet(folder, [*rows, (None,) * 12 + (56, 142, 54, 24, 31, None)], columns=columns)


def add_clip(
    root: Path,
    clip: str = "S08/002_01_1",
    numbers: Iterable[int] = range(1823, 1844),
    *,
    layout: str = "clips",
    folder: str | None = None,
) -> Path:
    """Write the frames of a clip, or of a long video: ``gray_micro/S08/002_01_1/Frame_000001823.jpg``."""
    path = root / (FOLDERS[layout] if folder is None else folder) / clip
    path.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (path / f"Frame_{number:09d}.jpg").touch()
    return path


def official_rows() -> list[Row]:
    """Return 267 rows with the published counts of emotions, action units and, of 41 people, 5 folds.

    Which units go with which emotion is made up. Rows 146 and 147 have each other's units.
    """
    words = [word for word, count in EMOTIONS.items() for _ in range(count)]
    units: list[list[int]] = [[] for _ in words]
    places = cycle(range(len(words)))
    for number, count in UNITS.items():
        for _ in range(count):
            units[next(places)].append(number)
    rows = []
    for i, (word, numbers) in enumerate(zip(words, units, strict=True)):
        person = i % N_SUBJECTS
        aus = "AU" + "+".join(f"{n}(k)" if i % 7 == 0 and n == 12 else f"{n}" for n in sorted(numbers))
        clip = f"{1 + i // N_SUBJECTS:03d}_01_1"
        rows.append(Row(f"S{person + 1:02d}", clip, 1000 + i, 1008 + i, 1020 + i, aus, word, 1 + person % 5))
    return rows
