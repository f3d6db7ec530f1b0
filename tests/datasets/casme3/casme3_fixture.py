"""Builders that write CAS(ME)^3 exactly as it is released: folder names, sheets, columns and oddities; empty frames."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import pandas as pd
import xlwt

MICRO_NAME = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
UNITS_NAME = "CAS(ME)3_part_A_v2.xls"
MACRO_NAME = "cas(me)3_part_A_MaE_label_JpgIndex_v2_emotion.xlsx"
PART_C_NAME = "CAS(ME)3_part_C_ME.xlsx"
MICRO_COLUMNS = ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion")
UNITS_COLUMNS = ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Expression type", "Objective class")
MACRO_COLUMNS = ("sub", "seq", "onset", "apex", "offset", "au", "emotion")
PART_C_COLUMNS = ("sub", "count", "onset", "offset", "au", "emotion")

EMOTIONS = {"disgust": 250, "surprise": 187, "others": 161, "fear": 86, "anger": 64, "sad": 57, "happy": 55}
OBJECTIVE = {"VII": 373, "III": 234, "II": 151, "V": 47, "IV": 37, "I": 15, "VI": 3}
PART_C_EMOTIONS = {"negative": 99, "surprise": 30, "others": 20, "positive": 16}
UNITS_OF = {"I": "R12", "II": "2+1", "III": 4, "IV": "9", "V": "15", "VI": "20", "VII": "L14"}
N_SUBJECTS, N_SAME_FRAME, N_MACRO = 94, 55, 3346


@dataclass(frozen=True)
class Row:
    """One row of the micro sheet, as the sheet spells it."""

    subject: str = "spNO.1"
    video: str = "a"
    onset: object = 10
    apex: object = 15
    offset: object = 20
    au: object = "4"
    objective: str = "III"
    emotion: str = "disgust"

    def cells(self):
        return (self.subject, self.video, self.onset, self.apex, self.offset, self.au, self.objective, self.emotion)


def write_workbook(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], sheet: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(list(rows), columns=list(columns)).to_excel(path, sheet_name=sheet, index=False)
    return path


def write_micro(folder: Path, rows: Iterable[Row]) -> Path:
    return write_workbook(folder / MICRO_NAME, MICRO_COLUMNS, [row.cells() for row in rows], "label")


def write_units(folder: Path, macro: Iterable[Row], micro: Iterable[Row] = ()) -> Path:
    """Write the old binary workbook: micro- and macro-expressions in one sheet, numbers as floats."""
    folder.mkdir(parents=True, exist_ok=True)
    book = xlwt.Workbook()
    sheet = book.add_sheet("AU+Emotion")
    kinds = [(row, "Macro-expression") for row in macro] + [(row, "Micro-expression") for row in micro]
    table = [UNITS_COLUMNS, *((*row.cells()[:6], kind, row.objective) for row, kind in kinds)]
    for line, cells in enumerate(table):
        for column, value in enumerate(cells):
            sheet.write(line, column, value)
    book.save(str(folder / UNITS_NAME))
    return folder / UNITS_NAME


def write_macro(folder: Path, rows: Iterable[Row]) -> Path:
    """Write the emotions of the macro-expressions: other column names, other words for the emotions."""
    words = {"happy": "happiness", "sad": "sadness"}
    cells = [(*row.cells()[:5], "", words.get(row.emotion, row.emotion)) for row in rows]
    return write_workbook(folder / MACRO_NAME, MACRO_COLUMNS, cells, "Sheet1")


def write_part_c(folder: Path, rows: Iterable[Sequence[object]]) -> Path:
    return write_workbook(folder / PART_C_NAME, PART_C_COLUMNS, rows, "mockCrimeME")


def touch_frames(folder: Path, numbers: Iterable[int], suffix: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{number}{suffix}").touch()


def add_video(base: Path, subject: str, video: str, numbers: Iterable[int], *, depth: bool = True) -> None:
    """Write one recording of part A or C: ``<base>/<subject>/<video>/{color,depth}``."""
    numbers = list(numbers)
    touch_frames(base / subject / video / "color", numbers, ".jpg")
    if depth:
        touch_frames(base / subject / video / "depth", numbers, ".png")


def add_cut_clip(pack: Path, name: str, numbers: Iterable[int]) -> None:
    """Write one clip of a pack: ``<pack>/{frame,depth}/<name>``."""
    numbers = list(numbers)
    touch_frames(pack / "frame" / name, numbers, ".jpg")
    touch_frames(pack / "depth" / name, numbers, ".png")


def official_micro_rows() -> list[Row]:
    """Return 860 rows with the published counts, the known errors among them."""
    emotions = [word for word, count in EMOTIONS.items() for _ in range(count)]
    classes = [name for name, count in OBJECTIVE.items() for _ in range(count)]
    others = iter(cycle(("others", "Others")))
    fixed = [
        ("spNO.149", "d", 50, 83, 130),
        ("spNO.216", "d", 3647, 2650, 2660),
        ("spNO.40", "e", 1830, 1840, 0),
        ("spNO.40", "e", 2390, 2395, 0),
        ("spNO.216", "e", 0, 0, 8),
    ]
    numbers = [n for n in range(1, 300) if n not in (40, 149, 216)][: N_SUBJECTS - 3]
    people = islice(cycle(numbers), 860 - len(fixed))
    rest = [
        (f"spNO.{n}", "abc"[i % 3], 100 + 20 * (i // 91), 100 + 20 * (i // 91) + (0 if i < N_SAME_FRAME - 1 else 5), 0)
        for i, n in enumerate(people)
    ]
    places = fixed + [(subject, video, onset, apex, onset + 10) for subject, video, onset, apex, _ in rest]
    return [
        Row(*place, UNITS_OF[name], name, next(others) if word == "others" else word)
        for place, name, word in zip(places, classes, emotions, strict=True)
    ]


def official_part_c_rows() -> list[tuple[object, ...]]:
    """Return 165 rows of 30 subjects with the published counts of the four words; subject 17 shows nothing."""
    words = [word for word, count in PART_C_EMOTIONS.items() for _ in range(count)]
    subjects = cycle([number for number in range(1, 32) if number != 17])
    return [
        (subject, i // 30 + 1, 100 * (i // 30) + 10, 100 * (i // 30) + 25, "4，7," if i % 2 else 12, word)
        for i, (word, subject) in enumerate(zip(words, subjects, strict=False))
    ]


def official_macro_rows() -> list[Row]:
    """Return 3346 rows; two of three subjects are those of the micro-expressions."""
    subjects = [f"spNO.{n}" for n in range(1, 101)]
    return [
        Row(
            subject,
            "ab"[i % 2],
            5000 + 40 * (i // 100),
            5010 + 40 * (i // 100),
            5030 + 40 * (i // 100),
            "6+12",
            "I",
            "happy",
        )
        for i, subject in enumerate(islice(cycle(subjects), N_MACRO))
    ]
