"""YAML files: plain values only, and no more of them than the text seems to hold."""

from pathlib import Path
from typing import Any

import yaml

from merflow.errors import ConfigError
from merflow.reading import next_move, refusal

MAX_SIZE = 10**6
"""Values and characters of a configuration, counted as often as aliases repeat them; the shipped one has 16 000."""


def read_yaml(path: Path) -> Any:
    """Read a YAML file of plain values.

    Raises
    ------
    ConfigError
        When it cannot be read, is no YAML, names Python objects, or repeats itself by aliases until it is too large or
        has no end.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
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
    if _size(content, {}) > MAX_SIZE:
        raise ConfigError(
            f"expected at most {MAX_SIZE} values and characters, found more: aliases (*name) of aliases, or one of "
            "itself, repeat them. Write them out, or take another configuration."
        )


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
