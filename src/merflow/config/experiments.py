"""Experiments are data: one may extend another, and may carry changes for one dataset."""

from collections.abc import Mapping
from typing import Any

from merflow.config.schema import merge
from merflow.errors import ConfigError


def extended(name: str, experiments: Mapping[str, Any], *, seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return an experiment with everything that it inherits through ``extends``, before defaults.

    Raises
    ------
    ConfigError
        When `name` or a parent is unknown, or when the chain of parents closes.
    """
    if name in seen:
        raise ConfigError(f"config: experiments extend each other in a circle: {' -> '.join((*seen, name))}")
    if name not in experiments:
        user = f"experiments.{seen[-1]}.extends: " if seen else ""
        raise ConfigError(f"config: {user}unknown experiment {name!r}. Known: {', '.join(sorted(experiments))}.")
    own = {key: value for key, value in experiments[name].items() if key != "extends"}
    parent = experiments[name].get("extends")
    if parent is None:
        return own
    return merge(extended(parent, experiments, seen=(*seen, name)), own)


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
        Without ``overrides``: those of `dataset` are applied, the others do not concern it.

    Raises
    ------
    ConfigError
        When either is unknown.
    """
    for section, key in (("experiments", name), ("datasets", dataset)):
        if key not in config[section]:
            raise ConfigError(f"config: unknown {section[:-1]} {key!r}. Known: {', '.join(sorted(config[section]))}.")
    settings = dict(config["experiments"][name])
    overrides = settings.pop("overrides")
    return merge(settings, overrides.get(dataset, {}))


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
