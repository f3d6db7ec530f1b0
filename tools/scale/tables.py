"""The tables of docs/scale.md as markdown."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from tools.scale.compression import Stored
from tools.scale.estimate import SHARDS, STAGES, TRAININGS, Stage, copies, estimate, total
from tools.scale.jobs import RULE_OF_KIND, planned
from tools.scale.measured import MANY, Measured, line_through
from tools.scale.sizes import Size

from merflow.config import Config

PLANNING_S = line_through(856, 2.6, 8470, 18.5)
PLANNING_BYTES = line_through(856, 181e6, 8470, 372e6)
"""Time and memory of Snakemake before the first job that it plans, and a job: Lite-Point-GCN on CAS(ME)^3, micro- and
macro-expressions, and on ten times as many subjects."""

FOLDS = 10
"""Folds a job, and folds of subjects in place of one subject left out, that tables set beside the defaults."""

MEASURED_NETWORKS = {
    "scale_lite_point_gcn": "Lite-Point-GCN, 8 x 1024 points",
    "scale_gts_gn": "GTS-GN, 14 landmarks",
    "scale_atm_gcn": "ATM-GCN, 16 frames of 224 px, four blocks (CAS(ME)^3)",
    "scale_atm_gcn_small": "ATM-GCN, two blocks, pictures augmented (the others)",
    "scale_ststnet": "STSTNet, 28x28",
}

_ARTEFACTS = {
    "scale_lite_point_gcn": "regions/sort1024",
    "scale_gts_gn": "graphs/tracked14",
    "scale_atm_gcn": "sequences/seq16",
    "scale_atm_gcn_small": "sequences/seq16",
    "scale_ststnet": "flow_images/uvs28",
}
"""What the networks of `MEASURED_NETWORKS` read."""

_WITHOUT_TRAINING = tuple(name for name in STAGES if name not in TRAININGS)

Costs = Mapping[str, Mapping[str, Stage]]
"""By title of the dataset and stage."""


def digits(value: float) -> str:
    """Return a number with two significant digits and no exponent."""
    if not value:
        return "0"
    places = max(0, 1 - math.floor(math.log10(abs(float(f"{value:.2g}")))))
    return f"{float(f'{value:.2g}'):.{places}f}"


def stage_table(costs: Costs, cell: Callable[[Stage], str], sums: Mapping[str, Sequence[str]]) -> str:
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
    lines = [_head("stage", costs)]
    nothing = cell(Stage())
    for name in STAGES:
        if any(name in stages and cell(stages[name]) != nothing for stages in costs.values()):
            lines.append(_line(name, (cell(stages[name]) if name in stages else "" for stages in costs.values())))
    for name, parts in sums.items():
        lines.append(_line(f"**{name}**", (f"**{cell(total(stages, parts))}**" for stages in costs.values())))
    return "\n".join(lines)


def size_table(sizes: Sequence[Size]) -> str:
    """Return what is published of each dataset, and what is run on it."""
    return "\n".join(
        [
            _head("", (size.title for size in sizes)),
            _line("subjects", (str(size.subjects) for size in sizes)),
            _line("clips", (str(size.clips) for size in sizes)),
            _line("frames read for a sequence", (f"{size.frames:.0f}" for size in sizes)),
            _line("experiments", (", ".join(f"`{name}`" for name in size.experiments) for size in sizes)),
        ]
    )


def clip_table(config: Config, measured: Measured, sizes: Sequence[Size]) -> str:
    """Return what a job costs before its first clip, and a clip of each layout in seconds and MB."""
    layouts = {size.measured: size for size in reversed(sizes) if size.shards}
    columns = [layouts[name] for name in dict.fromkeys(size.measured for size in sizes)]
    variants = {size.title: {(work.kind, work.name) for work in planned(config, size) if work.kind} for size in columns}
    lines = [_head("artefact", ("start of a job", *(size.title.removesuffix(" micro") for size in columns)))]
    for kind, variant in _in_order(variants.values()):
        cells = [f"{measured.stage(RULE_OF_KIND[kind], kind, variant, MANY).start_s:.1f} s"]
        for size in columns:
            cells.append(_clip_cell(measured, size, kind, variant) if (kind, variant) in variants[size.title] else "")
        lines.append(_line(f"`{kind}/{variant}`", cells))
    return "\n".join(lines)


def _clip_cell(measured: Measured, size: Size, kind: str, variant: str) -> str:
    cost = measured.stage(RULE_OF_KIND[kind], kind, variant, size.measured)
    return f"{_or_less(cost.clip_s)} s, {digits(cost.clip_bytes / 1e6)} MB"


def epoch_table(config: Config, measured: Measured) -> str:
    """Return what training a network costs: before the first epoch, a clip in an epoch, and the weights of a seed."""
    lines = [_head("network", ("start of a job", "a clip in an epoch", "kept of a fold and seed", "examples, a clip"))]
    for name, title in MEASURED_NETWORKS.items():
        cost = measured.training(name, copies(config, _ARTEFACTS[name]))
        clip = measured.examples(name.removesuffix("_small")).clip_bytes
        cells = [f"{cost.start_s:.1f} s", f"{digits(1000 * cost.clip_s)} ms"]
        lines.append(_line(title, [*cells, f"{digits(cost.clip_bytes / 1e6)} MB", f"{digits(clip / 1e6)} MB"]))
    return "\n".join(lines)


def gpu_job_table(costs: Costs) -> str:
    """Return the jobs that ask for a GPU."""
    found = _trainings(costs)
    each = (sum(one.folds for one in stages) for stages in found)
    batches = (sum(math.ceil(one.folds / FOLDS) for one in stages) for stages in found)
    return "\n".join(
        [
            _head("", costs),
            _line("GPU jobs, a fold each", map(str, each)),
            _line(f"GPU jobs with `folds_per_job: {FOLDS}`", map(str, batches)),
        ]
    )


def gpu_table(costs: Costs) -> str:
    """Return the CPU's core-hours of the work of the jobs that ask for a GPU."""
    whole = (hours(total(stages, TRAININGS)) for stages in costs.values())
    dearest = (max(one.seconds / one.folds for one in stages) / 3600 for stages in _trainings(costs))
    return "\n".join(
        [
            _head("", costs),
            _line("core-hours of the same work on a CPU", whole),
            _line("of them the longest fold", map(digits, dearest)),
        ]
    )


def _trainings(costs: Costs) -> list[list[Stage]]:
    return [[stages[name] for name in TRAININGS if name in stages] for stages in costs.values()]


def larger_table(config: Config, measured: Measured, size: Size, times: Sequence[int] = (1, 10, 100)) -> str:
    """Return what becomes of a dataset that has so many times the subjects and clips."""
    sizes = [size.larger(factor) for factor in times]
    costs = [estimate(config, one, measured) for one in sizes]
    divided = [estimate(with_folds(config, size, FOLDS), one, measured) for one in sizes]
    jobs = [total(stages, STAGES).jobs for stages in costs]
    points = [one.labelled("emotion3") * point_bytes(config) / 1e9 for one in sizes]
    rows: dict[str, Iterable[str]] = {
        "clips of subjects": (f"{one.clips} of {one.subjects}" for one in sizes),
        "jobs": map(str, jobs),
        "Snakemake plans them in": (_time(planning(PLANNING_S, count)) for count in jobs),
        "and in so much memory": (f"{digits(planning(PLANNING_BYTES, count) / 1e9)} GB" for count in jobs),
        "core-hours but for training": (hours(total(stages, _WITHOUT_TRAINING)) for stages in costs),
        "core-hours of training, one subject left out": (hours(total(stages, TRAININGS)) for stages in costs),
        f"the same, {FOLDS} folds of subjects": (hours(total(stages, TRAININGS)) for stages in divided),
        "artefacts": (f"{gigabytes(total(stages, SHARDS))} GB" for stages in costs),
        "examples": (f"{gigabytes(stages['examples'])} GB" for stages in costs),
        "weights": (f"{gigabytes(total(stages, TRAININGS))} GB" for stages in costs),
        "points in memory while examples are built": (f"{digits(amount)} GB" for amount in points),
    }
    return "\n".join(
        [_head(size.title, (f"x {factor}" for factor in times)), *(_line(name, row) for name, row in rows.items())]
    )


def planning(cost: tuple[float, float], jobs: int) -> float:
    """Return the seconds or bytes of planning so many jobs, from `PLANNING_S` or `PLANNING_BYTES`."""
    start, each = cost
    return start + jobs * each


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
    lines = [_head("artefact", ("gzip", "zstd", "write gzip", "zstd", "read gzip", "zstd"))]
    for name, both in stored.items():
        pair = (both["gzip"], both["zstd"])
        cells = [f"{digits(one.size / 1e6)} MB" for one in pair]
        cells += [f"{digits(1000 * one.write_s)} ms" for one in pair] + [
            f"{digits(1000 * one.read_s)} ms" for one in pair
        ]
        lines.append(_line(f"`{name}`", cells))
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


def _head(first: str, columns: Iterable[str]) -> str:
    columns = list(columns)
    return f"{_line(first, columns)}\n| --- |{' ---: |' * len(columns)}"


def _line(first: str, cells: Iterable[str]) -> str:
    return "| " + " | ".join([first, *cells]) + " |"
