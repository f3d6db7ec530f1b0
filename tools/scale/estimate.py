"""What a dataset costs: jobs, core-hours and bytes of each stage, from what a clip of it costs here."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

from tools.scale.jobs import RULE_OF_KIND, Work, folds, planned
from tools.scale.sizes import Size

from merflow.config import Config
from merflow.costs.jobs import EXAMPLES, INDEX, LIST_FOLDS, LIST_SHARDS, TRAIN, copies_of, passes
from merflow.costs.lookup import FIT, Costs, Found
from merflow.costs.parts import FITTED, SCORES

NETWORKS = {"lite_point_gcn": "Lite-Point-GCN", "gts_gn": "GTS-GN", "atm_gcn": "ATM-GCN", "ststnet": "STSTNet"}

_TITLES = {kind: kind.replace("_", " ") for kind in RULE_OF_KIND} | {
    "magnified": "magnified frames",
    "graphs": "landmark graphs",
}
SHARDS = tuple(_TITLES.values())
TRAININGS = tuple(f"train {title}" for title in NETWORKS.values())
STAGES = ("index", *SHARDS, "examples", *TRAININGS, FITTED, SCORES)


@dataclass(frozen=True, slots=True)
class Stage:
    """What one stage of a dataset costs.

    Parameters
    ----------
    jobs : int
    seconds : float
        Of one core.
    size : float
        Bytes that stay on disk.
    folds : int
        Folds of a network, which are what asks for a GPU.
    """

    jobs: int = 0
    seconds: float = 0.0
    size: float = 0.0
    folds: int = 0

    def __add__(self, other: "Stage") -> "Stage":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Stage(*(one + another for one, another in pairs))


def counted(config: Config, size: Size) -> dict[str, Stage]:
    """Return the jobs and folds of each stage of a dataset, as `estimate` orders them; they need no measurement."""
    return _by_stage((_stage_of(work), _jobs(config, work, size)) for work in planned(config, size))


def estimate(config: Config, size: Size, costs: Costs) -> dict[str, Stage]:
    """Return what each stage of a dataset costs, in the order of `STAGES`; those that it does not have are left out.

    Parameters
    ----------
    config : Config
    size : Size
    costs : Costs
    """
    return _by_stage(
        (_stage_of(work), _jobs(config, work, size) + _cost(config, work, size, costs))
        for work in planned(config, size)
    )


def _by_stage(parts: Iterable[tuple[str, Stage]]) -> dict[str, Stage]:
    """Return the sum of each stage, in the order of `STAGES`."""
    found: dict[str, Stage] = {}
    for name, part in parts:
        found[name] = found.get(name, Stage()) + part
    return {name: found[name] for name in STAGES if name in found}


def _stage_of(work: Work) -> str:
    """Return the stage that jobs belong to."""
    if work.kind:
        return _TITLES[work.kind]
    if work.rule == TRAIN:
        return f"train {NETWORKS[work.name]}"
    named = {INDEX: "index", EXAMPLES: "examples", FIT: FITTED}
    return named.get(work.rule, SCORES)


def _jobs(config: Config, work: Work, size: Size) -> Stage:
    return Stage(jobs=work.jobs, folds=folds(config, work.name, size) if work.rule == TRAIN else 0)


def _cost(config: Config, work: Work, size: Size, costs: Costs) -> Stage:
    """Return the seconds and bytes of jobs."""
    if work.rule in (LIST_SHARDS, LIST_FOLDS):
        return Stage()  # a few milliseconds
    if work.kind:
        return _shards(config, work, size, costs)
    if work.rule == EXAMPLES:
        return _examples(config, work, size, costs)
    if work.rule == TRAIN:
        return _training(config, work, size, costs)
    cost = _measured(costs.job(work.rule), work).cost
    times = folds(config, work.name, size) if work.rule == FIT else 0  # one job for all folds
    written = times if work.rule == FIT else work.jobs
    return Stage(seconds=work.jobs * cost.start_s + times * cost.each_s, size=written * cost.each_bytes)


def measured_pixels(costs: Costs, size: Size) -> int:
    """Return the pixels of the pictures that stand for those of a dataset; its own where none of them was measured."""
    if not size.measured:
        return size.pixels
    return next(row.pixels for row in costs.rows if row.on == size.measured)


def _measured(found: Found | None, work: Work) -> Found:
    if found is None:
        raise SystemExit(f"expected a measured cost of {work.rule} ({work.name}), found none. Run: make scale")
    return found


def _shards(config: Config, work: Work, size: Size, costs: Costs) -> Stage:
    pixels = measured_pixels(costs, size)
    cost = _measured(costs.shards(config, work.kind, work.name, pixels=pixels), work).cost
    times = size.clips * (size.frames / cost.frames if cost.frames else 1)
    return Stage(seconds=work.jobs * cost.start_s + times * cost.each_s, size=size.clips * cost.each_bytes)


def _examples(config: Config, work: Work, size: Size, costs: Costs) -> Stage:
    experiment = config.experiment(work.name, size.dataset)
    clips = size.labelled(experiment.labels)
    cost = _measured(costs.examples(experiment), work).cost
    return Stage(seconds=cost.start_s + clips * cost.each_s, size=clips * cost.each_bytes)


def _training(config: Config, work: Work, size: Size, costs: Costs) -> Stage:
    """Return what it costs to train a network on every fold, and what is kept of it."""
    experiment = config.experiment(work.name, size.dataset)
    cost = _measured(costs.training(experiment), work).cost
    seconds = work.jobs * cost.start_s + clip_passes(config, work.name, size) * cost.each_s
    return Stage(seconds=seconds, size=folds(config, work.name, size) * len(experiment.seeds) * cost.each_bytes)


def clip_passes(config: Config, name: str, size: Size) -> int:
    """Return how many times a clip goes through a network in all folds, seeds and epochs of an experiment.

    Convention
    ----------
    By hand: 10 subjects with 10 clips each, leaving one out, 90 clips in batches of 24 make 4 steps an epoch; 30 epochs
    are 120 steps, at least 100 asked for: 10 folds x 30 epochs x 90 clips x 3 seeds = 81 000.
    """
    experiment = config.experiment(name, size.dataset)
    parts = folds(config, name, size)
    fitted = round(size.labelled(experiment.labels) * (parts - 1) / parts)
    epochs, clips = passes(fitted, experiment, copies=copies_of(config, experiment))
    return parts * epochs * clips * len(experiment.seeds)


def total(stages: Mapping[str, Stage], names: Iterable[str]) -> Stage:
    """Return the sum of those of the named stages that a dataset has."""
    return sum((stages[name] for name in names if name in stages), Stage())
