"""What the F1 of 4DME's Tables 5 to 8 is: a search for numbers of clips that give both printed numbers of a cell.

Run: python -m tools.what_f1_means. The paper prints F1 of the positive class as its eq. 4. A cell of these tables has
an accuracy and an F1, and both follow from three whole numbers: clips that show the label, and of those that were told
to show it the right and the wrong ones. Where the number of clips that show it is printed, one is left free, and a
printed F1 is fitted by chance in a few per cent of the cases.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.evaluation.published import published

CLIPS = 267
"""Micro-expressions of 4DME (section 3)."""

AUS = {"AU1": 46, "AU2": 54, "AU4": 117, "AU6": 30, "AU7": 93, "AU12": 82, "AU17": 11, "AU45": 34}
EMOTIONS = {"positive": 56, "negative": 142, "surprise": 54, "repression": 24, "others": 31}
POSITIVE: Mapping[str, int] = {**AUS, **EMOTIONS}
"""Clips that show each label, as Table 3 prints the action units and Table 6 the emotions."""

GRAY, FOUR_D = ("5", "6"), ("7", "8")
UNIT = 1e-4
"""Of the last printed digit of both: 0.01 per cent, and the fourth decimal."""

NEAR = 0.05
"""Distance from a printed F1 of the numbers that say how often a fit comes by chance."""

Counts = NDArray[np.int64]
"""Of candidates: true positive, false positive, false negative, true negative, shape (candidates, 4)."""


class Cell(NamedTuple):
    """The accuracy and the F1 that a table prints of one method and label, both from 0 to 1."""

    table: str
    method: str
    label: str
    accuracy: float
    f1: float


def f1_of_present(counts: Counts) -> NDArray[np.float64]:
    """Return F1 of the clips that show the label, eq. 4; 0 where none is told and none shows it."""
    tp, fp, fn, _ = counts.T
    f1: NDArray[np.float64] = np.divide(2 * tp, 2 * tp + fp + fn, out=np.zeros(len(counts)), where=2 * tp + fp + fn > 0)
    return f1


def f1_of_absent(counts: Counts) -> NDArray[np.float64]:
    """Return F1 of the clips that do not show the label."""
    return f1_of_present(counts[:, ::-1])


def f1_macro(counts: Counts) -> NDArray[np.float64]:
    """Return the mean of both."""
    return (f1_of_present(counts) + f1_of_absent(counts)) / 2


def f1_weighted(counts: Counts) -> NDArray[np.float64]:
    """Return their mean weighted by how many clips show the label, and how many do not."""
    share: NDArray[np.float64] = (counts[:, 0] + counts[:, 2]) / counts.sum(1)
    return share * f1_of_present(counts) + (1 - share) * f1_of_absent(counts)


READINGS: Mapping[str, Callable[[Counts], NDArray[np.float64]]] = {
    "eq. 4, present alone": f1_of_present,
    "mean of present and absent": f1_macro,
    "mean weighted by clips": f1_weighted,
    "absent alone": f1_of_absent,
}


def cells(tables: Iterable[str]) -> list[Cell]:
    """Return the cells of some tables of the paper, without their averages."""
    found: dict[tuple[str, str, str], dict[str, float]] = {}
    for table in tables:
        for method, variant, metric, value in _printed(table):
            *view, label = variant.split()
            found.setdefault((table, " ".join([method, *view]), label), {})[metric] = value
    return [Cell(*key, values["ACC"], values["F1"]) for key, values in found.items() if key[2] != "average"]


def averages(table: str, method: str) -> tuple[float, float]:
    """Return the printed averages (accuracy, F1) of one method."""
    printed = _printed(table, method)
    mean = {metric: value for _, variant, metric, value in printed if re.search(r"\baverage$", variant)}
    return mean["ACC"], mean["F1"]


def _printed(table: str, method: str | None = None) -> Iterator[tuple[str, str, str, float]]:
    """Yield the method, variant, metric and value of each number of a table, from 0 to 1."""
    rows = published("fourdme", table=table, method=method)
    values = rows["value"].to_numpy(dtype=np.float64)
    for name, variant, metric, value in zip(rows["method"], rows["variant"], rows["metric"], values, strict=True):
        yield name, variant, metric, float(value) / (100 if metric == "ACC" else 1)


def is_printed_as(value: NDArray[np.float64] | float, printed: float) -> NDArray[np.bool_]:
    """Return whether numbers can be printed so, rounded or cut off: 178 of 267 stands there as 66.66 per cent."""
    difference = np.asarray(value) - printed
    return (difference > -0.5 * UNIT - 1e-9) & (difference < UNIT - 1e-9)


def candidates(clips: int, positive: int, accuracy: float) -> Counts:
    """Return all counts of a label that `positive` of the clips show, and whose accuracy is printed so."""
    right = np.flatnonzero(is_printed_as(np.arange(clips + 1) / clips, accuracy))
    tp, right = (grid.reshape(-1) for grid in np.meshgrid(np.arange(positive + 1), right, indexing="ij"))
    tn = right - tp
    counts = np.stack([tp, clips - positive - tn, positive - tp, tn], axis=1)
    return counts[(counts >= 0).all(1)]


def fitted(cell: Cell, reading: str, *, clips: int, positive: Iterable[int]) -> list[int]:
    """Return with which numbers of clips that show the label, of those asked for, a reading fits a cell."""
    value = READINGS[reading]
    return [p for p in positive if is_printed_as(value(candidates(clips, p, cell.accuracy)), cell.f1).any()]


def chance(cell: Cell, reading: str, *, clips: int, positive: int) -> float:
    """Return the share of the numbers near the printed F1, up to NEAR from it, that the reading would fit too."""
    values = READINGS[reading](candidates(clips, positive, cell.accuracy))
    printed = np.arange(cell.f1 - NEAR, cell.f1 + NEAR, UNIT)
    return float(np.mean([is_printed_as(values, number).any() for number in printed]))


def clips_that_fit(found: Iterable[Cell], clips: Iterable[int]) -> dict[int, int]:
    """Return how many accuracies can be printed so from each number of clips."""
    accuracies = [cell.accuracy for cell in found]
    shares = {n: np.arange(n + 1) / n for n in clips}
    return {n: sum(bool(is_printed_as(share, one).any()) for one in accuracies) for n, share in shares.items()}


def majority(labels: Mapping[str, int], clips: int = CLIPS) -> tuple[float, float]:
    """Return the mean accuracy and the mean f1_macro of always saying what most clips show, label by label."""
    most = [(p, 0) if 2 * p > clips else (0, clips - p) for p in labels.values()]
    counts = np.array(
        [(tp, clips - p if tp else 0, p - tp, tn) for (tp, tn), p in zip(most, labels.values(), strict=True)]
    )
    return float((counts[:, 0] + counts[:, 3]).mean() / clips), float(f1_macro(counts).mean())


def common_positive(
    found: Iterable[Cell], reading: str, *, clips: int, printed: Mapping[str, int]
) -> dict[str, list[int]]:
    """Return, of each label, the numbers of clips that show it with which all its cells are fitted."""
    common: dict[str, set[int]] = {}
    for cell in found:
        asked = range(max(0, printed[cell.label] - (CLIPS - clips)), printed[cell.label] + 1)
        own = set(fitted(cell, reading, clips=clips, positive=asked))
        common[cell.label] = common.get(cell.label, own) & own
    return {label: sorted(numbers) for label, numbers in common.items()}


def report() -> list[str]:
    """Return what the search finds, line by line."""
    gray, four_d = cells(GRAY), cells(FOUR_D)
    lines = [f"Tables 5 and 6: {len(gray)} cells on {CLIPS} clips, the number of clips that show each label as printed"]
    for reading in READINGS:
        fits = [cell for cell in gray if fitted(cell, reading, clips=CLIPS, positive=[POSITIVE[cell.label]])]
        by_chance = sum(chance(cell, reading, clips=CLIPS, positive=POSITIVE[cell.label]) for cell in gray)
        lines.append(f"  {reading}: {len(fits)} cells fit, {by_chance:.1f} would by chance")
        if reading == "mean of present and absent":
            missed = [f"{cell.method} {cell.label}" for cell in gray if cell not in fits]
            lines.append(f"    not fitted: {', '.join(missed)}")
    best = clips_that_fit(four_d, range(150, 301))
    most = max(best.values())
    lines += [
        f"Tables 7 and 8: {len(four_d)} cells. Accuracies that can be from {CLIPS} clips: {best[CLIPS]}; "
        f"{most} from {', '.join(str(n) for n, count in best.items() if count == most)}"
    ]
    for reading in READINGS:
        asked = {label: range(max(0, p - (CLIPS - 236)), p + 1) for label, p in POSITIVE.items()}
        fits = [cell for cell in four_d if fitted(cell, reading, clips=236, positive=asked[cell.label])]
        lines.append(f"  {reading}: {len(fits)} cells fit on 236 clips, the number that shows the label free")
    common = common_positive(four_d, "mean of present and absent", clips=236, printed=POSITIVE)
    told = (f"{label} {_span(numbers)} of {POSITIVE[label]}" for label, numbers in common.items())
    lines.append(f"  one number of clips for all views of a label: {', '.join(told)}")
    for table, labels in (("5", AUS), ("6", EMOTIONS)):
        accuracy, macro = majority(labels)
        printed = averages(table, "LBP-TOP")
        lines.append(
            f"Table {table}: always what most clips show: accuracy {accuracy:.2%}, f1_macro {macro:.4f}; "
            f"LBP-TOP as printed: {printed[0]:.2%}, {printed[1]:.4f}"
        )
    return lines


def _span(numbers: list[int]) -> str:
    return f"{numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else str(*numbers) if numbers else "none"


if __name__ == "__main__":
    print("\n".join(report()))
