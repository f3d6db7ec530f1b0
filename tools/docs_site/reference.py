"""The pages of the reference: one for each stage, dataset and model, the settings, the commands, the library."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from tools.docs_site.datasets import dataset_page
from tools.docs_site.models import model_page
from tools.docs_site.settings import settings_page
from tools.docs_site.stages import stage_page

import merflow
from merflow.cli import _parser
from merflow.config import read_schema
from merflow.config.shipped import shipped_config
from merflow.datasets.declared import DATASETS
from merflow.models.declared import NETWORKS
from merflow.stages import STAGES

SCHEMA = Path(__file__).parents[2] / "workflow/schemas/config.schema.yaml"

_OBJECTS = {
    "Shard": "merflow.artefacts.shard.Shard",
    "ClipArrays": "merflow.artefacts.shard.ClipArrays",
    "Examples": "merflow.artefacts.examples.Examples",
    "Clip": "merflow.datasets.clip.Clip",
    "Predictor": "merflow.prediction.predictor.Predictor",
}
"""What the functions of the library return."""

_CONTRACTS = (
    "merflow.models.network.Network",
    "merflow.datasets.declaration.Dataset",
    "merflow.stages.declaration.Stage",
    "merflow.artefacts.schema.Field",
)
"""What a network, a dataset, a stage and an array of a shard of one's own declare."""


def reference_pages() -> dict[str, str]:
    """Return the text of each page, by its path below ``reference/`` without the suffix."""
    schema, shipped = read_schema(SCHEMA), shipped_config()
    pages = {"library": _library(), "contracts": _contracts(), "commands": _commands()}
    pages |= {"settings": settings_page(schema)}
    pages |= {f"stages/{kind}": stage_page(kind, schema, shipped) for kind in STAGES}
    pages |= {f"datasets/{reader}": dataset_page(reader, schema) for reader in DATASETS}
    pages |= {f"models/{name}": model_page(name, schema, shipped) for name in NETWORKS}
    return pages


def _library() -> str:
    named = {name: place.replace(":", ".") for name, place in sorted(merflow._OFFERED.items())}
    functions = (_documented(place, title=f"merflow.{name}") for name, place in named.items())
    objects = (_documented(place, title=name) for name, place in _OBJECTS.items())
    return "# The library\n\nHow to use it: [merflow in a notebook](../library.md).\n\n" + "".join(
        [*functions, *objects]
    )


def _contracts() -> str:
    guides = ", ".join(f"[a {name}](../adding-a-{name}.md)" for name in ("model", "dataset", "stage"))
    return f"# Contracts\n\nWhat your own code declares. Guides: {guides}.\n\n" + "".join(map(_documented, _CONTRACTS))


def _documented(place: str, title: str = "") -> str:
    """Return the place of a docstring, which mkdocstrings puts in."""
    heading = f"    options:\n      heading: {title}\n      toc_label: {title}\n" if title else ""
    return f"::: {place}\n{heading}\n"


def _commands() -> str:
    return "# Commands\n\n" + "".join(f"## {name}\n\n```\n{text}```\n\n" for name, text in _helps())


def _helps() -> Iterator[tuple[str, str]]:
    parser = _parser()
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    for name, command in commands.choices.items():
        yield f"merflow {name}", command.format_help()
