"""Which pictures stand beside the metrics of an experiment: of its stages, its training, and what a network learnt."""

from collections.abc import Mapping, Sequence
from typing import Any

from merflow.training.yardsticks import YARDSTICKS

STAGE_PICTURES: Mapping[str, Sequence[tuple[str, ...]]] = {
    "regions": [("pictures", "clips")],
    "graphs": [("pictures", "graphs.png"), ("pictures", "magnified.png")],
    "magnified": [("pictures", "magnified.png")],
    "sequences": [("pictures", "sequences.png")],
    "flow_images": [("pictures", "flow_images.png")],
}
"""By the kind of artefact that an experiment reads: one picture of each rule that draws its stages."""

NETWORK_PICTURES: Mapping[str, Sequence[str]] = {
    "gts_gn": ("layers", "graph", "units"),
    "ss_gn": ("layers", "graph"),
    "gcn": ("layers",),
    "atm_gcn": ("attention",),
}
"""What can be drawn of a trained network: features of its layers, the graph that it learnt, weights of its AU loss,
where it looks."""


def pictures(experiment: Mapping[str, Any], *, composite: bool = False) -> list[tuple[str, ...]]:
    """Return the pictures of an experiment, below its folder.

    Parameters
    ----------
    experiment : mapping
        Resolved experiment; a yardstick has no pictures.
    composite : bool
        Whether the dataset is one: the stages are then its members' experiments to show.
    """
    if experiment["model"] in YARDSTICKS:
        return []
    kind = experiment["artefact"].partition("/")[0]
    found = [("training.png",), *(() if composite else STAGE_PICTURES.get(kind, ()))]
    return found + [("pictures", name) for name in _of_network(experiment)]


def _of_network(experiment: Mapping[str, Any]) -> list[str]:
    """Return the pictures of what a network learnt, as far as its parameters let it."""
    shows, params = NETWORK_PICTURES.get(experiment["model"], ()), experiment["model_params"]
    found = [f"{what}.png" for what in ("layers", "attention") if what in shows]
    if "graph" in shows and params["lam"]:
        found += ["adjacency.png", "learned_edges.png"]
    if "units" in shows and params["au_loss"] == "adaptive":
        found.append("au_weights.png")
    return found
