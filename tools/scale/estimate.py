"""What a dataset costs: jobs, core-hours and bytes of each stage, from what a clip of it costs here."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace

from tools.scale.jobs import COLLECT, FIT, LIST, RULE_OF_KIND, TRAIN, Work, folds, planned
from tools.scale.measured import Measured
from tools.scale.sizes import Size

from merflow.config import Config
from merflow.training.settings import schedule_length

NETWORKS = {"lite_point_gcn": "Lite-Point-GCN", "gts_gn": "GTS-GN", "atm_gcn": "ATM-GCN", "ststnet": "STSTNet"}
FITTED = "baselines"
COLLECTED = "folds put in their place"
SCORES = "scores and pictures"
_EXAMPLES_OF_KIND = {
    "flow": "flow_svm", "regions": "scale_lite_point_gcn", "graphs": "scale_gts_gn", "sequences": "scale_atm_gcn",
    "flow_images": "scale_ststnet",
}  # fmt: skip
"""Measured experiment with the examples of any that reads such an artefact."""

_TITLES = {kind: kind.replace("_", " ") for kind in RULE_OF_KIND} | {
    "magnified": "magnified frames",
    "graphs": "landmark graphs",
}
SHARDS = tuple(_TITLES.values())
TRAININGS = tuple(f"train {title}" for title in NETWORKS.values())
STAGES = ("index", *SHARDS, "examples", *TRAININGS, FITTED, COLLECTED, SCORES)


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


def estimate(config: Config, size: Size, measured: Measured) -> dict[str, Stage]:
    """Return what each stage of a dataset costs, in the order of `STAGES`; those that it does not have are left out.

    Parameters
    ----------
    config : Config
    size : Size
    measured : Measured
    """
    return _by_stage(
        (_stage_of(work), _jobs(config, work, size) + _cost(config, work, size, measured))
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
    named = {"index_dataset": "index", "build_examples": "examples", FIT: FITTED, COLLECT: COLLECTED}
    return named.get(work.rule, SCORES)


def _jobs(config: Config, work: Work, size: Size) -> Stage:
    return Stage(jobs=work.jobs, folds=folds(config, work.name, size) if work.rule == TRAIN else 0)


def _cost(config: Config, work: Work, size: Size, measured: Measured) -> Stage:
    """Return the seconds and bytes of jobs."""
    if work.rule == LIST:
        return Stage()  # a few milliseconds
    if work.kind:
        return _shards(work, size, measured)
    if work.rule == "build_examples":
        return _examples(config, work, size, measured)
    if work.rule == TRAIN:
        return _training(config, work, size, measured)
    if work.rule == FIT:  # one job for all folds, here and there
        times = folds(config, work.name, size) / measured.subjects()
        return Stage(seconds=times * measured.per_job(FIT))
    if work.rule in (COLLECT, "index_dataset"):
        return Stage(seconds=work.jobs * measured.per_job(work.rule))
    rule = work.rule if measured.has(work.rule) else "draw_curves"
    drawn = measured.pictures_bytes() if work.rule == "draw_curves" else 0.0  # once for each network
    return Stage(seconds=work.jobs * measured.per_job(rule), size=drawn)


def _shards(work: Work, size: Size, measured: Measured) -> Stage:
    cost = measured.stage(work.rule, work.kind, work.name, size.measured)
    if work.kind == "sequences":
        longer = size.frames / measured.frames(work.name, size.measured)
        cost = replace(cost, clip_s=cost.clip_s * longer)
    return Stage(seconds=work.jobs * cost.start_s + size.clips * cost.clip_s, size=size.clips * cost.clip_bytes)


def _examples(config: Config, work: Work, size: Size, measured: Measured) -> Stage:
    experiment = config.experiment(work.name, size.dataset)
    clips = size.labelled(experiment.labels)
    cost = measured.examples(_EXAMPLES_OF_KIND[experiment.kind])
    return Stage(seconds=cost.start_s + clips * cost.clip_s, size=clips * cost.clip_bytes)


def _training(config: Config, work: Work, size: Size, measured: Measured) -> Stage:
    """Return what it costs to train a network on every fold, and what is kept of it."""
    experiment = config.experiment(work.name, size.dataset)
    cost = measured.training(trained_as(config, work.name, size.dataset), copies(config, experiment.artefact))
    seconds = work.jobs * cost.start_s + clip_passes(config, work.name, size) * cost.clip_s
    return Stage(seconds=seconds, size=folds(config, work.name, size) * len(experiment.seeds) * cost.clip_bytes)


def clip_passes(config: Config, name: str, size: Size) -> float:
    """Return how many times a clip goes through a network in all folds, seeds and epochs of an experiment.

    Convention
    ----------
    By hand: 10 subjects with 10 clips each, leaving one out, 90 clips in batches of 24 make 4 steps an epoch; 30 epochs
    are 120 steps, at least 100 asked for: 10 folds x 30 epochs x 90 clips x 3 seeds = 81 000.
    """
    experiment = config.experiment(name, size.dataset)
    parts = folds(config, name, size)
    trained = size.labelled(experiment.labels) * (1 + copies(config, experiment.artefact)) * (parts - 1) / parts
    epochs, _ = schedule_length(max(1, round(trained)), experiment.training)
    return parts * epochs * trained * len(experiment.seeds)


def trained_as(config: Config, name: str, dataset: str) -> str:
    """Return the experiment of ``tools/scale/config.yaml`` whose training costs what another's costs on a dataset."""
    experiment = config.experiment(name, dataset)
    small = experiment.model == "atm_gcn" and experiment.model_params["blocks"] == 2
    return "scale_atm_gcn_small" if small else f"scale_{experiment.model}"


def copies(config: Config, artefact: str) -> int:
    """Return how many altered copies of each clip a network trains on beside it."""
    kind, _, variant = artefact.partition("/")
    return int(config.variant(kind, variant).settings.copies) if kind == "graphs" else 0


def total(stages: Mapping[str, Stage], names: Iterable[str]) -> Stage:
    """Return the sum of those of the named stages that a dataset has."""
    return sum((stages[name] for name in names if name in stages), Stage())
