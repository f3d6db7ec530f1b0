"""Experiments are data: one may extend another, and may carry changes for one dataset."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from merflow.checks import nearest
from merflow.config.located import plain
from merflow.config.schema import merge
from merflow.errors import ConfigError
from merflow.training.settings import EXECUTION_KEYS

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
        raise ConfigError(f"config: {user}{_unknown('experiment', name, known=experiments)}")
    own = {key: value for key, value in experiments[name].items() if key != "extends"}
    parent = plain(experiments[name].get("extends"))
    if parent is None:
        return own
    return inherit(extended(parent, experiments, seen=(*seen, name)), own)


def inherit(parent: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return an experiment's own settings over those of its parent.

    The cells of a paper (``paper``) are not inherited: another experiment is another row.
    """
    inherited = {key: value for key, value in parent.items() if key not in ("extends", "paper")}
    if "overrides" in inherited:
        inherited["overrides"] = _still_valid(inherited["overrides"], own)
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


def experiment_for(config: Mapping[str, Any], name: str, dataset: str) -> dict[str, Any]:
    """Return the resolved settings of one experiment on one dataset.

    Parameters
    ----------
    config : mapping
        As ``load_config`` returns it.
    name, dataset : str
        Keys of ``experiments`` and ``datasets``.

    Returns
    -------
    dict
        What its results depend on. Without ``overrides``: those of `dataset` are applied, the others do not concern it;
        without ``paper``, which says what its numbers stand beside; and without the settings of its training that are
        execution only, for which see :func:`folds_per_job`.

    Raises
    ------
    ConfigError
        When either is unknown.
    """
    settings = _resolved(config, name, dataset)
    training = {key: value for key, value in settings["training"].items() if key not in EXECUTION_KEYS}
    return settings | {"training": training}


def folds_per_job(config: Mapping[str, Any], name: str, dataset: str) -> int:
    """Return how many folds of an experiment on a dataset are trained in one job; no result depends on it.

    Raises
    ------
    ConfigError
        As :func:`experiment_for`.
    """
    return int(_resolved(config, name, dataset)["training"]["folds_per_job"])


def _resolved(config: Mapping[str, Any], name: str, dataset: str) -> dict[str, Any]:
    """Return the settings of an experiment with the changes that it makes for one dataset."""
    check_known(config, "experiments", name)
    check_known(config, "datasets", dataset)
    experiment = config["experiments"][name]
    settings = {key: value for key, value in experiment.items() if key not in ("overrides", "paper")}
    return merge(settings, experiment["overrides"].get(dataset, {}))


def check_known(config: Mapping[str, Any], section: Literal["experiments", "datasets"], name: str) -> None:
    """Raise ConfigError for an experiment or dataset that the configuration does not name, with the nearest one."""
    if name not in config[section]:
        raise ConfigError(f"config: {_unknown(section[:-1], name, known=config[section])}")


def _unknown(what: str, name: str, *, known: Iterable[str]) -> str:
    """Return what to say of a name that refers to nothing: the nearest known one, and all of them."""
    return f"unknown {what} {name!r}.{nearest(name, known)} Known: {', '.join(sorted(known))}."


def variant_settings(config: Mapping[str, Any], kind: str, variant: str) -> dict[str, Any]:
    """Return the settings block of one variant of one kind of artefact.

    Raises
    ------
    ConfigError
        When the variant does not exist.
    """
    if variant not in config[kind]:
        raise ConfigError(f"config: {kind} has no variant {variant!r}. Known: {', '.join(sorted(config[kind]))}.")
    return dict(config[kind][variant])


def check_same_question(
    first: str, second: str, *, settings: tuple[Mapping[str, Any], Mapping[str, Any]], where: str, then: str
) -> None:
    """Refuse two experiments whose numbers stand beside each other, but answer different questions.

    Parameters
    ----------
    first, second : str
        Names of the experiments.
    settings : tuple of two mappings
        Resolved settings of both.
    where, then : str
        What puts them beside each other, and what to do once there is a twin of the second that can stand there.

    Raises
    ------
    ConfigError
        Names the first of `SAME_QUESTION` that differs.
    """
    for key in SAME_QUESTION:
        a, b = (own[key] for own in settings)
        if a != b:
            raise ConfigError(
                f"{where}: expected {second} to have the {key} of {first}, {a!r}, but found {b!r}: their numbers could "
                f"not be compared. Define a twin that extends {second} with {key}: {a!r} and {then}."
            )
