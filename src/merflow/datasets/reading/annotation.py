"""Annotation: one row of a sheet as a clip without folders, and the rules that every sheet shares."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from merflow.checks import few
from merflow.datasets.action_units import OBJECTIVE_CLASSES, known_units, objective_from_aus, unit_note
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.estimated_apexes import midpoint_note
from merflow.datasets.reading.frame_choice import with_notes
from merflow.errors import DatasetError
from merflow.untrusted.safe_names import check_names

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

_NAMED = 20


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotated expression before its frames are looked for.

    Parameters
    ----------
    clip : Clip
        Folders empty; corrections applied and noted.
    source : str
        Workbook and row; of a clip that no sheet lists, its folder or picture.
    sheet_onset : int
        Onset as the sheet has it, which the folders of cut clips are named by.
    problem : str
        Why the clip cannot be used, where that is known before its frames are looked for; empty = nothing is.

    Raises
    ------
    DatasetError
        When subject, video or a path of a usable clip cannot be a file's name, or leads out of the dataset.
    """

    clip: Clip
    source: str
    sheet_onset: int
    problem: str = ""

    def __post_init__(self) -> None:
        if not self.problem:  # else its names go no further than the exclusions
            check_names(self.clip, source=self.source)


class Coding(NamedTuple):
    """What the sheets of a dataset say.

    Parameters
    ----------
    annotations : list of Annotation
        In the order of the rows.
    notes : sequence of str
        Which sheets were read, and what concerns them as a whole.
    """

    annotations: list[Annotation]
    notes: Sequence[str]


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
    frames = "-".join(str(number) for number in (clip.onset, clip.apex, clip.offset) if number != NO_FRAME)
    return f"{one.source} ({clip.expression}, frames {frames})"


def midpoint(onset: int, offset: int) -> int:
    """Return the frame halfway between onset and offset, the earlier of two: stands in for an apex not annotated."""
    return (onset + offset) // 2


def with_midpoint(clip: Clip, *, missing_from: str = "the sheet") -> Clip:
    """Fill in the apex of a clip that has none: the midpoint, noted; a clip without an offset keeps having none."""
    if clip.apex != NO_FRAME or clip.offset == NO_FRAME:
        return clip
    apex = midpoint(clip.onset, clip.offset)
    return with_notes(replace(clip, apex=apex), [midpoint_note(missing_from, apex)])


def with_units_checked(clip: Clip) -> Clip:
    """Note a clip whose action units are not known, or were read with something left out; it keeps the sheet's string.

    Whether the units are known is not a column of its own: :func:`merflow.datasets.action_units.known_units` tells it
    of the string, wherever the clip goes.
    """
    note = unit_note(clip.aus)
    return with_notes(clip, [note]) if note else clip


def masked_units(annotations: Sequence[Annotation]) -> Sequence[str]:
    """Return the note of a dataset that counts and names the clips whose action units are not known; none = empty.

    A dataset of which no clip names a unit has no note: it has no action units, and nobody expects any.
    """
    clips = [one.clip for one in annotations if known_units(one.clip.aus) is None]
    if not clips or not any(one.clip.aus for one in annotations):
        return ()
    count = "1 clip" if len(clips) == 1 else f"{len(clips)} clips"
    spelt_first = sorted(clips, key=lambda clip: not clip.aus)
    named = few([f"{clip.id} ({clip.aus!r})" for clip in spelt_first], _NAMED)
    return (f"action units of {count} not known, masked in the AU loss: {named}",)


def with_objective(clip: Clip, objective: str) -> Clip:
    """Give a clip the objective class of its sheet; of a sheet that names none, that of its action units, noted.

    Units of which only some were coded settle none: 12 is class I, and 12 with a 25 that nobody looked for is VII.
    """
    if objective:
        return replace(clip, objective=objective)
    if clip.coded_units:
        return with_notes(clip, ["no objective class: not every action unit was coded"])
    derived = objective_from_aus(clip.aus)
    note = "objective class taken from the action units" if derived else "no objective class"
    return with_notes(replace(clip, objective=derived), [note])
