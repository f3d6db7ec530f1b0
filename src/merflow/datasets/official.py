"""Official counts: what the papers and the release notes say that a complete dataset holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Counts:
    """Published numbers of one part and kind of expression; None or empty = not published.

    Parameters
    ----------
    rows, subjects : int or None
        Annotated clips; people who show at least one.
    apex_is_onset : int or None
        Rows whose apex is the onset.
    emotions, objective : mapping
        Canonical emotion, and objective class, -> rows.
    label_sets : mapping
        Name of a label set -> class -> rows.
    """

    rows: int | None = None
    subjects: int | None = None
    apex_is_onset: int | None = None
    emotions: Mapping[str, int] = field(default_factory=dict)
    objective: Mapping[str, int] = field(default_factory=dict)
    label_sets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


Group = tuple[str, str]
"""Part and kind of expression, as in the clips."""

_CASME3_THREE = {"negative": 457, "positive": 55, "surprise": 187}

_CASME3_A_MICRO = Counts(
    rows=860,
    subjects=94,
    apex_is_onset=55,
    emotions={
        "disgust": 250,
        "surprise": 187,
        "others": 161,
        "fear": 86,
        "anger": 64,
        "sadness": 57,
        "happiness": 55,
    },
    objective={"VII": 373, "III": 234, "II": 151, "V": 47, "IV": 37, "I": 15, "VI": 3},
    label_sets={"emotion3": _CASME3_THREE, "emotion4": {**_CASME3_THREE, "others": 161}},
)

OFFICIAL: Mapping[str, Mapping[Group, Counts]] = {
    "casme3": {
        ("A", "micro"): _CASME3_A_MICRO,
        ("A", "macro"): Counts(rows=3346),
        ("C", "micro"): Counts(rows=165, subjects=30),
    },
}
"""Reader -> group -> counts."""
