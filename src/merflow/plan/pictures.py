"""Which pictures stand beside the metrics of an experiment: of its stages, its training, and what a network learnt."""

from collections.abc import Mapping, Sequence
from typing import Any

from merflow.config.inputs import YARDSTICKS
from merflow.errors import ConfigError

STAGE_PICTURES: Mapping[str, Sequence[tuple[str, ...]]] = {
    "regions": [
        ("pictures", "clips"),
        *(("pictures", f"{kind}.png") for kind in ("faces", "flow", "depth_flow", "clouds", "regions")),
    ],
    "graphs": [("pictures", f"{kind}.png") for kind in ("graphs", "magnified", "flicker")],
    "magnified": [("pictures", f"{kind}.png") for kind in ("magnified", "flicker")],
    "sequences": [("pictures", "sequences.png")],
    "flow_images": [("pictures", "flow_images.png")],
}
"""By the kind of artefact that an experiment reads: the pictures of each rule that draws its stages."""

NETWORK_PICTURES: Mapping[str, Sequence[str]] = {
    "gts_gn": ("layers", "graph", "units"),
    "ss_gn": ("layers", "graph"),
    "gcn": ("layers",),
    "atm_gcn": ("attention",),
}
"""What can be drawn of a trained network: features of its layers, the graph that it learnt, weights of its AU loss,
where it looks."""

_CALLED = {"graph": "a learnt graph", "units": "weights of a loss of action units"}
"""Words of `NETWORK_PICTURES` that a message says in more of them."""

_NEEDS: Mapping[str, tuple[str, Any]] = {"graph": ("lam", True), "units": ("au_loss", "adaptive")}
"""Model parameter and its value without which a network does not learn what such a picture shows."""


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


def check_shows(experiment: str, settings: Mapping[str, Any], what: str) -> None:
    """Refuse to draw of an experiment's network what it does not have: it would be trained first, and fail then.

    Parameters
    ----------
    experiment : str
        Name, for the message.
    settings : mapping
        Resolved experiment.
    what : str
        One of the words of `NETWORK_PICTURES`.

    Raises
    ------
    ConfigError
        Names the models that have it, or the parameter that leaves it out.
    """
    called = _CALLED.get(what, what)
    if what not in NETWORK_PICTURES.get(settings["model"], ()):
        known = ", ".join(model for model, shows in NETWORK_PICTURES.items() if what in shows)
        raise ConfigError(
            f"{experiment}: expected a network with {called} to draw ({known}), but its model is {settings['model']}. "
            "Name an experiment with one of these models."
        )
    if not _learns(what, settings["model_params"]):
        key, value = _NEEDS[what]
        raise ConfigError(
            f"{experiment}: expected a network with {called} to draw (model_params.{key}: {str(value).lower()}), but "
            f"found model_params.{key}: {str(settings['model_params'][key]).lower()}. Name an experiment that has it."
        )


def _learns(what: str, params: Mapping[str, Any]) -> bool:
    """Return whether a network's parameters let it learn what a picture shows."""
    key, value = _NEEDS.get(what, ("", None))
    return not key or params[key] == value


def _of_network(experiment: Mapping[str, Any]) -> list[str]:
    """Return the pictures of what a network learnt, as far as its parameters let it."""
    shows = NETWORK_PICTURES.get(experiment["model"], ())
    learns = {what for what in shows if _learns(what, experiment["model_params"])}
    found = [f"{what}.png" for what in ("layers", "attention") if what in learns]
    if "graph" in learns:
        found += ["adjacency.png", "learned_edges.png"]
    if "units" in learns:
        found.append("au_weights.png")
    return found
