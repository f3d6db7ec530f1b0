"""Values of a configuration that remember the file and line where they stand, for ``merflow config``.

A tree of them goes through the same functions as a tree of plain values: blocks are ordinary mappings, and only what
stands at the end of a path, a number, a text or a list, is wrapped.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from merflow.untrusted.yaml_file import SAFE_LOADER, read_yaml


@dataclass(frozen=True, slots=True)
class Located:
    """One value with its place.

    Parameters
    ----------
    value : any
        A plain value or a list.
    file : Path
    line : int
        Counted from 1.
    path : tuple of str
        Keys that lead to the value in its file.
    """

    value: Any
    file: Path
    line: int
    path: tuple[str, ...]


def plain(leaf: Any) -> Any:
    """Return a value without its place."""
    return leaf.value if isinstance(leaf, Located) else leaf


def changed(leaf: Any, change: Callable[[Any], Any]) -> Any:
    """Return a value after a change; one that has a place keeps it."""
    return replace(leaf, value=change(leaf.value)) if isinstance(leaf, Located) else change(leaf)


def read_located(path: Path) -> Any:
    """Read a YAML file as :func:`merflow.untrusted.yaml_file.read_yaml` does, each value with its place.

    Raises
    ------
    ConfigError
        As ``read_yaml``.
    """
    if read_yaml(path) is None:  # which refuses what could not be walked through
        return None
    loader = SAFE_LOADER(path.read_text(encoding="utf-8"))
    try:
        return _located(loader.get_single_node(), loader, path, ())
    finally:
        loader.dispose()


def _located(node: yaml.Node, loader: Any, file: Path, path: tuple[str, ...]) -> Any:
    """Return the value of a node, blocks as mappings of located values."""
    if not isinstance(node, yaml.MappingNode):
        return Located(loader.construct_object(node, deep=True), file, node.start_mark.line + 1, path)
    loader.flatten_mapping(node)
    block = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        block[key] = _located(value_node, loader, file, (*path, str(key)))
    return block
