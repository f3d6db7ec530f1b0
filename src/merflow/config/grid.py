"""Sweeps: one block with ``grid`` stands for an experiment of each combination of its axes."""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

from merflow.config.located import changed, plain
from merflow.config.schema import merge
from merflow.errors import ConfigError
from merflow.untrusted.yaml_file import MAX_SIZE, size

MAX_EXPERIMENTS = 500
"""Experiments that one grid may stand for."""


def expand_grids(experiments: Mapping[str, Any]) -> dict[str, Any]:
    """Return experiments with each grid replaced by those that it stands for.

    A grid is a block whose name holds its axes in braces, and which gives each axis labels with settings::

        gts_gn-beta{beta}:
          extends: gts_gn
          description: Weight of the AU loss {beta}
          grid:
            beta:
              0.1: { training: { au_beta: 0.1 } }
              0.2: { training: { au_beta: 0.2 } }

    One experiment has the settings of the block, and over them those of its label of each axis, a later axis over an
    earlier one. ``{beta}`` stands for the label in the name and in every text of the block.

    Raises
    ------
    ConfigError
        When a grid is not as described, stands for too many experiments, or for one that is there already.
    """
    expanded: dict[str, Any] = {}
    for pattern, block in experiments.items():
        for name, settings in _experiments_of(pattern, block):
            if name in expanded:
                raise ConfigError(
                    f"config: experiments.{pattern}: expected names that no other experiment of the file has, but "
                    f"found {name} twice. Rename one of them, or leave out its label."
                )
            expanded[name] = settings
    return expanded


def _experiments_of(pattern: str, block: Any) -> Iterator[tuple[str, Any]]:
    """Yield the experiments of one block by name: itself, if it has no grid."""
    if not isinstance(block, Mapping) or "grid" not in block:
        yield pattern, block
        return
    common = {key: value for key, value in block.items() if key != "grid"}
    axes = _axes(pattern, plain(block["grid"]))
    _check_number(pattern, block, prod(len(values) for values in axes.values()))
    for combination in product(*(values.items() for values in axes.values())):
        labels = {axis: str(label) for axis, (label, _) in zip(axes, combination, strict=True)}
        settings = common
        for _, own in combination:
            settings = merge(settings, plain(own) or {})
        yield _filled(str(pattern), labels), _filled(settings, labels)


def _axes(pattern: str, grid: Any) -> Mapping[str, Mapping[Any, Any]]:
    """Return the axes of a grid, once found to be as described."""
    where = f"config: experiments.{pattern}.grid"
    if not isinstance(grid, Mapping) or not grid:
        raise ConfigError(f"{where}: expected axes, each with labels and their settings, but found {grid!r}.")
    for axis, values in grid.items():
        if not isinstance(values, Mapping) or not values:
            raise ConfigError(f"{where}.{axis}: expected labels, each with its settings, but found {plain(values)!r}.")
        if f"{{{axis}}}" not in str(pattern):
            raise ConfigError(
                f"{where}.{axis}: expected {{{axis}}} in the name of the block, since experiments of different labels "
                f"need different names, but found {pattern}. Add it."
            )
        for label, own in values.items():
            _check_label(f"{where}.{axis}", label, plain(own))
    return grid


def _check_number(pattern: str, block: Mapping[str, Any], n_experiments: int) -> None:
    """Refuse a grid that would fill the memory."""
    where = f"config: experiments.{pattern}.grid"
    if n_experiments > MAX_EXPERIMENTS:
        raise ConfigError(f"{where}: expected at most {MAX_EXPERIMENTS} experiments, but found {n_experiments}.")
    if n_experiments * size(block) > MAX_SIZE:
        raise ConfigError(
            f"{where}: expected at most {MAX_SIZE} values and characters in all of its experiments, but found more. "
            "Give it fewer labels or a smaller block."
        )


def _check_label(where: str, label: Any, own: Any) -> None:
    """Refuse a label that YAML does not take for a text or a number, and settings that are no block."""
    if isinstance(label, bool) or not isinstance(label, str | int | float):
        raise ConfigError(f'{where}: expected a text or a number as label, but found {label!r}. Write it in quotes "".')
    if own is not None and not isinstance(own, Mapping):
        raise ConfigError(f"{where}.{label}: expected a block of settings, but found {own!r}.")


def _filled(value: Any, labels: Mapping[str, str]) -> Any:
    """Return a value in which every text has the labels in place of their axes."""
    if isinstance(value, Mapping):
        return {key: _filled(item, labels) for key, item in value.items()}
    return changed(value, lambda leaf: _filled_leaf(leaf, labels))


def _filled_leaf(leaf: Any, labels: Mapping[str, str]) -> Any:
    """Return a text or a list of values with the labels in it; other values as they are."""
    if isinstance(leaf, list):
        return [_filled(item, labels) for item in leaf]
    if isinstance(leaf, str) and "{" in leaf:
        for axis, label in labels.items():
            leaf = leaf.replace(f"{{{axis}}}", label)
    return leaf
