"""Builders that write CAS(ME)^2 as public loaders read it: a coding without header, two other sheets, three layouts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import openpyxl

SHEET = "CAS(ME)^2code_final.xlsx"
SUBJECTS = (15, 16, *range(19, 28), *range(29, 39), 40)
CODES = {
    "disgust1": ("0101", "0101disgustingteeth"),
    "disgust2": ("0102", "0102eatingworms"),
    "anger1": ("0401", "0401girlcrashing"),
    "happy1": ("0502", "0502funnyerrors"),
    "happy4": ("0507", "0507climbingthewall"),
}
"""What was shown -> its code, and what the folder of the long video is called after the subject."""

MICRO = {"negative": 21, "others": 19, "surprise": 9, "positive": 8}


@dataclass(frozen=True)
class Row:
    """One row of the coding, as it spells it."""

    subject: object = 1
    video: object = "anger1_1"
    onset: object = 557
    apex: object = 563
    offset: object = 570
    au: object = "4+7"
    emotion: object = "negative"
    kind: object = "micro-expression"
    report: object = "anger"

    def cells(self):
        frames = (self.onset, self.apex, self.offset)
        return (self.subject, self.video, *frames, self.au, self.emotion, self.kind, self.report)


def write_sheet(
    folder: Path,
    rows: Iterable[Row],
    *,
    name: str = SHEET,
    naming: bool = True,
    above: Sequence[Sequence[object]] = (),
    below: Sequence[Sequence[object]] = (),
) -> Path:
    """Write the workbook; Excel made numbers of the codes, such as 101 of ``0101``."""
    folder.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.active.title = "CASFEcode_final"
    for cells in (*above, *(row.cells() for row in rows), *below):
        book.active.append(list(cells))
    if naming:
        first, second = book.create_sheet("naming rule1"), book.create_sheet("naming rule2")
        for number, person in enumerate(SUBJECTS, start=1):
            first.append([person, f"s{person}", number])
        for shown, (code, _) in CODES.items():
            second.append([int(code), shown])
    book.save(folder / name)
    return folder / name


def add_long(root: Path, person: int, shown: str, numbers: Iterable[int], *, inside: str = "") -> Path:
    """Write a long video: ``rawpic/s15/15_0101disgustingteeth/img001.jpg``, inside the folder of another if asked."""
    folder = root / "rawpic" / (inside or f"s{person}") / f"{person}_{CODES[shown][1]}"
    return _written(folder, [f"img{number:03d}.jpg" for number in numbers])


def add_cut(root: Path, person: int, video: str, numbers: Iterable[int], *, layout: str = "selectedpic") -> Path:
    """Write an expression cut out: ``selectedpic/s15/anger1_1/img557.jpg`` or ``cropped/15/anger1_1/img557.jpg``."""
    subject = f"s{person}" if layout == "selectedpic" else str(person)
    return _written(root / layout / subject / video, [f"img{number}.jpg" for number in numbers])


def official_rows() -> list[Row]:
    """Return 57 micro- and 300 macro-expressions with the published counts."""
    words = [word for word, count in MICRO.items() for _ in range(count)]
    people = cycle(range(1, 23))
    micro = [Row(next(people), f"anger1_{k}", emotion=word) for k, word in enumerate(words, start=1)]
    macro = [Row(next(people), f"happy1_{k}", kind="macro-expression", emotion="positive") for k in range(1, 301)]
    return [*micro, *macro]


def _written(folder: Path, names: Iterable[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).touch()
    return folder
