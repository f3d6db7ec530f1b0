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

READABLE: tuple[str, ...] = tuple(kind for kind, stage in STAGES.items() if stage.examples)
"""Kinds of artefact that examples can be read from."""


def ancestors(kind: str) -> list[str]:
    """Return the kinds that variants of a kind go back to, recordings' side first."""
    found: set[str] = set()
    todo = [kind]
    while todo:
        above = set(STAGES[todo.pop()].upstreams) - found
        found |= above
        todo += above
    return [one for one in STAGES if one in found]
