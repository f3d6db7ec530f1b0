"""Words of the label sheets that several layouts share, for the emotions of the repertoire."""

from collections.abc import Mapping, Sequence

from merflow.synthesis.action_units import ACTION_UNITS
from merflow.synthesis.repertoire import Display

_NOUNS = {"happy": "happiness", "sad": "sadness"}
_REPRESSED = 17
_STRENGTHS = "ABCDE"


def noun(emotion: str) -> str:
    """Return ``happiness`` for ``happy``, ``sadness`` for ``sad``, and any other word as it is."""
    return _NOUNS.get(emotion, emotion)


def noun_without_anger(display: Display) -> str:
    """Return the word of CASME and CASME II, which have no anger.

    Their coders went by action units (Yan et al. 2014, "CASME II", criteria for labelling): 4+7 is a sign of disgust,
    17 of repression. The ways to show anger are named so here; 4 alone goes with 4+7, and all of them stay negative.
    """
    if display.emotion == "anger":
        return "repression" if _REPRESSED in display.aus else "disgust"
    return noun(display.emotion)


def with_strengths(aus: Sequence[int], amplitudes: Mapping[int, float]) -> str:
    """Return action units with the letters of their strength, such as ``4B+7A``.

    A is the first fifth of a unit's full amplitude, E the last one and more. `amplitudes` gives the mm of each unit.
    """
    return "+".join(f"{au}{_strength(au, amplitudes[au])}" for au in aus)


def _strength(au: int, amplitude_mm: float) -> str:
    fifth = int(len(_STRENGTHS) * amplitude_mm / ACTION_UNITS[au].full_mm)
    return _STRENGTHS[min(fifth, len(_STRENGTHS) - 1)]
