"""Durations: how long clips last, and which are too long for micro-expressions."""

from collections.abc import Iterable, Mapping, Sequence

from merflow.checks import few
from merflow.datasets.clip import Clip, Expression
from merflow.errors import BadClipError

DEFINITION_S: Mapping[Expression, float] = {"micro": 0.5, "macro": 4.0}
"""Longest expression by the definition that the datasets share, by kind. Official sheets have longer ones."""

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
    """Return the notes of a dataset that count the expressions above `DEFINITION_S`, the longest first, by name.

    Parameters
    ----------
    clips : iterable of Clip
        All annotated ones.
    """
    clips = list(clips)
    notes = (_long(kind, [clip for clip in clips if clip.expression == kind]) for kind in DEFINITION_S)
    return tuple(filter(None, notes))


def _long(kind: Expression, clips: Sequence[Clip]) -> str:
    """Return the note of one kind of expression; empty = none is longer than its definition."""
    most = DEFINITION_S[kind]
    long = sorted((clip for clip in clips if duration_s(clip) > most), key=lambda one: (-duration_s(one), one.id))
    if not long:
        return ""
    named = few([f"{clip.id} ({duration_s(clip):.2f} s)" for clip in long], _NAMED)
    return (
        f"{len(long)} of {len(clips)} {kind}-expressions last longer than {most:g} s, by which they are defined, the "
        f"longest first: {named}"
    )
