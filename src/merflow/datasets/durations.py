"""Durations: how long clips last, and which cannot be micro-expressions whatever the sheet says."""

from collections.abc import Iterable, Sequence

from merflow.checks import few
from merflow.datasets.clip import Clip
from merflow.errors import BadClipError

DEFINITION_S = 0.5
"""Longest micro-expression by the definition that the datasets share. Official sheets have longer ones."""

IMPOSSIBLE_S = 10.0
"""A micro-expression that lasts longer is a wrong number in the sheet. A macro-expression lasts half a second to 4 s
(Ekman; 4DME annotates by it), and no official clip that was checked comes near but spNO.214/c of CAS(ME)^3: 115 s."""

_NAMED = 20


def duration_s(clip: Clip) -> float:
    """Return the seconds from the onset to the offset, or to the apex where there is no offset; 0 where unknown."""
    last = clip.offset if clip.offset >= 0 else clip.apex
    return (last - clip.onset) / clip.fps if last >= 0 and clip.fps > 0 else 0.0


def check_duration(clip: Clip, *, source: str = "") -> None:
    """Raise BadClipError, naming `source`, when a micro-expression lasts longer than `IMPOSSIBLE_S`.

    Parameters
    ----------
    clip : Clip
        With its numbers in order.
    source : str
        Row of the sheet.
    """
    seconds = duration_s(clip)
    if clip.expression == "micro" and seconds > IMPOSSIBLE_S:
        name, last = ("offset", clip.offset) if clip.offset >= 0 else ("apex", clip.apex)
        raise BadClipError(
            f"expected a micro-expression of at most {IMPOSSIBLE_S:g} s, found {seconds:.1f} s from onset {clip.onset} "
            f"to {name} {last} at {clip.fps:g} frames a second. Correct the row in the sheet, or the dataset's fps",
            source=source,
        )


def long_clips(clips: Iterable[Clip]) -> Sequence[str]:
    """Return the note of a dataset that counts the micro-expressions above `DEFINITION_S`, the longest first, by name.

    Parameters
    ----------
    clips : iterable of Clip
        All annotated ones.
    """
    clips = [clip for clip in clips if clip.expression == "micro"]
    long = [clip for clip in clips if duration_s(clip) > DEFINITION_S]
    if not long:
        return ()
    long.sort(key=lambda one: (-duration_s(one), one.id))
    named = few([f"{clip.id} ({duration_s(clip):.2f} s)" for clip in long], _NAMED)
    return (
        f"{len(long)} of {len(clips)} micro-expressions last longer than {DEFINITION_S:g} s, by which they are "
        f"defined, the longest first: {named}",
    )
