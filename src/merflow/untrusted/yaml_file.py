"""YAML files: plain values only, no key twice, and a limit on what aliases may repeat."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from merflow.errors import ConfigError
from merflow.reading import next_move, refusal

MAX_SIZE = 10**6
"""Values and characters of a configuration, counted as often as aliases repeat them; what merflow ships has 20 000. A
larger file is not parsed."""

SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""What ``yaml.safe_load`` does, by libyaml where PyYAML was built with it: seven times as fast."""

_MERGE = "tag:yaml.org,2002:merge"


class _OnceLoader(SAFE_LOADER):  # type: ignore[misc]  # one of two classes
    """A loader that refuses a key that is there twice: YAML forbids it, PyYAML takes the last one without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a block as a dictionary; a merged key (``<<``) may be given anew."""
        lines: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                continue
            name, line = (key.tag, key.value), key.start_mark.line + 1
            if name in lines:
                raise yaml.YAMLError(
                    f"the key {key.value} is there twice in one block, in the lines {lines[name]} and {line}: the "
                    "second would take the place of the first. Put what is below them into one block"
                )
            lines[name] = line
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found


def read_yaml(path: Path) -> Any:
    """Read a YAML file of plain values.

    Raises
    ------
    ConfigError
        When it cannot be read, is no YAML, names Python objects, has a key twice in one block, is too large, or repeats
        itself by aliases until it is or has no end.
    """
    size = path.stat().st_size
    if size > MAX_SIZE:
        raise ConfigError(f"{path}: expected a configuration of at most {MAX_SIZE} bytes, found {size}.")
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_OnceLoader)  # noqa: S506 - plain values only
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: expected YAML, but {error}") from error
    except OSError as error:
        raise ConfigError(f"{path}: {refusal(error)}. {next_move(error)}") from error
    try:
        check_size(content)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from error
    return content


def check_size(content: Any) -> None:
    """Refuse a configuration whose aliases repeat more than anybody would write: checks and messages write it out.

    Raises
    ------
    ConfigError
        Says what was expected.
    """
    if size(content) > MAX_SIZE:
        raise ConfigError(
            f"expected at most {MAX_SIZE} values and characters, found more: aliases (*name) of aliases, or one of "
            "itself, repeat them. Write them out, or take another configuration."
        )


def size(content: Any) -> int:
    """Return the number of values and characters of a configuration, counted as often as aliases repeat them."""
    return _size(content, {})


def _size(value: Any, known: dict[int, int]) -> int:
    """Return how much a value is when written out; each object is looked at once, one inside itself is endless."""
    if isinstance(value, str):
        return 1 + len(value)
    if not isinstance(value, dict | list | tuple | set):
        return 1
    if id(value) not in known:
        known[id(value)] = MAX_SIZE + 1
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_size(part, known) for part in parts)
    return known[id(value)]


def check_numbers(content: Any, where: str = "") -> None:
    """Refuse a number that is none, or that has no end: every comparison with it passes or fails without a word.

    A whole number of more than 63 bits is refused too, since no library takes it.

    Raises
    ------
    ConfigError
        Names the first one's place.
    """
    if isinstance(content, float) and not math.isfinite(content):
        raise ConfigError(f"config: {where}: expected a finite number, but found {content}.")
    if isinstance(content, int) and content.bit_length() > 63:
        raise ConfigError(f"config: {where}: expected a number of 63 bits, but found one of {content.bit_length()}.")
    if isinstance(content, Mapping):
        for key, item in content.items():
            check_numbers(item, f"{where}.{key}" if where else str(key))
    elif isinstance(content, list):
        for number, item in enumerate(content):
            check_numbers(item, f"{where}[{number}]")
