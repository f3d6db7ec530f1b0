"""The forms in which results can be written: those that stages declare, and the examples of a network."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from merflow.checks import nearest
from merflow.errors import ConfigError
from merflow.names import named
from merflow.stages import STAGES
from merflow.stages.exporting import Export

EXAMPLES = "examples_npz"
"""The form of the examples of an experiment, which are no shards."""

EXAMPLES_SUMMARY = "the examples of an experiment as NumPy's .npz: what a network sees, its labels and settings"


class Form(NamedTuple):
    """A form, and the kind of artefact that is written in it."""

    kind: str
    export: Export


@cache
def forms() -> Mapping[str, Form]:
    """Return the forms that stages declare, by name, in the order in which data flow."""
    found: dict[str, Form] = {}
    for kind, stage in STAGES.items():
        for export in named(stage.exports) if stage.exports else ():
            if export.name in found or export.name == EXAMPLES:
                raise ValueError(f"expected one form named {export.name}, but several stages declare it")
            found[export.name] = Form(kind, export)
    return found


def form_named(name: str) -> Form:
    """Return a form of shards.

    Raises
    ------
    ConfigError
        When there is none of that name, with the nearest and all known ones.
    """
    known = forms()
    if name not in known:
        raise ConfigError(
            f"expected a form of export, found {name!r}.{nearest(name, known)} Known: {', '.join((*known, EXAMPLES))}."
        )
    return known[name]
