"""Rows of a table of clips: each cell as what its column says, faults collected."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import get_args

from merflow.checks import nearest
from merflow.datasets.clip import NO_EMOTION, Expression
from merflow.datasets.clip_checks import FOLD
from merflow.datasets.emotions import EMOTIONS
from merflow.datasets.reading.annotation import EMOTION_WORDS, OBJECTIVE_WORDS
from merflow.datasets.reading.numbers import decimal, two_numbers
from merflow.datasets.spelling import spelling_key
from merflow.datasets.table.cameras import FILE as CAMERA_FILE
from merflow.datasets.table.cameras import RowCamera, camera_of_cells
from merflow.datasets.table.columns import (
    COLUMNS,
    ENDS,
    REQUIRED,
    can_be_read,
    column_names,
    sheets_alike,
    table_lines,
    texts_of_row,
)
from merflow.datasets.table.faults import Faults
from merflow.datasets.table.settings import TableSettings
from merflow.reading import is_file

_WHOLE = re.compile(r"\d{1,15}(?:[.,]0{1,20})?", re.ASCII)
"""pandas writes 12.0 where another cell of the column is empty."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Parameters
    ----------
    number : int
        As a spreadsheet shows it.
    texts : mapping of str to str
        Column -> cell; empty where nothing is known.
    path, depth_path : str
        Below the root, POSIX.
    times : mapping of str to float
        Onset, apex and offset as far as they are known, in the unit of the table; onset and offset both or neither.
    fps : float or None
        Of the cell; None = empty.
    emotion, emotions, label, objective : str
        As in the clip.
    expression : {"micro", "macro"}
        As in the clip.
    camera : RowCamera
        Of the depth.
    faulty : bool
        Whether a cell has a fault, which was noted; what the cell says is then as if it were empty.
    """

    number: int
    texts: Mapping[str, str]
    path: str
    depth_path: str
    times: Mapping[str, float]
    fps: float | None
    emotion: str
    emotions: str
    label: str
    objective: str
    expression: Expression
    camera: RowCamera
    faulty: bool = False

    @property
    def is_placed(self) -> bool:
        """Whether it is known where in which recording its clip is: no cell that says so has a fault."""
        known = all(name in self.times or not self.texts[name] for name in ("onset", "apex", "offset"))
        return bool(self.path) and known and len({*ENDS} & self.times.keys()) != 1


def read_rows(settings: TableSettings, faults: Faults) -> list[Row]:
    """Read the table; a row with a fault is among those returned, since its recording may have faults too.

    Raises
    ------
    DatasetError
        When there is no table, or its header lacks a column or has one twice: no row can be read then.
    """
    lines = table_lines(settings.table)
    if not lines:
        faults.add(1, f"expected the columns {', '.join(COLUMNS)}, found an empty table")
        faults.refuse()
    (header, names), *rest = lines
    if not rest:
        faults.add(header, "expected a row for each clip below the names of the columns, found none")
    columns = column_names(names)
    if not can_be_read(header, columns, faults):
        faults.refuse()
    if alike := sheets_alike(settings.table):
        faults.add(
            header,
            f"expected all clips in the first sheet, which is read, found {', '.join(alike)} with the same columns: "
            "move their rows below those of the first, or the sheets into another file",
        )
    texts = {number: texts_of_row(number, columns, cells, faults) for number, cells in rest}
    _check_spelling(texts, settings.table.name, faults)
    return [_row(number, one, settings, faults) for number, one in texts.items()]


def _check_spelling(texts: Mapping[int, Mapping[str, str]], table: str, faults: Faults) -> None:
    """Note a subject in two spellings: it would be in training and in the test."""
    spelt: dict[str, tuple[str, int]] = {}
    for number, row in texts.items():
        subject = row["subject"]
        known, where = spelt.setdefault(spelling_key(subject), (subject, number))
        if known != subject:
            faults.add(
                number, f"expected one spelling of a subject, found {subject!r}, and {known!r} in {table}, row {where}"
            )


def camera_files(settings: TableSettings) -> list[Path]:
    """Return the files of cameras that rows name and that are there: the index is made of them too."""
    (_, names), *rest = table_lines(settings.table) or [(1, [])]
    columns, unsaid = column_names(names), Faults(settings.table)  # the reader says what is wrong
    if CAMERA_FILE not in columns:
        return []
    texts = (texts_of_row(number, columns, cells, unsaid) for number, cells in rest)
    named = {_Cells(1, one, settings, unsaid).path(CAMERA_FILE) for one in texts}
    return [path for one in sorted(named - {""}) if is_file(path := settings.root / one)]


def row_of_texts(number: int, texts: Mapping[str, str], settings: TableSettings, faults: Faults) -> Row | None:
    """Return a row whose cells are what they should be, and None where a fault of it was noted.

    Parameters
    ----------
    number : int
        As a spreadsheet shows it.
    texts : mapping of str to str
        Every column of `COLUMNS` -> cell; empty where nothing is known.
    settings : TableSettings
    faults : Faults
        Where faults are noted.
    """
    row = _row(number, texts, settings, faults)
    return None if row.faulty else row


def _row(number: int, texts: Mapping[str, str], settings: TableSettings, faults: Faults) -> Row:
    """Return a row as far as its cells are what they should be."""
    reader = _Cells(number, texts, settings, faults)
    row = Row(
        number=number,
        texts=texts,
        path=reader.path("path"),
        depth_path=reader.path("depth_path"),
        times={name: time for name in ("onset", "apex", "offset") if (time := reader.time(name)) is not None},
        fps=reader.rate(),
        objective=reader.word("objective", OBJECTIVE_WORDS),
        expression=reader.expression(),
        camera=reader.camera(),
        **reader.emotions(),  # type: ignore[arg-type]  # texts alone: no other field has their names
    )
    reader.check_filled()
    if texts["fold"] and not FOLD.fullmatch(texts["fold"]):
        reader.fault("fold", f"expected at most 20 letters and digits, found {texts['fold']!r}")
    reader.check_order(row.times)
    return replace(row, faulty=reader.faulty)


class _Cells:
    """The cells of one row, and the faults that reading them finds."""

    def __init__(self, number: int, texts: Mapping[str, str], settings: TableSettings, faults: Faults) -> None:
        self._number, self._texts, self._settings, self._faults = number, texts, settings, faults
        self.faulty = False

    def fault(self, column: str, what: str, *, known: str = "") -> None:
        self._faults.add(self._number, what, column=column, known=known)
        self.faulty = True

    def path(self, column: str) -> str:
        """Return a path below the root in POSIX form; empty where the cell is, or has a fault."""
        text = self._texts[column].replace("\\", "/")
        path = PurePosixPath(text)
        if text and (path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", text)):
            self.fault(column, f"expected a path below the root {self._settings.root}, found {text!r}, which leaves it")
            return ""
        return path.as_posix() if text else ""

    def time(self, column: str) -> float | None:
        """Return a time in the unit of the table."""
        text = self._texts[column]
        if not text:
            return None
        frames = self._settings.unit == "frames"
        number = decimal(text) if not frames or _WHOLE.fullmatch(text) else None
        unclear = two_numbers(text, "whole" if frames else "seconds")
        if number is None or unclear:
            expected = "a frame number (unit: frames)" if frames else "seconds such as 12.48 (unit: seconds)"
            self.fault(column, f"expected {expected}, found {text!r}{unclear}")
            return None
        return number

    def rate(self) -> float | None:
        """Return the frames per second."""
        text = self._texts["fps"]
        if not text:
            return None
        number, unclear = decimal(text), two_numbers(text)
        if not number or unclear:
            self.fault("fps", f"expected a frame rate above 0, found {text!r}{unclear}")
            return None
        return number

    def word(self, column: str, known: Mapping[str, str], text: str | None = None) -> str:
        """Return what a word stands for; a fault names the nearest that is known."""
        written = self._texts[column] if text is None else text
        key = unicodedata.normalize("NFKC", written).strip().casefold()
        if key and key not in known:
            hint = nearest(key, known)
            listed = f"Known words of the column {column!r}: {', '.join(known)}.{self._own_words(column)}"
            self.fault(column, f"expected a known word, found {written!r}.{hint}", known="" if hint else listed)
        return known.get(key, "")

    def _own_words(self, column: str) -> str:
        """Return how words of the user's own become known."""
        if column != "emotion":
            return ""
        if self._settings.classes:
            return " They are the dataset's classes in config.yaml: add yours there."
        return (
            " For words of your own set classes: [calm, pain] in the dataset, and labels: classes in the experiment; "
            "for others that mean one of these, emotions: {joy: happiness} (docs/datasets/table.md)."
        )

    def expression(self) -> Expression:
        """Return the kind of expression; micro where the cell is empty."""
        kinds: Mapping[str, Expression] = {kind: kind for kind in get_args(Expression)}
        return kinds.get(self.word("expression", kinds), "micro")

    def camera(self) -> RowCamera:
        """Return the camera of the depth."""
        texts = {**self._texts, CAMERA_FILE: self.path(CAMERA_FILE)}
        return camera_of_cells(texts, self._settings.root, self.fault)

    def emotions(self) -> dict[str, str]:
        """Return what the column ``emotion`` makes of a clip: a class of the dataset's own, one emotion, or several."""
        settings, text = self._settings, self._texts["emotion"]
        mapped = {word.casefold(): emotion for word, emotion in settings.emotions.items()}
        known = {**{word: word for word in EMOTIONS}, **EMOTION_WORDS, **mapped}
        if settings.classes:
            label = self.word("emotion", {word.casefold(): word for word in settings.classes})
            return {"label": label, "emotion": known.get(label.casefold(), ""), "emotions": ""}
        if text.casefold() == NO_EMOTION:
            return {"label": "", "emotion": "", "emotions": NO_EMOTION}
        words = [self.word("emotion", known, one) for one in text.split("+")] if text else []
        if len(set(words)) < len(words) and not self.faulty:
            self.fault("emotion", f"expected different emotions, found {text!r}")
        joined = "+".join(words)
        one, several = ("", joined) if len(words) > 1 else (joined, "")
        return {"label": "", "emotion": one, "emotions": several}

    def check_filled(self) -> None:
        """Note the required cells that are empty; without onset and offset the whole recording is the clip."""
        empty = [name for name in REQUIRED if not self._texts[name]]
        if set(ENDS) <= {*empty}:
            empty = [name for name in empty if name not in ENDS]
        if empty:
            self._faults.add(self._number, f"expected a value of {', '.join(empty)}, found none")
            self.faulty = True

    def check_order(self, times: Mapping[str, float]) -> None:
        """Note onset, apex and offset that are not in this order."""
        names = [name for name in ("onset", "apex", "offset") if name in times]
        if [times[name] for name in names] != sorted(times[name] for name in names):
            found = ", ".join(f"{name} {times[name]:g}" for name in names)
            self.fault("onset", f"expected onset <= apex <= offset, found {found}")
