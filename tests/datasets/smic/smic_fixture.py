"""Builders that write SMIC exactly as it is released: three layouts, folder names, padding, workbook, oddities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl

SHEET_NAME = "SMIC-HS-E_annotation_2019.xlsx"
COLUMNS = (
    "Subject", "Filename", None, "OnsetF", "OffsetF", "Onset2F", "Offset2F", "Onset3F", "Offset3F", None, "FirstF",
    "LastF", "TotalMF1", "TotalMF2", "TotalMF3", "TotalVL", "Emotion",
)  # fmt: skip

EMOTIONS = {"negative": 70, "positive": 51, "surprise": 43}
CODES = {"negative": "ne", "positive": "po", "surprise": "sur"}
SUBJECTS = (1, 2, 3, 4, 5, 6, 8, 9, 11, 12, 13, 14, 15, 18, 19, 20)
"""Sixteen of the twenty people who were filmed; which of them show nothing was made up here."""

BASES = {
    "cropped": "SMIC_all_cropped/{version}",
    "raw": "SMIC_all_raw/{version}",
    "smic_e": "SMIC-E_raw image/{version}_long/SMIC-{version}-E",
}
LONG_CLIPS = 157


@dataclass(frozen=True)
class Row:
    """One row of the workbook, as it spells it: a long clip with one to three micro-expressions."""

    filename: object = "s01_ne_01"
    onset: object = 123
    offset: object = 150
    second: tuple[object, object] = (None, None)
    third: tuple[object, object] = (None, None)
    emotion: object = "negative"
    subject: object = None

    def cells(self):
        subject = int(str(self.filename).split("_")[0][1:]) if self.subject is None else self.subject
        frames = (self.onset, self.offset, *self.second, *self.third)
        return (subject, self.filename, None, *frames, None, 1, 590, 28, None, None, 590, self.emotion)


def write_sheet(
    folder: Path,
    rows: Iterable[Row],
    *,
    name: str = SHEET_NAME,
    columns: Sequence[object] = COLUMNS,
    remarks: Sequence[object] = (),
) -> Path:
    """Write the workbook; below its rows and a blank one come remarks, in the column of the file names."""
    folder.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(columns)
    for row in rows:
        sheet.append(row.cells())
    for line, remark in enumerate(remarks, start=sheet.max_row + 2):
        sheet.cell(line, 2, remark)
    book.save(folder / name)
    return folder / name


def add_clip(root: Path, name: str, numbers: Iterable[int], *, layout: str = "cropped", version: str = "HS", **other):
    """Write the frames of a clip where the layout has them; `name` is ``s1_ne_01``, of SMIC-E ``s01_ne_01``.

    `emotion` puts it into another folder than its name says. Frames of VIS and NIR are numbers without ``image``.
    """
    person, code, _ = name.split("_")
    emotion = other.get("emotion") or next(word for word, short in CODES.items() if short == code.casefold())
    base = root / BASES[layout].format(version=version)
    folder = base / person / name if layout == "smic_e" else base / person / "micro" / emotion / name
    folder.mkdir(parents=True, exist_ok=True)
    stem = ("reg_" if layout == "cropped" else "") + ("image" if version == "HS" else "")
    digits, suffix = (
        (8 if person == "s20" else 6, "jpg") if layout == "smic_e" else (6 if version == "HS" else 5, "bmp")
    )
    for number in numbers:
        (folder / f"{stem}{number:0{digits}d}.{suffix}").touch()
    return folder


def official_clips() -> list[tuple[int, str]]:
    """Return 164 micro-expressions as number of the subject and video, with the published counts."""
    words = [word for word, count in EMOTIONS.items() for _ in range(count)]
    people = [SUBJECTS[i % len(SUBJECTS)] for i in range(len(words))]
    shown: dict[tuple[int, str], int] = {}
    clips = []
    for person, word in zip(people, words, strict=True):
        shown[person, word] = shown.get((person, word), 0) + 1
        clips.append((person, f"{CODES[word]}_{shown[person, word]:02d}"))
    return clips


def add_official(root: Path, layout: str, version: str = "HS") -> None:
    """Write a whole release: of SMIC-E the workbook too, whose long clips hold up to three micro-expressions."""
    if layout == "smic_e":
        rows = official_rows()
        write_sheet(root / BASES["smic_e"].format(version="HS"), rows, remarks=["TotalVL: length of the long clip"])
        for row in rows:
            add_clip(root, row.filename, [*range(100, 130), *range(200, 230), *range(300, 330)], layout=layout)
        return
    for person, video in official_clips():
        add_clip(root, f"s{person}_{video}", range(1000 * person, 1000 * person + 30), layout=layout, version=version)


def official_rows() -> list[Row]:
    """Return 157 rows that hold the 164 micro-expressions: two clips have three of them, three have two.

    How they are spread over the clips was never published: this is made up. Frames are 100-125, 200-220 and 300-320.
    """
    clips = official_clips()[-LONG_CLIPS:]  # seven clips of negative emotion less, so as many more in other clips
    seconds, thirds = {3, 5, 7, 9, 11}, {3, 5}
    word_of = {code: word for word, code in CODES.items()}
    return [
        Row(
            f"s{person:02d}_{video}",
            100,
            125,
            second=(200, 220) if i in seconds else (None, None),
            third=(300, 320) if i in thirds else (None, None),
            emotion=word_of[video.split("_")[0]],
        )
        for i, (person, video) in enumerate(clips)
    ]
