"""Experiments are data: one may extend another, and may carry changes for one dataset."""

from collections.abc import Mapping
from typing import Any

import yaml

from merflow.checks import known_names, nearest
from merflow.config.located import plain
from merflow.config.schema import merge
from merflow.config.sections import Experiment
from merflow.errors import ConfigError
from merflow.settings import to_plain
from merflow.training.settings import ProtocolSettings

MAX_GENERATIONS = 50
"""Experiments that may extend one another in a row."""

SAME_QUESTION = ("labels", "expressions", "protocol")
"""Settings that decide which question is asked; the method may differ in all others."""


def extended(name: str, experiments: Mapping[str, Any], *, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an experiment with everything that it inherits through ``extends``, before defaults.

    What an experiment says itself beats everything that it inherits, the changes for single datasets too
    (``overrides``); its own ``overrides`` beat what it says for all datasets.

    Raises
    ------
    ConfigError
        When `name` or a parent is unknown, or when the chain of parents closes or is too long.
    """
    if len(seen) > MAX_GENERATIONS:
        raise ConfigError(
            f"config: expected at most {MAX_GENERATIONS} experiments that extend one another in a row, but found more "
            f"from {seen[0]} on."
        )
    if name in seen:
        raise ConfigError(f"config: experiments extend each other in a circle: {' -> '.join((*seen, name))}")
    if name not in experiments:
        user = f"experiments.{seen[-1]}.extends: " if seen else ""
        hint = nearest(name, experiments)
        raise ConfigError(f"config: {user}unknown experiment {name!r}.{hint} {known_names(experiments)}")
    own = {key: value for key, value in experiments[name].items() if key != "extends"}
    parent = plain(experiments[name].get("extends"))
    if parent is None:
        return own
    return inherit(extended(parent, experiments, seen=(*seen, name)), own)


def inherit(parent: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return an experiment's own settings over those of its parent.

    The cells of a paper (``paper``) are not inherited: another experiment is another row. Nor are ``model_params``, for
    all or for single datasets, where the experiment names another model: they are the arguments of the parent's. Nor is
    its ``description`` there, which tells of the parent's.
    """
    left_out = ["extends", "paper"]
    beaten: Mapping[str, Any] = own
    if "model" in own and own["model"] != parent.get("model"):
        left_out += ["model_params", "description"]
        beaten = {**own, "model_params": None}
    inherited = {key: value for key, value in parent.items() if key not in left_out}
    if "overrides" in inherited:
        inherited["overrides"] = _still_valid(inherited["overrides"], beaten)
    return merge(inherited, own)


def _still_valid(overrides: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return what remains of inherited changes for single datasets, beside an experiment's own settings.

    A block that is no mapping is left for the check of overrides to refuse.
    """
    kept = {
        dataset: _without(block, own) if isinstance(block, Mapping) else block for dataset, block in overrides.items()
    }
    return {dataset: block for dataset, block in kept.items() if block != {}}


def _without(block: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of `block` that `own` does not set, at whatever depth."""
    kept: dict[str, Any] = {}
    for key, value in block.items():
        if key not in own:
            kept[key] = value
        elif isinstance(value, Mapping) and isinstance(own[key], Mapping):
            inner = _without(value, own[key])
            if inner:
                kept[key] = inner
    return kept


def check_same_question(
    first: str, second: str, *, settings: tuple[Experiment, Experiment], where: str, then: str
) -> None:
    """Refuse two experiments whose numbers stand beside each other, but answer different questions.

    Parameters
    ----------
    first, second : str
        Names of the experiments.
    settings : tuple of two Experiments
        Both, as they are on the dataset.
    where, then : str
        What puts them beside each other, and what to do once there is a twin of the second that can stand there.

    Raises
    ------
    ConfigError
        Names the first of `SAME_QUESTION` that differs.
    """
    for key in SAME_QUESTION:
        mine, other = (getattr(own, key) for own in settings)
        if mine != other:
            a, b = _as_written(mine, other), _as_written(other, mine)
            raise ConfigError(
                f"{where}: expected {second} to have the {key} of {first}, {a}, but found {b}: their numbers could "
                f"not be compared. Define a twin that extends {second} with {key}: {a} and {then}."
            )


def _as_written(value: Any, beside: Any) -> str:
    """Return a setting as YAML has it in one line.

    Of a protocol: what it draws by, what is unusual, and what differs from another one of its name.

    Parameters
    ----------
    value, beside : str, sequence or ProtocolSettings
        What is told, and what it is compared with.
    """
    if isinstance(value, str):
        return repr(value)
    told = to_plain(value)
    if isinstance(value, ProtocolSettings):
        usual, other = to_plain(ProtocolSettings()), to_plain(beside if beside.name == value.name else value)
        needed = ("name", *(("k", "seed") if value.is_drawn else ()))
        told = {key: one for key, one in told.items() if key in needed or one != usual[key] or one != other[key]}
    text: str = yaml.safe_dump(told, default_flow_style=True, sort_keys=False, width=float("inf"))
    return text.strip()
