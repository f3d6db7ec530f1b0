"""What merflow ships on the datasets of a user, to tell which shipped experiments a configuration changes."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from merflow.config.load import SCHEMA_PATH, load_config, read_schema
from merflow.config.objects import Config
from merflow.workflow_root import workflow_root

_DECIDE_NOTHING = ("description", "datasets", "overrides", "paper", "extends", "baselines")
"""Settings of an experiment that no number of its own follows from."""


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


def _differing(own: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of differing values, of blocks in blocks with dots between."""
    for key in dict.fromkeys((*own, *theirs)):
        a, b = own.get(key), theirs.get(key)
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            yield from (f"{key}.{inner}" for inner in _differing(a, b))
        elif a != b:
            yield key
