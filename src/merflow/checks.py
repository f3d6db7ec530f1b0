"""One way to refuse a setting: its key, what it may be, what it is; and one to name the things that are wrong."""

from collections.abc import Collection, Sequence

from merflow.errors import ConfigError

SHOWN = 3
"""Names that a message gives; of the others it gives the number."""


def check_setting(holds: bool, key: str, *, expected: str, found: object) -> None:
    """Raise ConfigError unless a setting is as expected; `key` is its path in config.yaml."""
    if not holds:
        raise ConfigError(f"{key}: expected {expected}, but found {found!r}. Change it in config.yaml.")


def check_choice(found: object, key: str, allowed: Collection[str]) -> None:
    """Raise ConfigError unless a setting is one of the allowed words."""
    check_setting(found in allowed, key, expected=f"one of {', '.join(allowed)}", found=found)


def few(names: Sequence[str], shown: int = SHOWN) -> str:
    """Return the first names, and how many more there are: ``a, b and 3 more``."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
