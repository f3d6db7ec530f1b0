"""Builders that write SAMM exactly as it is released: folder names, sheet, notes above the header, oddities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import openpyxl

MICRO_NAME = "SAMM_Micro_FACS_Codes_v2.xlsx"
MICRO_COLUMNS = (
    "Subject",
    "Filename",
    "Inducement Code",
    "Onset Frame",
    "Apex Frame",
    "Offset Frame",
    "Duration",
    "Micro",
    "Action Units",
    "Estimated Emotion",
    "Objective Classes",
    "Notes",
)
HEADER_ROW = 14

EMOTIONS = {
    "Anger": 57,
    "Other": 26,
    "Happiness": 26,
    "Surprise": 15,
    "Contempt": 12,
    "Disgust": 9,
    "Fear": 8,
    "Sadness": 6,
}
OBJECTIVE = {7: 84, 1: 24, 3: 20, 2: 13, 4: 8, 6: 7, 5: 3}
UNITS_OF = {1: "12B", 2: "L1A + 2A", 3: "4C + 7B", 4: "10A", 5: "15C", 6: "20B", 7: "R14B"}
IRREGULAR_UNITS = {
    "A12": 1,
    "A7": 7,
    "A14C": 7,
    "A1B+A2C": 2,
    "A/L12": 1,
    "4A/B": 3,
    "10A/B": 4,
    "ref(7B)+43": 7,
    "12A+ref(24)": 1,
    "(R6 or R12)+R15": 7,
    "R14+17+soft focus": 7,
}
"""Spellings of the released sheet that are more than units with a side and an intensity, and an objective class that
fits each. The sheet has 26 such cells of 159."""
N_SUBJECTS = 29
CORRECTED = {
    "013_1_9": (5600, 5650, 5739),
    "028_4_1": (1087, 1105, 1120),
    "032_3_1": (4930, 4945, 4960),
    "032_3_2": (5115, 5130, 5150),
}
"""Clips with a known error -> onset, apex and offset that are meant."""
KNOWN_ERRORS = (*CORRECTED,)


@dataclass(frozen=True)
class Row:
    """One row of the sheet, as it spells it."""

    filename: object = "006_1_2"
    onset: object = 5562
    apex: object = 5580
    offset: object = 5600
    au: object = "4C + 7B"
    emotion: object = "Anger"
    objective: object = 3
    subject: object = None

    def cells(self):
        subject = str(self.filename)[:3] if self.subject is None else self.subject
        frames = (self.onset, self.apex, self.offset)
        return (subject, self.filename, 1, *frames, 39, "Micro - 1/2", self.au, self.emotion, self.objective, None)


def write_micro(folder: Path, rows: Iterable[Row], *, columns: Sequence[object] = MICRO_COLUMNS) -> Path:
    """Write the workbook: thirteen rows of notes and blanks, then the header in Excel row 14."""
    folder.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "MICRO_ONLY"
    sheet["A1"] = "SAMM micro-movements, FACS codes, second version"
    sheet["A3"] = "Onset Frame, Apex Frame, Offset Frame: numbers of the image files"
    sheet["A5"] = "Intensity follows the action unit, A (trace) to E (maximum)"
    for column, name in enumerate(columns, start=1):
        sheet.cell(HEADER_ROW, column, name)
    for line, row in enumerate(rows, start=HEADER_ROW + 1):
        for column, value in enumerate(row.cells(), start=1):
            sheet.cell(line, column, value)
    book.save(folder / MICRO_NAME)
    return folder / MICRO_NAME


def add_clip(root: Path, filename: str, numbers: Iterable[int], *, digits: int = 5) -> Path:
    """Write one clip below a folder of subjects: ``006/006_1_2/006_05562.jpg``."""
    folder = root / filename[:3] / filename
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{filename[:3]}_{number:0{digits}d}.jpg").touch()
    return folder


def official_rows() -> list[Row]:
    """Return 159 rows with the published counts; the known errors and all spellings of action units are there.

    What the sheet really has in place of the known errors was never published: the wrong numbers are made up.
    """
    emotions = [word for word, count in EMOTIONS.items() for _ in range(count)]
    classes = [number for number, count in OBJECTIVE.items() for _ in range(count)]
    others = cycle(("Other", "Others"))
    known = {"013_1_9": (5600, 5650, 57390), "028_4_1": (1087, 87, 1120), "032_3_1": (4930, 5930, 4960)}
    known["032_3_2"] = (5115, -1, 5150)
    subjects = [13, 28, 32, *(n for n in range(6, 38) if n not in (13, 28, 32))][:N_SUBJECTS]
    names = [*KNOWN_ERRORS]
    for i, subject in zip(range(len(emotions) - len(names)), cycle(subjects), strict=False):
        names.append(f"{subject:03d}_{i // N_SUBJECTS + 5}_{i % 9 + 1}")
    irregular = {number: [text for text, its in IRREGULAR_UNITS.items() if its == number] for number in OBJECTIVE}
    irregular[7].append("R14A or L14A")
    rows = []
    for name, emotion, number in zip(names, emotions, classes, strict=True):
        units = UNITS_OF[number] if name in known or not irregular[number] else irregular[number].pop()
        word = next(others) if emotion == "Other" else emotion
        rows.append(Row(name, *known.get(name, (100, 110, 130)), units, word, number))
    return rows
