"""What merflow ships, the experiments of the papers and the variants that they read, beneath the user's config.yaml."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from merflow.config.experiments import inherit
from merflow.config.grid import expand_grids
from merflow.config.located import changed, plain
from merflow.config.sections import STAGE_SETTINGS
from merflow.errors import ConfigError
from merflow.untrusted.yaml_file import read_yaml

FOLDER = Path(__file__).parents[1] / "experiments"
"""One file a paper, one of the variants, and one of the baselines that several papers have."""

SHIPPED_SECTIONS = (*STAGE_SETTINGS, "experiments")
"""Sections of named blocks that merflow ships some of."""


@cache
def shipped_config(read: Callable[[Path], Any] = read_yaml) -> Mapping[str, Any]:
    """Return what merflow ships, as a configuration without datasets; grids are expanded.

    It is read once a process, so nobody may change it.

    Parameters
    ----------
    read : callable
        Reads one file: plain values, or values with their places (``read_located``).
    """
    config: dict[str, Any] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for section, content in read(path).items():
            if section == "experiments":
                content = expand_grids(content)
            config[section] = {**config.get(section, {}), **content} if section in SHIPPED_SECTIONS else content
    return config


def with_shipped(raw: Mapping[str, Any], shipped: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a user's configuration with everything that merflow ships and the user does not say otherwise.

    A block of the user takes the place of the shipped one of the same name; an experiment that extends its own name
    changes single settings of the shipped one. Shipped experiments keep the datasets that the user has.

    Parameters
    ----------
    raw : mapping
        What the user wrote.
    shipped : mapping, optional
        From :func:`shipped_config`.

    Raises
    ------
    ConfigError
        When a section is no block, or a grid is not as described.
    """
    shipped = shipped_config() if shipped is None else shipped
    sections = {name: _section(raw, name) for name in SHIPPED_SECTIONS}
    merged = {**shipped, **raw}
    for name in STAGE_SETTINGS:
        merged[name] = {**shipped[name], **sections[name]}
    datasets = _section(raw, "datasets")
    theirs = {name: _on(block, datasets) for name, block in shipped["experiments"].items()}
    own = {
        name: _laid_over_its_namesake(name, block, theirs)
        for name, block in expand_grids(sections["experiments"]).items()
    }
    return {**merged, "experiments": {**theirs, **own}}


def own_experiments(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the experiments that a user wrote, as they are written, those of grids included."""
    return expand_grids(_section(raw, "experiments"))


def replaced_by_user(raw: Mapping[str, Any]) -> list[str]:
    """Return what of the shipped configuration a user's takes the place of, blocks as ``section.name``."""
    shipped, own = shipped_config(), with_shipped(raw)
    kept = with_shipped({"datasets": own["datasets"]}, shipped)
    whole = [key for key in shipped if key not in SHIPPED_SECTIONS and own[key] != shipped[key]]
    blocks = [
        f"{section}.{name}"
        for section in SHIPPED_SECTIONS
        for name in shipped[section]
        if own[section][name] != kept[section][name]
    ]
    return whole + blocks


def with_reason(error: ConfigError, name: str, raw: Mapping[str, Any]) -> ConfigError:
    """Return what is wrong with an experiment; of a shipped one, with the user's blocks that it came from.

    Parameters
    ----------
    error : ConfigError
    name : str
        The experiment.
    raw : mapping
        What the user wrote.
    """
    replaced = replaced_by_user(raw)
    shipped = name in shipped_config()["experiments"] and f"experiments.{name}" not in replaced
    if not (shipped and replaced):
        return error
    return ConfigError(
        f"{error} This experiment is shipped, and extends or reads what the configuration takes the place of: "
        f"{', '.join(replaced)}. Give these blocks names of their own."
    )


def _section(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return one section of named blocks, empty where the user has none."""
    section = plain(raw.get(name))
    if section is not None and not isinstance(section, Mapping):
        raise ConfigError(f"config: {name}: expected named blocks of settings, but found {str(section)[:80]!r}.")
    return section or {}


def _laid_over_its_namesake(name: str, block: Any, shipped: Mapping[str, Any]) -> Any:
    """Return a user's experiment; one that extends its own name, with what the shipped one of that name says.

    It stays the row of a paper that the shipped one is: the table says what was changed.

    Raises
    ------
    ConfigError
        When it neither extends an experiment nor is a whole one: the user may think that it changes the shipped one.
    """
    if not isinstance(block, Mapping) or name not in shipped:
        return block
    if "extends" not in block and not {"model", "artefact"} <= set(block):
        raise ConfigError(
            f"config: experiments.{name}: expected model and artefact, since the block takes the place of the shipped "
            f"experiment of that name, but found {', '.join(map(str, block)) or 'no settings'}. To change single "
            f"settings of the shipped one, add extends: {name}."
        )
    if plain(block.get("extends")) != name:
        return block
    parent = shipped[name].get("extends")
    laid = inherit(shipped[name], {key: value for key, value in block.items() if key != "extends"})
    laid.setdefault("paper", shipped[name].get("paper", []))
    return laid if parent is None else {**laid, "extends": parent}


def _on(block: Mapping[str, Any], datasets: Iterable[str]) -> dict[str, Any]:
    """Return a shipped experiment without what it says of datasets that the user does not have."""
    kept = dict(block)
    if "datasets" in kept:
        kept["datasets"] = changed(kept["datasets"], lambda names: [name for name in names if name in datasets])
    if "overrides" in kept:
        kept["overrides"] = {name: own for name, own in kept["overrides"].items() if name in datasets}
    return kept
