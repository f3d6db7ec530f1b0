"""Cells of the sheet of 4DME: the emotions in their columns and in words, the units in their columns, the fold."""

import re
from collections.abc import Mapping

from merflow.datasets.fourdme.au_emotions import EMOTIONS
from merflow.datasets.reading.tables import SheetRow
from merflow.errors import DatasetError

EMOTION_COLUMNS: Mapping[str, str] = {name.capitalize(): name for name in EMOTIONS}
"""Column of an emotion, 0 or 1 -> emotion."""

UNIT_COLUMNS: Mapping[str, int] = {
    f"AU{number}": number
    for number in (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 24, 25, 39, 43, 45, 56, 58, 63, 64)
}
"""Column of an action unit, 0 or 1 -> unit: those of Table 4."""

FOLDS = ("1", "2", "3", "4", "5")

_TRUTH = {"": False, "0": False, "1": True}
_WORD = re.compile(r"[a-z]+")
_WORDS = {
    "positive": "positive",
    "positively": "positive",
    "negative": "negative",
    "negatively": "negative",
    "surprise": "surprise",
    "surprised": "surprise",
    "repression": "repression",
    "repressed": "repression",
    "other": "others",
    "others": "others",
}
_JOINING = ("and",)


def emotion_columns(row: SheetRow) -> tuple[str, ...] | None:
    """Return the emotions whose columns are 1, in their order; None = all five cells are empty.

    Raises
    ------
    DatasetError
        When a cell is neither 0 nor 1 nor empty.
    """
    if not any(row.text(column) for column in EMOTION_COLUMNS):
        return None
    return tuple(name for column, name in EMOTION_COLUMNS.items() if _truth(row, column))


def unit_columns(row: SheetRow) -> frozenset[int] | None:
    """Return the units whose columns are 1; None = the sheet has no such columns, or the cells are empty.

    Raises
    ------
    DatasetError
        As :func:`emotion_columns`.
    """
    if not any(row.text(column) for column in UNIT_COLUMNS):
        return None
    return frozenset(number for column, number in UNIT_COLUMNS.items() if _truth(row, column))


def emotion_words(row: SheetRow) -> tuple[str, ...] | None:
    """Return the emotions that the column Emotion names: ``Positive+Surprise``, ``Positively surprise``.

    Returns
    -------
    tuple of str or None
        In the order of the columns. None = the cell is empty or has another word.
    """
    words = [word for word in _WORD.findall(row.text("Emotion").casefold()) if word not in _JOINING]
    if not words or any(word not in _WORDS for word in words):
        return None
    named = {_WORDS[word] for word in words}
    return tuple(name for name in EMOTIONS if name in named)


def fold(row: SheetRow) -> str:
    """Return the fold of a row; empty = the sheet has none.

    Raises
    ------
    DatasetError
        When the cell is none of 1 to 5.
    """
    text = row.text("fold")
    if text and text not in FOLDS:
        raise DatasetError(f"{row.source}, column 'fold': expected a fold of 1 to 5, found {text!r}. Correct it.")
    return text


def _truth(row: SheetRow, column: str) -> bool:
    text = row.text(column)
    if text not in _TRUTH:
        raise DatasetError(f"{row.source}, column {column!r}: expected 0 or 1, found {text!r}. Correct it.")
    return _TRUTH[text]
