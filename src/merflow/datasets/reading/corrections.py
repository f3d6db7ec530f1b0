"""Corrections: known errors of the official sheets, named by clip so that a sorted or shortened sheet stays right."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.frame_choice import with_frames, with_notes


@dataclass(frozen=True, slots=True)
class Correction:
    """One wrong frame number.

    Parameters
    ----------
    subject, video : str
        The sequence, spelt canonically.
    field : {"onset", "apex", "offset"}
        Which number is wrong.
    wrong : int or None
        The number in the sheet; a row that says otherwise is left alone, so that a corrected release reads unchanged.
        None = it was never published: an apex is then wrong when it is missing or lies outside the clip, an onset or
        an offset when it is any other than the right one.
    right : int
        The number that is meant.
    """

    subject: str
    video: str
    field: Literal["onset", "apex", "offset"]
    wrong: int | None
    right: int

    def concerns(self, clip: Clip, field: str) -> bool:
        """Whether a field of a clip is the number that this corrects."""
        if (self.subject, self.video, self.field) != (clip.subject, clip.video, field):
            return False
        number: int = getattr(clip, field)
        if self.wrong is not None:
            return number == self.wrong
        if field == "apex":
            return number < clip.onset or (clip.offset != NO_FRAME and number > clip.offset)
        return number != self.right


def corrected(clip: Clip, corrections: Sequence[Correction]) -> Clip:
    """Apply the corrections that concern a clip, and note each.

    Two rows of one sequence may be wrong alike (spNO.40/e has two offsets of 0): an offset is then the first of the
    right ones that does not precede the row's onset and apex.
    """
    original = clip
    for field in ("onset", "apex", "offset"):
        rights = [one.right for one in corrections if one.concerns(original, field)]
        if field == "offset":
            rights = sorted(right for right in rights if right >= max(clip.onset, clip.apex))
        if rights:
            wrong = getattr(original, field)
            found = "missing" if wrong == NO_FRAME else wrong
            clip = with_notes(with_frames(clip, {field: rights[0]}), [f"{field} {found} corrected to {rights[0]}"])
    return clip
