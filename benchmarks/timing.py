"""Compare two ways to do the same thing: run in turn, so that a busy machine slows both."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One comparison.

    Attributes
    ----------
    name, reference_name : str
        What is done, and what it is compared with.
    ours, reference : callable
        Each does the whole work once.
    pairs : int
        How often both are timed.
    """

    name: str
    reference_name: str
    ours: Callable[[], object]
    reference: Callable[[], object]
    pairs: int = 7


@dataclass(frozen=True, slots=True)
class Timing:
    """Median seconds of both ways, and the median over pairs of reference / ours: above 1, ours is faster."""

    ours_s: float
    reference_s: float
    ratio: float


def compare(case: Case) -> Timing:
    """Time a case in pairs, after one that is not counted."""
    case.ours(), case.reference()
    times = [(_seconds(case.ours), _seconds(case.reference)) for _ in range(case.pairs)]
    ours, reference = zip(*times, strict=True)
    ratio = statistics.median(r / o for o, r in times)
    return Timing(statistics.median(ours), statistics.median(reference), ratio)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
