"""Parameters of networks, ``model_params`` in the configuration: the checks and their messages."""

from collections.abc import Sequence

from merflow.errors import ConfigError

ADVICE = "Change it in model_params of config.yaml."


def check_param(holds: bool, model: str, name: str, *, expected: str, found: object) -> None:
    """Raise ConfigError unless a parameter of a network is as expected.

    Parameters
    ----------
    holds : bool
        Whether it is.
    model, name : str
        Of the network in the registry, and of its parameter.
    expected : str
        Goes on from the name: ``of 1 or more``.
    found : object
        Its value.
    """
    if not holds:
        raise ConfigError(f"{model}: expected {name} {expected}, but found {found!r}. {ADVICE}")


def check_word(name: str, found: str, allowed: Sequence[str]) -> None:
    """Raise ConfigError unless a parameter of a network is one of the allowed words."""
    if found not in allowed:
        raise ConfigError(f"unknown {name} {found!r}. Allowed: {', '.join(allowed)}. {ADVICE}")
