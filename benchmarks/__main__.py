"""Print every comparison as a line: median seconds of both ways and the ratio."""

import sys
from collections.abc import Callable, Iterator

from benchmarks.flow_images import flow_image_cases
from benchmarks.geometry import geometry_cases
from benchmarks.landmark_graphs import landmark_graph_cases
from benchmarks.landmarks import landmark_cases
from benchmarks.learning import learning_cases
from benchmarks.limits import limit_cases
from benchmarks.motion import motion_cases
from benchmarks.planning import planning_cases
from benchmarks.projections import projection_cases
from benchmarks.raw_to_regions import raw_to_regions_cases
from benchmarks.sequences import sequence_cases
from benchmarks.store import store_cases
from benchmarks.synthesis import synthesis_cases
from benchmarks.timing import Case, compare

GROUPS: tuple[Callable[[], Iterator[Case]], ...] = (
    synthesis_cases,
    raw_to_regions_cases,
    motion_cases,
    geometry_cases,
    store_cases,
    learning_cases,
    landmark_cases,
    landmark_graph_cases,
    flow_image_cases,
    sequence_cases,
    limit_cases,
    projection_cases,
    planning_cases,
)


def main() -> None:
    """Run all groups, or those whose name an argument is part of."""
    wanted = sys.argv[1:]
    print(f"{'what':<44} {'against':<44} {'ours':>10} {'other':>10} {'ratio':>8}")
    for group in GROUPS:
        if wanted and not any(word in group.__name__ for word in wanted):
            continue
        for case in group():
            timing = compare(case)
            row = f"{case.name:<44} {case.reference_name:<44} {timing.ours_s * 1e3:>7.1f} ms"
            print(f"{row} {timing.reference_s * 1e3:>7.1f} ms {timing.ratio:>7.2f}x", flush=True)


if __name__ == "__main__":
    main()
