"""Strips: one column of a dataset as dots on a line, a dot a clip, its shape the class, hollow where it is flagged."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from merflow.quality.flags import number
from merflow.quality.measuring import Column

WIDTH, HEIGHT = 900, 74
LEFT, RIGHT = 8, 8
MIDDLE, AXIS = 30, 60
LABEL_PX = 60
"""Room that a label of the axis needs."""
BIN_PX = 7.0
"""Dots of one place stand above each other."""
SHAPES: Mapping[str, str] = {
    "circle": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "square": "M-3.5 -3.5h7v7h-7z",
    "triangle": "M0 -4.6L4.3 3.2H-4.3z",
    "diamond": "M0 -5L4.4 0L0 5L-4.4 0z",
    "wedge": "M0 4.6L4.3 -3.2H-4.3z",
    "cross": "M-1.5 -4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
    "bar": "M-1.6 -5h3.2v10h-3.2z",
}
"""Outlines of the classes, about (0, 0); further classes take turns."""


class Dot(NamedTuple):
    """One clip on a strip: its place in the index, where it is drawn, and whether it is flagged."""

    clip: int
    x: float
    y: float
    flagged: bool


class Tick(NamedTuple):
    """One label of the axis."""

    x: float
    text: str


class Strip(NamedTuple):
    """A column as it is drawn.

    Dots, the band of values that are not flagged, the ends and median of the axis, and the line of the reference.
    """

    dots: list[Dot]
    band: tuple[float, float]
    ticks: list[Tick]
    reference: tuple[float, float] | None


def shapes_of(classes: Sequence[str]) -> dict[str, str]:
    """Return the shape of each class, in the order of their names."""
    names = list(SHAPES)
    return {name: names[i % len(names)] for i, name in enumerate(sorted(set(classes)))}


def strip(column: Column, clips: Sequence[str], reference: tuple[float, float] | None = None) -> Strip | None:
    """Lay a column out; None for texts.

    Parameters
    ----------
    column : Column
    clips : sequence of str
        Index of the dataset, which dots refer to.
    reference : tuple of float, optional
        Values between which the clips of another dataset lie.
    """
    if column.range is None:
        return None
    values = {i: float(column.values[clip]) for i, clip in enumerate(clips) if clip in column.values}
    low, high = column.range.low, column.range.high
    ends = [*values.values(), *(end for end in (low, high) if _is_near(end, list(values.values())))]
    axis = _Axis.over(ends, log=column.declared.log)
    band = (axis.place(low) if low in ends else 0.0, axis.place(high) if high in ends else float(WIDTH))
    dots = [Dot(i, x, y, clips[i] in column.flags) for i, x, y in _stacked(values, axis)]
    line = axis.line(reference) if reference else None
    return Strip(dots, _wide_enough(band), _ticks([min(ends), column.range.median, max(ends)], axis), line)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where values lie: the ends of the axis, as logarithms or as they are."""

    first: float
    last: float
    log: bool

    @classmethod
    def over(cls, values: Sequence[float], *, log: bool) -> "_Axis":
        """Return an axis over values, with room beside the outermost; logarithmic where that is possible."""
        log = log and min(values) > 0
        first, last = (float(np.log(end)) if log else end for end in (min(values), max(values)))
        room = 0.03 * (last - first) or 0.5
        return cls(first - room, last + room, log)

    def place(self, value: float) -> float:
        """Return x of a value."""
        scaled = float(np.log(value)) if self.log else value
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (scaled - self.first) / (self.last - self.first), 1)

    def line(self, ends: tuple[float, float]) -> tuple[float, float] | None:
        """Return where a line between two values begins and ends; None where it lies beside the axis."""
        low, high = (0.0 if self.log and end <= 0 else self.place(end) for end in ends)
        return (max(low, 0.0), min(high, float(WIDTH))) if low <= WIDTH and high >= 0 else None


def _stacked(values: Mapping[int, float], axis: _Axis) -> Iterator[tuple[int, float, float]]:
    """Yield clip, x and y of each dot: those of one place stand above and below each other."""
    most = max(Counter(int(axis.place(value) // BIN_PX) for value in values.values()).values())
    step = min(BIN_PX + 1, 2 * (MIDDLE - 6) / most)
    there = Counter[int]()
    for clip, value in values.items():
        x = axis.place(value)
        nth = there[int(x // BIN_PX)]
        there[int(x // BIN_PX)] += 1
        yield clip, x, round(MIDDLE + step * ((nth + 1) // 2) * (1 if nth % 2 else -1), 1)


def _is_near(limit: float, values: Sequence[float]) -> bool:
    """Say whether a limit belongs on the axis: one far from all values would press them into a corner."""
    first, last = min(values), max(values)
    reach = max(last - first, 0.05 * max(abs(first), abs(last)), 1e-9)
    return first - reach <= limit <= last + reach


def _wide_enough(band: tuple[float, float]) -> tuple[float, float]:
    """Return a band that is seen where one value alone is good."""
    middle = sum(band) / 2
    return (min(band[0], middle - BIN_PX), max(band[1], middle + BIN_PX))


def _ticks(values: Sequence[float], axis: _Axis) -> list[Tick]:
    """Return labels that do not lie over each other, the first of those that do."""
    ticks: list[Tick] = []
    for value in sorted({value for value in values if np.isfinite(value)}):
        x = axis.place(value)
        if not ticks or x - ticks[-1].x > LABEL_PX:
            ticks.append(Tick(x, number(value)))
    return ticks
