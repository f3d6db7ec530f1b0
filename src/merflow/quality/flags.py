"""Flags: which values of a column are beyond its limits, far from those of the dataset, or another clip's."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from merflow.quality_columns import QualityColumn, Value

MAD_SCALE = 1.4826
"""Makes the median absolute deviation of a normal distribution its standard deviation."""
LARGE = 10_000
FEWEST = 8
"""Values of a column below which nothing is called an outlier: the median would be that of the fault."""


@dataclass(frozen=True, slots=True)
class Range:
    """Values of a column that are not flagged.

    Parameters
    ----------
    low, high : float
        Minus and plus infinity where that side is not limited.
    median : float
        Of the dataset; NaN of a column without values.
    """

    low: float
    high: float
    median: float

    def reason(self, value: float) -> str:
        """Return why a value is flagged; empty = it is not."""
        if value < self.low:
            return f"{number(value)} < {number(self.low)}"
        return f"{number(value)} > {number(self.high)}" if value > self.high else ""


def number(value: float) -> str:
    """Return a number with four significant digits, a large one as a whole number."""
    return f"{value:.0f}" if abs(value) >= LARGE else f"{value:.4g}"


def good_range(column: QualityColumn, values: Sequence[float], *, deviations: float) -> Range:
    """Return the values of a column that are not flagged.

    Parameters
    ----------
    column : QualityColumn
    values : sequence of float
        Of all clips of the dataset; NaN = none.
    deviations : float
        Scaled median absolute deviations of an outlier.

    Notes
    -----
    By hand: 1, 2, 3, 4, 5, 6, 7, 8, 100 have the median 5 and the median absolute deviation 2, so with 5 deviations
    values above 5 + 5 * 1.4826 * 2 = 19.8 are outliers.
    """
    low = -np.inf if column.low is None else column.low
    high = np.inf if column.high is None else column.high
    there = np.array([value for value in values if np.isfinite(value) and (value > 0 or not column.log)])
    median = float(np.median(there)) if there.size else float("nan")
    if column.outlier and there.size >= FEWEST:
        scaled = np.log(there) if column.log else there
        middle = float(np.median(scaled))
        spread = MAD_SCALE * float(np.median(np.abs(scaled - middle)))
        reach = deviations * max(spread, column.least_spread)
        ends = [float(np.exp(end)) if column.log else end for end in (middle - reach, middle + reach)]
        if column.low is None and column.outlier != "high":
            low = ends[0]
        if column.high is None and column.outlier != "low":
            high = ends[1]
    return Range(float(low), float(high), median)


def shared(values: Mapping[str, Value]) -> dict[str, str]:
    """Return why a text is flagged that several clips have: by clip, the others that have it."""
    clips_of: defaultdict[Value, list[str]] = defaultdict(list)
    for clip, value in values.items():
        if isinstance(value, str) and value:
            clips_of[value].append(clip)
    return {
        clip: f"same as {', '.join(other for other in clips if other != clip)}"
        for clips in clips_of.values()
        for clip in clips
        if len(clips) > 1
    }


def flags_of_column(
    column: QualityColumn, values: Mapping[str, Value], *, deviations: float
) -> tuple[Range | None, dict[str, str]]:
    """Return the range of a column, None of texts, and why clips are flagged in it."""
    if column.unique:
        return None, shared(values)
    numbers = {clip: float(value) for clip, value in values.items()}
    found = good_range(column, list(numbers.values()), deviations=deviations)
    return found, {clip: reason for clip, value in numbers.items() if (reason := found.reason(value))}
