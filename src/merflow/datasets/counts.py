"""Counts: the size of a complete dataset by its papers and release notes, as each dataset declares it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_FEWEST = 0.8  # known releases of one set differ by less: CASME II has 247 or 255 clips, SMIC 157 or 164


@dataclass(frozen=True, slots=True)
class Counts:
    """Published numbers of one part and kind of expression; None or empty = not published.

    Parameters
    ----------
    rows, subjects : int or None
        Annotated clips; subjects who show at least one.
    apex_is_onset : int or None
        Rows whose apex is the onset.
    emotions, objective : mapping
        Canonical emotion, or several joined by ``+`` as in `Clip.emotions`, and objective class, -> rows.
    units : mapping
        Action unit -> rows whose string names it, static units among them.
    label_sets : mapping
        Name of a label set -> class -> rows.
    """

    rows: int | None = None
    subjects: int | None = None
    apex_is_onset: int | None = None
    emotions: Mapping[str, int] = field(default_factory=dict)
    objective: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[int, int] = field(default_factory=dict)
    label_sets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def may_be(self, *, rows: int, subjects: int) -> bool:
        """Whether annotated clips can be the published ones, so that a number that differs is worth telling.

        They can with four fifths to five fourths of the rows, and as many of the subjects. Fewer are a part of the set,
        or somebody's own recordings in its layout: then every number differs, and says nothing.
        """
        pairs = ((self.rows, rows), (self.subjects, subjects))
        return all(known is None or _FEWEST * known <= found <= known / _FEWEST for known, found in pairs)


Group = tuple[str, str]
"""Part and kind of expression, as in the clips."""


def of(counts: Mapping[str, int], *names: str) -> Mapping[str, int]:
    """Return the counts of some classes."""
    return {name: counts[name] for name in names}


def three_classes(rows: int, subjects: int, *, negative: int, positive: int, surprise: int) -> Counts:
    """Return the counts of clips that were divided into negative, positive and surprise."""
    classes = {"negative": negative, "positive": positive, "surprise": surprise}
    return Counts(rows=rows, subjects=subjects, label_sets={"emotion3": classes})
