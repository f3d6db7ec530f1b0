"""Which jobs a dataset of a known size takes, before there is one: as the workflow plans them."""

import math
from dataclasses import dataclass

from tools.scale.sizes import Size

from merflow import plan
from merflow.config import Config
from merflow.costs.jobs import EXAMPLES, INDEX, LIST_FOLDS, LIST_SHARDS, TRAIN
from merflow.costs.lookup import CURVES, FIT
from merflow.stages import STAGES

RULE_OF_KIND = {kind: stage.making.rule for kind, stage in STAGES.items()}
RULE_OF_PICTURE = {
    "training.png": CURVES,
    **dict.fromkeys(STAGES["regions"].shown, "draw_pictures"),
    **dict.fromkeys(STAGES["magnified"].shown, "draw_magnification"),
    "layers.png": "draw_layers",
    "attention.png": "draw_attention",
    "activation.png": "draw_activation",
    "adjacency.png": "draw_learned_graph",
    "learned_edges.png": "draw_learned_graph",
    "au_weights.png": "draw_au_weights",
    **{f"{kind}.png": f"draw_{kind}" for kind in plan.drawn_alone()},
}


@dataclass(frozen=True, slots=True)
class Work:
    """Jobs of one rule that cost alike.

    Parameters
    ----------
    rule, name : str
        Rule, and the variant or experiment that its jobs make.
    jobs : int
        How many.
    kind : str
        Kind of artefact, of a rule that makes one.
    """

    rule: str
    name: str
    jobs: int
    kind: str = ""


def planned(config: Config, size: Size) -> list[Work]:
    """Return the jobs of a dataset's experiments and of all that they are made from, artefacts first.

    Parameters
    ----------
    config : Config
    size : Size
    """
    experiments = with_baselines(config, size)
    chain = {}
    for name in experiments if size.shards else ():
        artefact = config.experiment(name, size.dataset).artefact
        chain.update(dict.fromkeys(plan.artefact_chain(config, artefact, dataset=size.dataset)))
    kinds = list(RULE_OF_KIND)
    stages = sorted(chain, key=lambda stage: kinds.index(stage[0]))
    of_a_job = plan.subjects_in_a_job(config.execution.subjects_per_job, subjects=size.subjects)
    jobs = math.ceil(size.subjects / of_a_job)
    shards = [Work(_rule(config, kind, variant), variant, jobs, kind) for kind, variant in stages]
    lists = [Work(LIST_SHARDS, variant, 1, kind) for kind, variant in stages]
    work = [Work(INDEX, size.dataset, 1), *shards, *lists]
    for name in experiments:
        work += _of_experiment(config, name, size)
    return work


def _rule(config: Config, kind: str, variant: str) -> str:
    """Return the rule that makes the shards of a variant."""
    return STAGES[kind].making_of(config.variant(kind, variant).plain).rule


def with_baselines(config: Config, size: Size) -> list[str]:
    """Return the experiments of a dataset and the baselines that stand beside them, each once."""
    named = list(size.experiments)
    for name in size.experiments:
        named += config.experiment(name, size.dataset).baselines
    return list(dict.fromkeys(named))


def _of_experiment(config: Config, name: str, size: Size) -> list[Work]:
    experiment = config.experiment(name, size.dataset)
    composite = bool(config.datasets[size.dataset].members)
    drawn = [RULE_OF_PICTURE[path[-1]] for path in plan.pictures(experiment, composite=composite)]
    left_out = folds(config, name, size)
    rule = FIT if experiment.is_baseline else TRAIN
    in_a_job = plan.folds_in_a_job(experiment, folds=left_out, clips=size.labelled(experiment.labels))
    return [
        Work(EXAMPLES, name, 1),
        Work(rule, name, math.ceil(left_out / in_a_job)),
        Work(LIST_FOLDS, name, 1),
        Work("score_experiment", name, 1),
        *(Work(picture, name, 1) for picture in dict.fromkeys(drawn)),
    ]


def folds(config: Config, name: str, size: Size) -> int:
    """Return how many folds an experiment has: as many as subjects where each is left out once."""
    protocol = config.experiment(name, size.dataset).protocol
    return protocol.k if protocol.name.startswith("kfold") else size.subjects
