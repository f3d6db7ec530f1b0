"""A plan as text of 80 columns, and as a table."""

import csv
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from merflow.costs.dry_run import Planned
from merflow.costs.parts import Part, total
from merflow.costs.table import UnitCost
from merflow.counts import count
from merflow.files import atomic_path
from merflow.progress import duration

WIDTH, NAMES = 80, 40
_MARKS = {"measured": " ", "similar": "~", "declared": "d", None: "?"}
_LEGEND = {
    "d": "not measured; the time as the network declares it, disk not known",
    "?": "not measured, and not in the sums",
}
COLUMNS = (
    *("dataset", "part", "jobs", "core_seconds", "bytes", "longest_s", "jobs_without_time", "jobs_without_bytes"),
    *("basis", "differs", "measured_on", "width_px", "height_px", "processor", "date", "merflow"),
)


def format_plan(planned: Planned, parts: Sequence[Part], missing: Iterable[str]) -> str:
    """Return a plan as text.

    Parameters
    ----------
    planned : Planned
    parts : sequence of Part
        Of its jobs.
    missing : iterable of str
        What it lacks, a sentence each.
    """
    lacks = list(missing)
    lines = [*_wrapped("Missing", lacks or ["nothing"]), ""] if lacks or parts else []
    if not parts:
        return "\n".join([*lines, "Nothing to be done: every result that was asked for is there and up to date."])
    for dataset in dict.fromkeys(part.dataset for part in parts):
        own = [part for part in parts if part.dataset == dataset]
        lines += [*_table(_heading(planned, dataset), own), ""]
    whole = total(parts)
    if len({part.dataset for part in parts}) > 1:
        lines += [*_table("All together", [whole]), ""]
    lines += _longest(parts)
    lines += _basis(whole)
    return "\n".join([*lines, *_wrapped("Note", planned.warnings)]).rstrip()


def write_plan(parts: Iterable[Part], path: Path) -> None:
    """Write a plan as CSV, one row a part; where a part has figures of several measurements, the first stands there."""
    with atomic_path(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(map(_row, parts))


def _row(part: Part) -> list[object]:
    cost = next((found.cost for found in part.found.values()), None)
    differs = "; ".join(found.differs for found in part.found.values() if found.differs)
    at = [
        getattr(cost, name) if cost else "" for name in ("on", "width_px", "height_px", "processor", "date", "merflow")
    ]
    return [
        *(part.dataset, part.title, part.jobs, _number(part.seconds, part.unknown_s)),
        *(_number(part.size, part.unknown_size), _number(part.longest_s, part.unknown_s)),
        *(part.unknown_s.total(), part.unknown_size.total(), part.basis or "not measured", differs, *at),
    ]


def _number(value: float, unknown: Counter[str]) -> str:
    """Return a number; nothing where nothing of it is known."""
    return "" if unknown.total() and not value else f"{value:.4g}"


def _heading(planned: Planned, dataset: str) -> str:
    """Return what is known of a dataset."""
    if not dataset:
        return "Of no dataset"
    known = planned.known.get(dataset)
    if known is None:
        return f"Dataset {dataset}, not rendered yet"
    clips, (width, height) = count(len(known.clips), "clip"), known.picture
    pictures = f", pictures of {width}x{height} px" if width else ""
    old = f"the index is stale: {known.stale}; made anew" if known.stale else "no index yet, made"
    index = f"; {old} for this plan" if known.made_now else ""
    return f"Dataset {dataset}: {clips} of {count(known.subjects, 'subject')}{pictures}{index}"


def _table(heading: str, parts: Sequence[Part]) -> Iterator[str]:
    yield from textwrap.wrap(heading, WIDTH)
    yield f"{'':<{NAMES}}{'jobs':>6}{'core-hours':>12}{'disk':>10}{'longest':>11}"
    for part in [*parts, *([total(parts)] if len(parts) > 1 else [])]:
        yield from _line(part)


def _line(part: Part) -> Iterator[str]:
    title = f"{_MARKS[part.basis]} {part.title}"
    if len(title) > NAMES:
        yield title
        title = ""
    hours, size = _hours(part.seconds / 3600), _bytes(part.size)
    cells = [_known(hours, part.seconds, part.unknown_s), _known(size, part.size, part.unknown_size)]
    longest = _known(duration(part.longest_s) if part.longest_s >= 1 else "<1 s", part.longest_s, part.unknown_s)
    yield f"{title:<{NAMES}}{part.jobs:>6}{cells[0]:>12}{cells[1]:>10}{longest.removesuffix('+'):>11}"
    if part.trained:
        yield f"    {part.trained}"


def _known(text: str, value: float, unknown: Counter[str]) -> str:
    """Return a figure; ``?`` where nothing of it is known, and ``+`` behind a sum that lacks something."""
    if not unknown.total():
        return text
    return f"{text}+" if value else "?"


def _hours(hours: float) -> str:
    return "<0.001" if hours < 0.001 else f"{hours:.2g}" if hours < 100 else f"{hours:.0f}"


def _bytes(size: float) -> str:
    if size < 1e5:
        return "<0.1 MB" if size else "0"
    value, unit = (size / 1e9, "GB") if size >= 1e9 else (size / 1e6, "MB")
    return f"{value:.2g} {unit}" if value < 100 else f"{value:.0f} {unit}"


def _longest(parts: Sequence[Part]) -> Iterator[str]:
    """Yield which single job is the longest: no number of cores makes the run shorter."""
    part = max(parts, key=lambda part: part.longest_s)
    if part.longest_s:
        of = f" ({part.dataset})" if part.dataset else ""
        yield from _wrapped("Longest job", [f"{part.title}{of}, {duration(part.longest_s)} of one core"])


def _basis(whole: Part) -> Iterator[str]:
    """Yield where the figures are from."""
    costs = [found.cost for found in whole.found.values() if found.cost.processor]
    yield from _wrapped("Measured", _origins(costs))
    taken = sorted({(cost.width_px, cost.height_px) for cost in costs if cost.what == "shards"})
    if taken:
        sizes = ", ".join(f"{width}x{height}" for width, height in taken)
        yield from _wrapped("Stages", [f"measured on embedded pictures of {sizes} px"])
    differing = sorted({found.differs for found in whole.found.values() if found.basis == "similar"})
    yield from _wrapped("~ measured with other settings", differing)
    used = {_MARKS[found.basis] for found in whole.found.values()} | ({"?"} if +whole.unknown_s else set())
    yield from (f"{mark} {text}" for mark, text in _LEGEND.items() if mark in used)
    unknown = [f"{rule} ({count})" for rule, count in sorted((+whole.unknown_s).items())]
    if unknown:
        yield from _wrapped("Not measured", [", ".join(unknown)])


def _origins(costs: Iterable[UnitCost]) -> list[str]:
    """Return processor, date and version of measurements, each once, the one with most of them first."""
    counts = Counter((cost.processor, cost.date, cost.merflow) for cost in costs)
    return [
        f"{date}, merflow {version}, one core of {processor}" for (processor, date, version), _ in counts.most_common()
    ]


def _wrapped(title: str, sentences: Iterable[str]) -> Iterator[str]:
    """Yield sentences below one another, indented behind a title."""
    first = f"{title}: "
    for sentence in sentences:
        yield from textwrap.wrap(
            sentence, WIDTH, initial_indent=first, subsequent_indent=" " * 4, break_on_hyphens=False
        )
        first = "    "
