"""Official counts: what the papers and the release notes say that a complete dataset holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_FEWEST = 0.8  # known releases of one set differ by less: CASME II has 247 or 255 clips, SMIC 157 or 164


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

    def may_be(self, *, rows: int, subjects: int) -> bool:
        """Whether annotated clips can be the published ones, so that a number that differs is worth telling.

        They can with four fifths to five fourths of the rows, and as many of the people. Fewer are a part of the set,
        or somebody's own recordings in its layout: then every number differs, and says nothing.
        """
        pairs = ((self.rows, rows), (self.subjects, subjects))
        return all(known is None or _FEWEST * known <= found <= known / _FEWEST for known, found in pairs)


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

_CASME3_C = {"negative": 99, "surprise": 30, "others": 20, "positive": 16}

_CASME2_EMOTIONS = {
    "others": 99,
    "disgust": 63,
    "happiness": 32,
    "repression": 27,
    "surprise": 25,
    "sadness": 7,
    "fear": 2,
}
_CASME2_OBJECTIVE = {"I": 25, "II": 15, "III": 99, "IV": 26, "V": 20, "VI": 1, "VII": 69}

_SAMM_EMOTIONS = {
    "anger": 57,
    "others": 26,
    "happiness": 26,
    "surprise": 15,
    "contempt": 12,
    "disgust": 9,
    "fear": 8,
    "sadness": 6,
}
_SAMM_OBJECTIVE = {"VII": 84, "I": 24, "III": 20, "II": 13, "IV": 8, "VI": 7, "V": 3}


def _of(counts: Mapping[str, int], *names: str) -> Mapping[str, int]:
    return {name: counts[name] for name in names}


_CASME2 = Counts(
    rows=255,
    subjects=26,
    emotions=_CASME2_EMOTIONS,
    objective=_CASME2_OBJECTIVE,
    label_sets={
        "emotion5_casme2": _of(_CASME2_EMOTIONS, "happiness", "disgust", "repression", "surprise", "others"),
        "objective6": _of(_CASME2_OBJECTIVE, "I", "II", "III", "IV", "V", "VII"),
        "objective5": _of(_CASME2_OBJECTIVE, "I", "II", "III", "IV", "V"),
    },
)

_SAMM = Counts(
    rows=159,
    subjects=29,
    emotions=_SAMM_EMOTIONS,
    objective=_SAMM_OBJECTIVE,
    label_sets={
        "emotion3": {"negative": 92, "positive": 26, "surprise": 15},
        "emotion5_samm": _of(_SAMM_EMOTIONS, "happiness", "surprise", "contempt", "anger", "others"),
        "objective4": _of(_SAMM_OBJECTIVE, "I", "II", "III", "VII"),
        "objective5": _of(_SAMM_OBJECTIVE, "I", "II", "III", "IV", "V"),
    },
)

_SMIC_HS = {"negative": 70, "positive": 51, "surprise": 43}
_SMIC_25_FPS = Counts(rows=71)

OFFICIAL: Mapping[str, Mapping[Group, Counts]] = {
    "casme3": {
        ("A", "micro"): _CASME3_A_MICRO,
        ("A", "macro"): Counts(rows=3346),
        ("C", "micro"): Counts(
            rows=165,
            subjects=30,
            emotions=_CASME3_C,
            label_sets={"emotion3": _of(_CASME3_C, "negative", "positive", "surprise"), "emotion4": _CASME3_C},
        ),
    },
    "casme2": {("", "micro"): _CASME2},
    "samm": {("", "micro"): _SAMM},
    "smic": {
        ("HS", "micro"): Counts(rows=164, subjects=16, emotions=_SMIC_HS, label_sets={"emotion3": _SMIC_HS}),
        ("VIS", "micro"): _SMIC_25_FPS,
        ("NIR", "micro"): _SMIC_25_FPS,
    },
}
"""Reader -> group -> counts."""


def _three(rows: int, subjects: int, negative: int, positive: int, surprise: int) -> Counts:
    classes = {"negative": negative, "positive": positive, "surprise": surprise}
    return Counts(rows=rows, subjects=subjects, label_sets={"emotion3": classes})


MEGC2019: Mapping[tuple[str, str], Counts] = {
    ("smic", "HS"): _three(164, 16, 70, 51, 43),
    ("casme2", ""): _three(145, 24, 88, 32, 25),
    ("samm", ""): _three(133, 28, 92, 26, 15),
}
"""Reader and part of a member of the MEGC 2019 composite -> counts."""

MEGC2019_WHOLE = _three(442, 68, 250, 109, 83)
"""Counts of all three members of :data:`MEGC2019` together."""
