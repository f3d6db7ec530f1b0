"""Which experiments the benchmark has, and which pairs of them say what a paper's central claim is worth.

Run ``python -m tools.benchmark.methods`` for the targets of all of them.
"""

from dataclasses import dataclass
from pathlib import Path

from merflow import paths, plan
from merflow.config import Config, read_config

ROOT = Path(__file__).parents[2]
DATASET = "benchmark"
LABELS, PROTOCOL = "emotion3", "loso"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a paper says helps, as two experiments.

    Parameters
    ----------
    text : str
        The claim.
    paper : str
        Whose it is.
    without, with_it : str
        Experiments without what the claim says helps, and with it.
    note : str
        What else differs between the two; empty where nothing does.
    """

    text: str
    paper: str
    without: str
    with_it: str
    note: str = ""


CLAIMS = (
    Claim(
        "depth adds to flow",
        "Lite-Point-GCN, Table V",
        without="lite_point_gcn-flow_only-mlp",
        with_it="lite_point_gcn-mlp",
        note="the ranking of the points differs too, as in the paper",
    ),
    Claim(
        "points that move most are better than random ones",
        "Lite-Point-GCN, Table IV",
        without="lite_point_gcn-random1024",
        with_it="lite_point_gcn",
    ),
    Claim(
        "a graph network over the regions is better than an MLP",
        "Lite-Point-GCN, Tables V and VI",
        without="lite_point_gcn-mlp",
        with_it="lite_point_gcn",
    ),
    Claim(
        "magnified motion is better than motion as it is",
        "GTS-GN",
        without="gts_gn-still",
        with_it="gts_gn",
    ),
    Claim(
        "tracked landmarks are better than detected ones",
        "our reading; GTS-GN detects them",
        without="gts_gn-detected",
        with_it="gts_gn",
    ),
    Claim(
        "the sequence is better than the apex",
        "ATM-GCN",
        without="ststnet",
        with_it="atm_gcn",
        note="two networks, so not the input alone; ATM-GCN is small here: 8 frames of 64 px, one seed",
    ),
    *(
        Claim(
            f"a graph network over the regions is better than {backbone} over them",
            "Lite-Point-GCN, Table III",
            without=experiment,
            with_it="lite_point_gcn",
            note="two networks",
        )
        for backbone, experiment in (
            ("PointNet", "pointnet-regions"),
            ("PointNet++", "pointnet2-regions"),
            ("KPConv", "kpconv-regions"),
            ("Point Transformer", "point_transformer-regions"),
        )
    ),
    Claim(
        "head motion fitted to the flow of the face is better than to its landmarks",
        "our reading; Lite-Point-GCN fits the landmarks",
        without="lite_point_gcn-as_printed",
        with_it="lite_point_gcn-as_printed-robust_affine",
    ),
    Claim(
        "a graph over the frames adds to their motion features",
        "ATM-GCN, Table IV",
        without="atm_gcn-no_gcn",
        with_it="atm_gcn",
    ),
    Claim(
        "differences to the onset are better than the frames",
        "ATM-GCN, Table IV",
        without="atm_gcn-no_motion",
        with_it="atm_gcn",
    ),
    Claim(
        "a graph that changes from layer to layer is better than one that stays",
        "ATM-GCN, Table IV",
        without="atm_gcn-no_atm",
        with_it="atm_gcn",
    ),
)


def shipped_config() -> Config:
    """Return the configuration of the checkout."""
    return read_config(ROOT / "config.yaml")


def methods(config: Config) -> list[str]:
    """Return the experiments, each once.

    Those of the demo that answer the question of three classes with a subject a fold, the first one of each network
    that the demo does without, and those of the claims.
    """
    names = [name for name in plan.experiments_on(config, "demo") if _comparable(config, name)]
    models = {config.experiment(name, DATASET).model for name in names}
    for name in config.experiments:
        model = config.experiment(name, DATASET).model
        if model not in models and _comparable(config, name):
            names.append(name)
            models.add(model)
    asked = [name for claim in CLAIMS for name in (claim.without, claim.with_it)]
    return list(dict.fromkeys([*names, *asked]))


def _comparable(config: Config, name: str) -> bool:
    experiment = config.experiment(name, DATASET)
    return (experiment.labels, experiment.protocol.name) == (LABELS, PROTOCOL)


def target(name: str) -> str:
    """Return the table that Snakemake is to make for an experiment."""
    return paths.experiment(DATASET, name, "metrics.csv")


if __name__ == "__main__":
    print(*map(target, methods(shipped_config())))
