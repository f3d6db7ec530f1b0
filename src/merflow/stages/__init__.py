"""The stages of preprocessing: a folder for each kind of artefact, with everything that belongs to it.

Each folder declares its stage (``STAGE``), and tables of kinds are made from these declarations: adding a stage is
adding a folder, and a rule of the workflow that runs it.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from merflow.stages.declaration import Stage, in_order

STAGES: Mapping[str, Stage] = in_order(
    {found.name: import_module(f"{__name__}.{found.name}").STAGE for found in iter_modules(__path__) if found.ispkg}
)
"""Declarations by kind, in the order in which data flow."""

UPSTREAM: Mapping[str, str] = {kind: stage.upstream for kind, stage in STAGES.items() if stage.upstream}
"""The kind that each kind is computed from; a variant names that kind's variant under this key."""

READABLE: tuple[str, ...] = tuple(kind for kind, stage in STAGES.items() if stage.examples)
"""Kinds of artefact that examples can be read from."""


def ancestors(kind: str) -> list[str]:
    """Return the kinds that a kind goes back to, recordings' side first."""
    found: list[str] = []
    while upstream := STAGES[kind].upstream:
        found.insert(0, upstream)
        kind = upstream
    return found
