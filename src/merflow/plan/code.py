"""Which code a method is: that of its own network or yardstick and of no other, so that no edit of another counts."""

from collections.abc import Collection

from merflow.config.inputs import YARDSTICKS
from merflow.models.names import MODELS

_TABLES = frozenset({"merflow.models.names", "merflow.training.yardsticks"})
"""Modules by which training finds every method; what they name is not part of one method's code."""


def modules_of(models: Collection[str]) -> tuple[str, ...]:
    """Return the modules that hold networks or yardsticks, by their names in the configuration."""
    return tuple(sorted({_module(model) for model in models}))


def modules_beside(models: Collection[str]) -> tuple[str, ...]:
    """Return the modules that a fingerprint of the code of `models` leaves out."""
    return tuple(sorted(_TABLES - {_module(model) for model in models}))


def _module(model: str) -> str:
    return "merflow.training.yardsticks" if model in YARDSTICKS else MODELS[model].partition(":")[0]
