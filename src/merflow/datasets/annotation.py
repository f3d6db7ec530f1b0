"""Annotation: one row of a sheet as a clip without folders, and the rules that every sheet shares."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from merflow.datasets.action_units import OBJECTIVE_CLASSES, objective_from_aus
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.frame_choice import with_notes
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


def with_midpoint(clip: Clip) -> Clip:
    """Fill in the apex of a clip that has none: the midpoint, noted; a clip without an offset keeps having none."""
    if clip.apex != NO_FRAME or clip.offset == NO_FRAME:
        return clip
    apex = midpoint(clip.onset, clip.offset)
    return with_notes(replace(clip, apex=apex), [f"no apex in the sheet, midpoint {apex} taken"])


def with_objective(clip: Clip, objective: str) -> Clip:
    """Give a clip the objective class of its sheet; of a sheet that names none, that of its action units, noted."""
    if objective:
        return replace(clip, objective=objective)
    try:
        derived = objective_from_aus(clip.aus)
    except DatasetError as error:
        return with_notes(clip, [f"no objective class: {error}"])
    note = "objective class taken from the action units" if derived else "no objective class"
    return with_notes(replace(clip, objective=derived), [note])
