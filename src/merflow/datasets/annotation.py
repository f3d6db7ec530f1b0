"""Annotation: one row of a sheet as a clip without folders, and the rules that every sheet shares."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from merflow.datasets.action_units import OBJECTIVE_CLASSES, objective_from_aus
from merflow.datasets.clip import Clip
from merflow.errors import DatasetError

EMOTION_WORDS = {
    "anger": "anger",
    "angry": "anger",
    "contempt": "contempt",
    "disgust": "disgust",
    "fear": "fear",
    "happiness": "happiness",
    "happy": "happiness",
    "other": "others",
    "others": "others",
    "repression": "repression",
    "sad": "sadness",
    "sadness": "sadness",
    "surprise": "surprise",
}
"""Words of the sheets, in lower case -> canonical emotion."""

OBJECTIVE_WORDS = {
    word: roman for number, roman in enumerate(OBJECTIVE_CLASSES, start=1) for word in (roman.casefold(), str(number))
}
"""Objective class as a Roman or an Arabic numeral, in lower case -> Roman."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotated expression before its frames are looked for.

    Parameters
    ----------
    clip : Clip
        Folders empty; corrections applied and noted.
    source : str
        Workbook and row.
    sheet_onset : int
        Onset as the sheet has it, which the folders of cut clips are named by.
    """

    clip: Clip
    source: str
    sheet_onset: int


def check_unique(annotations: Iterable[Annotation]) -> None:
    """Raise DatasetError when two rows give one clip id, naming both rows."""
    seen: dict[str, Annotation] = {}
    for one in annotations:
        other = seen.setdefault(one.clip.id, one)
        if other is not one:
            raise DatasetError(
                f"expected one clip named {one.clip.id!r}, found two: {_described(other)} and {_described(one)}. "
                "Remove one of the rows, or index their expressions as two datasets."
            )


def _described(one: Annotation) -> str:
    clip = one.clip
    return f"{one.source} ({clip.expression}, frames {clip.onset}-{clip.apex}-{clip.offset})"


def midpoint(onset: int, offset: int) -> int:
    """Return the frame halfway between onset and offset, the earlier of two: stands in for an apex not annotated."""
    return (onset + offset) // 2


def derived_objective(aus: str) -> tuple[str, Sequence[str]]:
    """Return the objective class from action units and the notes on it, for sheets that do not name the class."""
    try:
        objective = objective_from_aus(aus)
    except DatasetError as error:
        return "", [f"no objective class: {error}"]
    return objective, ["objective class taken from the action units"] if objective else ["no objective class"]
