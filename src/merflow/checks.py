"""One way to refuse a setting: its key, what it may be, what it is."""

from collections.abc import Collection

from merflow.errors import ConfigError


def check_setting(holds: bool, key: str, *, expected: str, found: object) -> None:
    """Raise ConfigError unless a setting is as expected; `key` is its path in config.yaml."""
    if not holds:
        raise ConfigError(f"{key}: expected {expected}, but found {found!r}. Change it in config.yaml.")


def check_choice(found: object, key: str, allowed: Collection[str]) -> None:
    """Raise ConfigError unless a setting is one of the allowed words."""
    check_setting(found in allowed, key, expected=f"one of {', '.join(allowed)}", found=found)
