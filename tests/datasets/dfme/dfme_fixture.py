"""Builders that write DFME as public loaders read it: a folder and a sheet a split, frame rates by clip."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import openpyxl

SHEETS = {
    "train": "training_full_with_AU.xlsx",
    "test_a": "testA_full_with_AU.xlsx",
    "test_b": "testB_full_with_AU.xlsx",
}
FOLDERS = {"train": "train_data/train_data", "test_a": "test_data_A/test_data_A", "test_b": "test_data_B"}
COLUMNS = ("Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Emotion", "EmotionId", "Fps", "AU")
IDS = {"anger": 0, "contempt": 1, "disgust": 2, "fear": 3, "happiness": 4, "sadness": 5, "surprise": 6}
EMOTIONS = {
    "train": {
        "disgust": 548,
        "surprise": 298,
        "sadness": 278,
        "fear": 265,
        "happiness": 206,
        "anger": 161,
        "contempt": 100,
    },
    "test_a": {
        "disgust": 129,
        "surprise": 101,
        "happiness": 63,
        "fear": 62,
        "sadness": 46,
        "anger": 39,
        "contempt": 34,
    },
}
PEOPLE = {"train": 176, "test_a": 42, "test_b": 41}


@dataclass(frozen=True)
class Row:
    """One row of a sheet, as it spells it."""

    filename: object = "sub0003_01"
    onset: object = 109
    apex: object = 120
    offset: object = 140
    emotion: object = "happiness"
    number: object = 4
    fps: object = 300
    au: object = "L12, 23"
    subject: object = None

    def cells(self):
        subject = str(self.filename).split("_")[0] if self.subject is None else self.subject
        frames = (self.onset, self.apex, self.offset)
        return (subject, self.filename, *frames, self.emotion, self.number, self.fps, self.au)


def write_sheet(
    folder: Path, rows: Iterable[Row], *, part: str = "train", name: str = "", columns: Iterable[object] = COLUMNS
) -> Path:
    """Write the sheet of a split with the first of the columns, as many as are given."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = list(columns)
    book = openpyxl.Workbook()
    book.active.append(columns)
    for row in rows:
        book.active.append(list(row.cells())[: len(columns)])
    book.save(folder / (name or SHEETS[part]))
    return folder / (name or SHEETS[part])


def add_clip(root: Path, name: str, numbers: Iterable[int], *, part: str = "train") -> Path:
    """Write one clip: ``train_data/train_data/sub0003_01/00109.png``."""
    folder = root / FOLDERS[part] / name
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"{number:05d}.png").touch()
    return folder


def official_rows(part: str) -> list[Row]:
    """Return the rows of a split with the published counts; those of test B are not labelled."""
    words = [word for word, count in EMOTIONS.get(part, {"": 299}).items() for _ in range(count)]
    first = {"train": 1, "test_a": 300, "test_b": 400}[part]
    people = cycle(range(first, first + PEOPLE[part]))
    return [
        Row(f"sub{next(people):04d}_{k // PEOPLE[part] + 1:02d}", emotion=word or None, number=IDS.get(word))
        for k, word in enumerate(words)
    ]
