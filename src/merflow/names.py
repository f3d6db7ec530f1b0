"""Names that stand for code: ``module:attribute``, loaded when it is asked for."""

from importlib import import_module
from typing import Any


def named(name: str) -> Any:
    """Return what ``module:attribute`` stands for."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)
