"""Which pictures stand beside the metrics of an experiment: of its stages, its training, and what a network learnt."""

from collections.abc import Mapping
from typing import Any

from merflow.config import Experiment
from merflow.datasets.labels import label_set_named
from merflow.errors import ConfigError
from merflow.models.declared import NETWORKS, network_named
from merflow.stages import STAGES
from merflow.training.baselines import BASELINES

_CALLED = {
    "graph": "a learnt graph",
    "units": "weights of a loss of action units",
    "activation": "activation maps",
}
"""What a message calls that which a network declares it shows."""

_OF_CLASSES = ("layers", "attention")
"""What is drawn clip by clip in the class of each."""


def pictures(experiment: Experiment, *, composite: bool = False) -> list[tuple[str, ...]]:
    """Return the pictures of an experiment, below its folder.

    Parameters
    ----------
    experiment : Experiment
        A baseline has no pictures.
    composite : bool
        Whether the dataset is one: the stages are then its members' experiments to show.
    """
    if experiment.is_baseline:
        return []
    stages = () if composite else STAGES[experiment.kind].shown
    return [("training.png",), *(("pictures", name) for name in (*stages, *_of_network(experiment)))]


def drawn_alone() -> list[str]:
    """Return the kinds of artefact whose picture has a rule of its own."""
    return [kind for kind, stage in STAGES.items() if stage.drawn_alone]


def check_shows(name: str, experiment: Experiment, what: str) -> None:
    """Refuse to draw of an experiment's network what it does not have: it would be trained first, and fail then.

    Parameters
    ----------
    name : str
        Of the experiment, for the message.
    experiment : Experiment
    what : str
        What networks declare in ``shows``.

    Raises
    ------
    ConfigError
        Names the models that have it, or the parameter that leaves it out.
    """
    called = _CALLED.get(what, what)
    shows = _shows(experiment.model)
    if what not in shows:
        known = ", ".join(one for one, network in NETWORKS.items() if what in network.shows)
        raise ConfigError(
            f"{name}: expected a network with {called} to draw ({known}), but its model is {experiment.model}. "
            "Name an experiment with one of these models."
        )
    if what in _OF_CLASSES and label_set_named(experiment.labels).multi:
        raise ConfigError(
            f"{name}: expected labels of which a clip has one to draw {called}, but found {experiment.labels}, "
            "of which it has any number. Name an experiment with classes."
        )
    params = experiment.model_params
    for key, value in shows[what].items():
        if not _has(params[key], value):
            wanted = " or ".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()
            raise ConfigError(
                f"{name}: expected a network with {called} to draw (model_params.{key}: {wanted}), "
                f"but found model_params.{key}: {str(params[key]).lower()}. Name an experiment that has it."
            )


def chosen_to_show(experiment: Experiment, what: str) -> dict[str, Any]:
    """Return the parameters of a network, of those that can be drawn in several ways, by which it is drawn in one.

    Parameters
    ----------
    experiment : Experiment
        That :func:`check_shows` lets pass.
    what : str
        What networks declare in ``shows``.
    """
    needed = _shows(experiment.model)[what]
    return {key: experiment.model_params[key] for key, value in needed.items() if isinstance(value, tuple)}


def _shows(model: str) -> Mapping[str, Mapping[str, Any]]:
    """Return what can be drawn of a method -> parameters without which it does not learn that."""
    return {} if model in BASELINES else network_named(model).shows


def _has(found: Any, needed: Any) -> bool:
    """Return whether a parameter has the value that is needed, or one of several."""
    return bool(found in needed if isinstance(needed, tuple) else found == needed)


def _of_network(experiment: Experiment) -> list[str]:
    """Return the pictures of what a network learnt, as far as its parameters let it."""
    params = experiment.model_params
    learns = {
        what
        for what, needed in _shows(experiment.model).items()
        if all(_has(params[key], value) for key, value in needed.items())
    }
    multi = label_set_named(experiment.labels).multi
    found = [f"{what}.png" for what in _OF_CLASSES if what in learns and not multi]
    if "graph" in learns:
        found += ["adjacency.png", "learned_edges.png"]
    if "units" in learns:
        found.append("au_weights.png")
    if "activation" in learns:
        found.append("activation.png")
    return found
