"""Landmark groups: brows, nose, mouth and the rest, and the colours of what joins two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

GROUPS: Mapping[str, range] = {
    "jaw": range(17),
    "brows": range(17, 27),
    "nose": range(27, 36),
    "eyes": range(36, 48),
    "mouth": range(48, 68),
}
"""0-based dlib landmarks of each part of the face, in ascending order."""

BRIDGE = range(27, 31)
"""The bridge of the nose down to its tip, which no expression moves much."""

PAIR_COLOURS: Mapping[tuple[str, str], str] = {
    ("brows", "nose"): "#d55e00",
    ("brows", "mouth"): "#0072b2",
    ("nose", "mouth"): "#009e73",
    ("brows", "brows"): "#000000",
}
"""Red, blue, green and black as in GTS-GN, fig. 6, in shades that colour-blind readers tell apart (Okabe, Ito)."""

OTHER_COLOUR = "#b9bec6"


def group_of(landmark: int) -> str:
    """Return the part of the face that a landmark belongs to."""
    return next(name for name, members in GROUPS.items() if landmark in members)


def group_runs(landmarks: Sequence[int]) -> list[tuple[str, int, int]]:
    """Return (part, first, end) of each run of neighbours in a list of landmarks that are of one part."""
    runs, start = [], 0
    for name, members in groupby(landmarks, key=group_of):
        end = start + len(list(members))
        runs.append((name, start, end))
        start = end
    return runs


def pair_of(first: int, second: int) -> tuple[str, str]:
    """Return the parts of two landmarks, from the upper to the lower face as in `PAIR_COLOURS`."""
    order = list(GROUPS)
    one, other = sorted((group_of(first), group_of(second)), key=order.index)
    return one, other


def pair_colour(first: int, second: int) -> str:
    """Return the colour of a line between two landmarks."""
    return PAIR_COLOURS.get(pair_of(first, second), OTHER_COLOUR)
