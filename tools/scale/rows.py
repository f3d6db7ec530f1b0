"""The measured costs as rows of the table that merflow ships, ``src/merflow/costs/measured_costs.csv``."""

import platform
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from tools.scale.measured import FEW, MANY, Cost, Measured
from tools.scale.passes import EPOCHS

from merflow import paths
from merflow.config import Config
from merflow.costs.jobs import EXAMPLES, INDEX, MAKING, RENDER, TRAIN, copies_of
from merflow.costs.known import Known
from merflow.costs.lookup import CURVES, FIT, SCORE, settings_of_examples, shard_settings, training_settings
from merflow.costs.table import UnitCost, What
from merflow.stages import STAGES
from merflow.version import VERSION

PREFIX = "scale_"
BASELINES = ("flow_svm", "lbp_top_svm", "hoof_svm")
"""Baselines whose examples are measured beside those of the networks."""

_NOT_A_JOB = {*MAKING, RENDER, EXAMPLES, TRAIN}
"""Rules whose jobs are measured by what they are given."""


def rows(
    config: Config,
    measured: Measured,
    root: Path,
    *,
    render: Callable[[str], tuple[float, float]],
    networks: Sequence[str] = tuple(EPOCHS),
    baselines: Sequence[str] = BASELINES,
) -> list[UnitCost]:
    """Return every measured cost.

    Parameters
    ----------
    config : Config
        Of the measured datasets and experiments.
    measured : Measured
    root : Path
        Folder that holds ``results``.
    render : callable
        From a layout to the CPU seconds before the first clip, and a clip.
    networks, baselines : sequence of str
        Experiments: those that were trained, and those whose examples alone were made.
    """
    datasets = [name for name in config.datasets if name.startswith(MANY) and name != FEW]
    pictures = {name: Known(config, name, root / paths.clips(name)).picture for name in datasets}
    origin = processor(), f"{datetime.now(UTC):%Y-%m-%d}", VERSION
    row = partial(_row, pictures, origin)
    found = []
    for name in datasets:
        layout = config.plain["datasets"][name]["synthesis"]["layout"]
        cost = Cost(*render(layout), measured.recordings_bytes(name))
        found.append(row("rendering", layout, {}, name, cost))
    for name in datasets:
        for kind, variant in _in_order(measured.variants(name)):
            cost = measured.stage(STAGES[kind].making.rule, kind, variant, name)
            frames = measured.frames(variant, name) if kind == "sequences" else 0.0
            settings = shard_settings(config, kind, variant)
            found.append(row("shards", f"{kind}/{variant}", settings, name, cost, frames))
    return [
        *found,
        *_of_experiments(config, measured, row, networks, baselines),
        *_of_rules(config, measured, row, networks),
    ]


def processor() -> str:
    """Return what the processor is called."""
    table = Path("/proc/cpuinfo")
    lines = table.read_text(encoding="utf-8").splitlines() if table.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), "") or platform.processor() or platform.machine()


def _row(
    pictures: Mapping[str, tuple[int, int]], origin: tuple[str, str, str],
    what: What, name: str, settings: Mapping[str, Any], on: str, cost: Cost, frames: float = 0.0,
) -> UnitCost:  # fmt: skip
    return UnitCost(what, name, settings, on, *pictures[on], *cost, frames, *origin)


def _of_experiments(
    config: Config, measured: Measured, row: Callable[..., UnitCost], networks: Sequence[str], baselines: Sequence[str]
) -> Iterator[UnitCost]:
    for name in (*networks, *baselines):
        experiment = config.experiment(name, MANY)
        shown = name.removeprefix(PREFIX)
        yield row("examples", shown, settings_of_examples(experiment), MANY, measured.examples(name))
        if name in networks:
            cost = measured.training(name, copies_of(config, experiment))
            yield row("training", shown, training_settings(experiment), MANY, cost)


def _of_rules(
    config: Config, measured: Measured, row: Callable[..., UnitCost], networks: Sequence[str]
) -> Iterator[UnitCost]:
    """Yield what the jobs of other rules cost; one that moves files writes none."""
    fitted = measured.experiments(FIT)
    tables = statistics.mean(map(measured.scores_bytes, fitted))  # a network has these, and pictures
    kept = {INDEX: measured.index_bytes(), SCORE: tables, CURVES: measured.scores_bytes(networks[0]) - tables}
    for rule in measured.rules():
        if rule == FIT:
            a_fold = statistics.mean(map(measured.fold_bytes, fitted))
            cost = Cost(0.0, measured.per_job(rule) / measured.subjects(), a_fold)
            models = sorted({config.experiment(name, MANY).model for name in fitted})
            yield row("job", rule, {"models": models}, MANY, cost)
        elif rule not in _NOT_A_JOB:
            yield row("job", rule, {}, MANY, Cost(measured.per_job(rule), 0.0, kept.get(rule, 0.0)))


def _in_order(variants: list[tuple[str, str]]) -> list[tuple[str, str]]:
    kinds = list(STAGES)
    return sorted(variants, key=lambda one: (kinds.index(one[0]), one[1]))
