"""One way to refuse a setting: its key, what it may be, what it is; and one to name the things that are wrong."""

import difflib
from collections.abc import Collection, Iterable, Sequence

from merflow.errors import ConfigError

SHOWN = 3
"""Names that a message gives; of the others it gives the number."""

_LISTED = 40
"""Names of a section of the configuration that a message lists."""


def check_setting(holds: bool, key: str, *, expected: str, found: object) -> None:
    """Raise ConfigError unless a setting is as expected; `key` is its path in config.yaml."""
    if not holds:
        raise ConfigError(f"{key}: expected {expected}, but found {found!r}. Change it in config.yaml.")


def check_choice(found: object, key: str, allowed: Collection[str]) -> None:
    """Raise ConfigError unless a setting is one of the allowed words."""
    check_setting(found in allowed, key, expected=f"one of {', '.join(allowed)}", found=found)


def check_some(found: Sequence[str], key: str, allowed: Collection[str]) -> None:
    """Raise ConfigError unless a setting is one or more of the allowed words."""
    check_setting(len(found) > 0, key, expected=f"some of {', '.join(allowed)}", found=found)
    for one in found:
        check_choice(one, key, allowed)


def few(names: Sequence[str], shown: int = SHOWN) -> str:
    """Return the first names, and how many more there are: ``a, b and 3 more``."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def known_names(names: Iterable[str]) -> str:
    """Return the names of a section of the configuration: all, or of many how many and the command that prints them."""
    ordered = sorted(names)
    if len(ordered) <= _LISTED:
        return f"Known: {', '.join(ordered)}."
    return f"`merflow config` prints the {len(ordered)} that are known."


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return a hint at the nearest of the known words; empty where none is as near as `cutoff`, of 1 for the same."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return f" Did you mean {near[0]!r}?" if near else ""
