"""The tables of docs/scale.md as markdown."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from tools.scale.compression import Stored
from tools.scale.estimate import SHARDS, STAGES, TRAININGS, Stage, estimate, measured_pixels, total
from tools.scale.jobs import RULE_OF_KIND, planned
from tools.scale.sizes import Size

from merflow.config import Config
from merflow.costs.lookup import Costs
from merflow.costs.table import UnitCost

PLANNED = ((438, 860), (1253, 8600), (4744, 8600))
"""Jobs and clips of three plans: the three experiments of CAS(ME)^3, the same on ten times as many subjects, and these
with four subjects and one fold a job."""

PLANNED_S = (3.8, 10.1, 21.9)
"""What each took on a day on which a workflow of one rule took 1.1 to 1.5 s; 0.95 s on a quick one."""

PLANNED_BYTES = (182e6, 274e6, 321e6)

FOLDS = 10
"""Folds a job, and folds of subjects in place of one subject left out, that tables set beside the defaults."""

_WITHOUT_TRAINING = tuple(name for name in STAGES if name not in TRAININGS)

Stages = Mapping[str, Mapping[str, Stage]]
"""By title of the dataset and stage."""


def digits(value: float) -> str:
    """Return a number with two significant digits and no exponent."""
    if not value:
        return "0"
    places = max(0, 1 - math.floor(math.log10(abs(float(f"{value:.2g}")))))
    return f"{float(f'{value:.2g}'):.{places}f}"


def stage_table(costs: Stages, cell: Callable[[Stage], str], sums: Mapping[str, Sequence[str]]) -> str:
    """Return one line a stage and one column a dataset; empty where a dataset does not have the stage.

    A stage that costs nothing to speak of in any dataset has no line.

    Parameters
    ----------
    costs : mapping
    cell : callable
        What is printed of a stage.
    sums : mapping
        Lines of sums below: their names, and the stages of each.
    """
    lines = [head("stage", costs)]
    nothing = cell(Stage())
    for name in STAGES:
        if any(name in stages and cell(stages[name]) != nothing for stages in costs.values()):
            lines.append(line(name, (cell(stages[name]) if name in stages else "" for stages in costs.values())))
    for name, parts in sums.items():
        lines.append(line(f"**{name}**", (f"**{cell(total(stages, parts))}**" for stages in costs.values())))
    return "\n".join(lines)


def size_table(sizes: Sequence[Size]) -> str:
    """Return what is published of each dataset, and what is run on it."""
    return "\n".join(
        [
            head("", (size.title for size in sizes)),
            line("subjects", (str(size.subjects) for size in sizes)),
            line("clips", (str(size.clips) for size in sizes)),
            line("frames read for a sequence", (f"{size.frames:.0f}" for size in sizes)),
            line("experiments", (", ".join(f"`{name}`" for name in size.experiments) for size in sizes)),
        ]
    )


def origin_table(costs: Costs) -> str:
    """Return where and when the costs were measured."""
    found = Counter((row.processor, row.date, row.merflow) for row in costs.rows)
    lines = ["| processor | date | merflow | measured costs |", "| --- | --- | --- | ---: |"]
    return "\n".join([*lines, *(line(origin[0], (*origin[1:], str(count))) for origin, count in found.items())])


def clip_table(config: Config, costs: Costs, sizes: Sequence[Size]) -> str:
    """Return what a job costs before its first clip, and a clip of each layout in seconds and MB."""
    layouts = {size.measured: size for size in reversed(sizes) if size.shards}
    columns = [layouts[name] for name in dict.fromkeys(size.measured for size in sizes)]
    variants = {size.title: {(work.kind, work.name) for work in planned(config, size) if work.kind} for size in columns}
    lines = [head("artefact", ("start of a job", *(size.title.removesuffix(" micro") for size in columns)))]
    for kind, variant in _in_order(variants.values()):
        found = {
            size.title: _measured(config, costs, size, kind, variant)
            for size in columns
            if (kind, variant) in variants[size.title]
        }
        start = next(iter(found.values())).start_s
        cells = [_clip_cell(found[size.title]) if size.title in found else "" for size in columns]
        lines.append(line(f"`{kind}/{variant}`", [f"{start:.1f} s", *cells]))
    return "\n".join(lines)


def _measured(config: Config, costs: Costs, size: Size, kind: str, variant: str) -> UnitCost:
    found = costs.shards(config, kind, variant, pixels=measured_pixels(costs, size))
    if found is None:
        raise SystemExit(f"expected a measured cost of {kind}/{variant}, found none. Run: make scale")
    return found.cost


def _clip_cell(cost: UnitCost) -> str:
    return f"{_or_less(cost.each_s)} s, {digits(cost.each_bytes / 1e6)} MB"


def epoch_table(costs: Costs) -> str:
    """Return what training a network costs: before the first epoch, a clip in an epoch, and the weights of a seed."""
    lines = [
        head(
            "network, artefact", ("start of a job", "a clip in an epoch", "kept of a fold and seed", "examples, a clip")
        )
    ]
    examples = {row.name: row.each_bytes for row in costs.rows if row.what == "examples"}
    for row in costs.rows:
        if row.what == "training":
            cells = [f"{row.start_s:.1f} s", f"{digits(1000 * row.each_s)} ms"]
            cells += [f"{digits(size / 1e6)} MB" for size in (row.each_bytes, examples[row.name])]
            lines.append(line(f"`{row.name}`, `{row.settings['artefact']}`", cells))
    return "\n".join(lines)


def gpu_job_table(costs: Stages) -> str:
    """Return the jobs that ask for a GPU."""
    found = _trainings(costs)
    each = (sum(one.folds for one in stages) for stages in found)
    batches = (sum(math.ceil(one.folds / FOLDS) for one in stages) for stages in found)
    return "\n".join(
        [
            head("", costs),
            line("GPU jobs, a fold each", map(str, each)),
            line(f"GPU jobs with `folds_per_job: {FOLDS}`", map(str, batches)),
        ]
    )


def gpu_table(costs: Stages) -> str:
    """Return the CPU's core-hours of the work of the jobs that ask for a GPU."""
    whole = (hours(total(stages, TRAININGS)) for stages in costs.values())
    dearest = (max(one.seconds / one.folds for one in stages) / 3600 for stages in _trainings(costs))
    return "\n".join(
        [
            head("", costs),
            line("core-hours of the same work on a CPU", whole),
            line("of them the longest fold", map(digits, dearest)),
        ]
    )


def _trainings(costs: Stages) -> list[list[Stage]]:
    return [[stages[name] for name in TRAININGS if name in stages] for stages in costs.values()]


def larger_table(config: Config, measured: Costs, size: Size, times: Sequence[int] = (1, 10, 100)) -> str:
    """Return what becomes of a dataset that has so many times the subjects and clips."""
    sizes = [size.larger(factor) for factor in times]
    costs = [estimate(config, one, measured) for one in sizes]
    divided = [estimate(with_folds(config, size, FOLDS), one, measured) for one in sizes]
    jobs = [total(stages, STAGES).jobs for stages in costs]
    plans = [(count, one.clips) for count, one in zip(jobs, sizes, strict=True)]
    points = [one.labelled("emotion3") * point_bytes(config) / 1e9 for one in sizes]
    rows: dict[str, Iterable[str]] = {
        "clips of subjects": (f"{one.clips} of {one.subjects}" for one in sizes),
        "jobs": map(str, jobs),
        "Snakemake plans them in": (_time(planning(PLANNED_S, *size)) for size in plans),
        "and in so much memory": (f"{digits(planning(PLANNED_BYTES, *size) / 1e9)} GB" for size in plans),
        "core-hours but for training": (hours(total(stages, _WITHOUT_TRAINING)) for stages in costs),
        "core-hours of training, one subject left out": (hours(total(stages, TRAININGS)) for stages in costs),
        f"the same, {FOLDS} folds of subjects": (hours(total(stages, TRAININGS)) for stages in divided),
        "artefacts": (f"{gigabytes(total(stages, SHARDS))} GB" for stages in costs),
        "examples": (f"{gigabytes(stages['examples'])} GB" for stages in costs),
        "weights": (f"{gigabytes(total(stages, TRAININGS))} GB" for stages in costs),
        "points in memory while examples are built": (f"{digits(amount)} GB" for amount in points),
    }
    return "\n".join(
        [head(size.title, (f"x {factor}" for factor in times)), *(line(name, row) for name, row in rows.items())]
    )


def planning(measured: Sequence[float], jobs: int, clips: int) -> float:
    """Return the seconds or bytes of a plan, from those of `PLANNED`: a start, so much a job, so much a clip."""
    start, a_job, a_clip = np.linalg.solve([(1, *one) for one in PLANNED], measured)
    return float(start + jobs * a_job + clips * a_clip)


def with_folds(config: Config, size: Size, k: int) -> Config:
    """Return a configuration whose experiments divide the subjects into k folds."""
    protocol = {"name": "kfold_subject", "k": k}
    changed = {
        name: settings | {"protocol": settings["protocol"] | protocol}
        for name, settings in config.plain["experiments"].items()
    }
    return Config({**config.plain, "experiments": changed})


def point_bytes(config: Config) -> int:
    """Return the bytes of a clip's points in memory: eight regions, six float32 a point."""
    experiment = config.experiment("lite_point_gcn", "casme3")
    return 8 * int(config.variant(experiment.kind, experiment.variant).settings.points) * 6 * 4


def compression_table(stored: Mapping[str, Mapping[str, Stored]]) -> str:
    """Return gzip against zstd, a clip of each kind."""
    lines = [head("artefact", ("gzip", "zstd", "write gzip", "zstd", "read gzip", "zstd"))]
    for name, both in stored.items():
        pair = (both["gzip"], both["zstd"])
        cells = [f"{digits(one.size / 1e6)} MB" for one in pair]
        cells += [f"{digits(1000 * one.write_s)} ms" for one in pair] + [
            f"{digits(1000 * one.read_s)} ms" for one in pair
        ]
        lines.append(line(f"`{name}`", cells))
    return "\n".join(lines)


def hours(stage: Stage) -> str:
    """Return the core-hours of a stage."""
    return _or_less(stage.seconds / 3600)


def gigabytes(stage: Stage) -> str:
    """Return the GB of a stage."""
    return _or_less(stage.size / 1e9)


def _or_less(value: float) -> str:
    return digits(value) if value >= 0.01 else "<0.01"


def _time(seconds: float) -> str:
    return f"{digits(seconds)} s" if seconds < 120 else f"{digits(seconds / 60)} min"


def _in_order(variants: Iterable[Iterable[tuple[str, str]]]) -> list[tuple[str, str]]:
    kinds = list(RULE_OF_KIND)
    return sorted({one for some in variants for one in some}, key=lambda one: (kinds.index(one[0]), one[1]))


def head(first: str, columns: Iterable[str]) -> str:
    """Return the first two lines of a table."""
    columns = list(columns)
    return f"{line(first, columns)}\n| --- |{' ---: |' * len(columns)}"


def line(first: str, cells: Iterable[str]) -> str:
    """Return one line of a table."""
    return "| " + " | ".join([first, *cells]) + " |"
