"""Names of code: ``module:attribute``, imported at the first use."""

from importlib import import_module
from typing import Any


def named(name: str) -> Any:
    """Return what ``module:attribute`` stands for."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
