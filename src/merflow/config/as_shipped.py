"""In which settings an experiment is another one: than merflow ships it, or than on another dataset."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from merflow.config.load import SCHEMA_PATH, load_config, read_schema
from merflow.config.objects import Config
from merflow.workflow_root import workflow_root

_DECIDE_NOTHING = ("description", "datasets", "overrides", "paper", "extends", "baselines")
"""Settings of an experiment that no number of its own follows from."""

_TOLD = ("labels", "protocol")


@lru_cache(maxsize=1)
def as_shipped(config: Config) -> Config:
    """Return the shipped experiments and variants on the datasets of a configuration."""
    return load_config({"datasets": config.plain["datasets"]}, read_schema(workflow_root() / SCHEMA_PATH))


def changed_settings(config: Config, experiment: str, dataset: str) -> tuple[str, ...]:
    """Return the settings in which a shipped experiment is another one here, those of its artefacts included.

    Parameters
    ----------
    config : Config
    experiment : str
        One that merflow does not ship has none.
    dataset : str
        That it runs on.
    """
    shipped = as_shipped(config)
    if experiment not in shipped.plain["experiments"]:
        return ()
    own, theirs = (one.experiment(experiment, dataset) for one in (config, shipped))
    changed = [key for key in _differing(asdict(own), asdict(theirs)) if key not in _DECIDE_NOTHING]
    if own.artefact == theirs.artefact:
        for kind, name in config.chain(own.artefact):
            variants = (one.variant(kind, name).plain for one in (config, shipped))
            changed += [f"{kind}.{name}.{key}" for key in _differing(*variants)]
    return tuple(changed)


def settings_of_dataset(config: Config, experiment: str, dataset: str, *, elsewhere: str | None) -> tuple[str, ...]:
    """Return the settings that an experiment has on a dataset and not on another one, each with both values.

    Labels and protocol are left out: where numbers of both stand, these are told beside them.

    Parameters
    ----------
    config : Config
    experiment : str
    dataset : str
    elsewhere : str or None
        The other dataset; None = those for which the experiment changes nothing.

    Returns
    -------
    tuple of str
        Such as ``training.train_points 256 (0)``, the other dataset's in brackets.
    """
    own, theirs = (asdict(config.experiment(experiment, one)) for one in (dataset, elsewhere))
    keys = [key for key in _differing(own, theirs) if key.partition(".")[0] not in (*_DECIDE_NOTHING, *_TOLD)]
    return tuple(f"{key} {_value(own, key)} ({_value(theirs, key)})" for key in keys)


def _value(settings: Mapping[str, Any], key: str) -> str:
    """Return the value of a setting by its path, as YAML has it; of one that is not given ``default``."""
    found: Any = settings
    for part in key.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return "default"
        found = found[part]
    return str(list(found) if isinstance(found, tuple) else found)


def _differing(own: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of differing values, of blocks in blocks with dots between."""
    for key in dict.fromkeys((*own, *theirs)):
        a, b = own.get(key), theirs.get(key)
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            yield from (f"{key}.{inner}" for inner in _differing(a, b))
        elif a != b:
            yield key
