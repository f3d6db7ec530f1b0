"""The configuration as it is used, as text: all of it, or one experiment with the place of each value."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from merflow.config.experiments import extended
from merflow.config.load import read_config
from merflow.config.located import Located, read_located
from merflow.config.schema import merge
from merflow.config.shipped import FOLDER, replaced_by_user, shipped_config, with_shipped
from merflow.settings import to_plain
from merflow.untrusted.yaml_file import read_yaml

COLUMN = 56
"""Characters before the place of a value; a longer value pushes it to the right."""

DEFAULT = "default"
"""What to say of a value that no file gives."""


def format_config(path: Path) -> str:
    """Return the whole configuration as YAML, what merflow ships and every default included.

    Parameters
    ----------
    path : Path
        ``config.yaml`` in the root of the workflow.

    Raises
    ------
    ConfigError
        As :func:`merflow.config.read_config`.
    """
    config = read_config(path)
    lines = [f"# {path} over what merflow ships: {FOLDER}"]
    lines += [f"# {block}: of {path}, in place of the shipped one" for block in replaced_by_user(read_yaml(path))]
    text: str = yaml.safe_dump(config.plain, sort_keys=False, allow_unicode=True, width=120)
    return "\n".join([*lines, text])


def format_experiment(path: Path, name: str, dataset: str) -> str:
    """Return what the result of one experiment on one dataset depends on, as YAML, with the place of each value.

    Parameters
    ----------
    path : Path
        ``config.yaml`` in the root of the workflow.
    name, dataset : str
        Keys of ``experiments`` and ``datasets``.

    Returns
    -------
    str
        The experiment, the variants of artefacts that it goes through, and the dataset. A place is a file with line and
        the block there: a parent's, where the experiment inherits the value.

    Raises
    ------
    ConfigError
        As :func:`merflow.config.read_config`, or when either is unknown.
    """
    config = read_config(path)
    experiment = config.experiment(name, dataset)
    settings = experiment.plain() | {"paper": to_plain(experiment.paper)}
    del settings["extends"]  # resolved: the places name the parents
    written = with_shipped(read_located(path), shipped_config(read_located))
    own = extended(name, written["experiments"])
    overrides = own.pop("overrides", {})
    blocks: list[tuple[str, Mapping[str, Any], Any]] = [
        (f"experiments.{name}", settings, merge(own, overrides.get(dataset, {})))
    ]
    for kind, variant in reversed(config.chain(experiment.artefact)):
        blocks.append((f"{kind}.{variant}", config.variant(kind, variant).plain, written[kind][variant]))
    blocks.append((f"datasets.{dataset}", config.plain["datasets"][dataset], written["datasets"][dataset]))
    lines = [f"# {name} on {dataset}, and where each value is from"]
    for title, resolved, located in blocks:
        lines += [f"{title}:", *_lines(resolved, located, path, depth=1)]
    return "\n".join([*lines, ""])


def _lines(resolved: Mapping[str, Any], located: Any, user: Path, *, depth: int) -> Iterator[str]:
    """Yield the lines of a block of settings, each value with its place."""
    for key, value in resolved.items():
        there = located.get(key) if isinstance(located, Mapping) else None
        start = f"{'  ' * depth}{key}:"
        if isinstance(value, Mapping) and value:
            yield start
            yield from _lines(value, there, user, depth=depth + 1)
        else:
            line = f"{start} {_as_yaml(value)}"
            yield f"{line:<{COLUMN}}  # {_place(there, user, depth)}"


def _place(leaf: Any, user: Path, depth: int) -> str:
    """Return where a value of a file stands: file and line, and the block that holds it."""
    if not isinstance(leaf, Located):
        return DEFAULT
    file = str(user) if leaf.file == user else f"merflow/{FOLDER.name}/{leaf.file.name}"
    return f"{file}:{leaf.line} {'.'.join(leaf.path[1:-depth])}"


def _as_yaml(value: Any) -> str:
    """Return a value on one line, as it could be written in config.yaml."""
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=float("inf"))
    line = text.removesuffix("...\n").strip()
    return json.dumps(value) if "\n" in line else line  # a text of several lines, with \n in place of their ends
