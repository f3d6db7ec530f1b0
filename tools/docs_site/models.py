"""The page of a network, from what its class declares, its docstring and the shipped experiments."""

from collections.abc import Iterator, Mapping
from typing import Any

from tools.docs_site.tables import SETTING_COLUMNS, Schema, setting_rows, table

from merflow.config.experiments import extended
from merflow.models.declared import NETWORKS


def model_page(name: str, schema: Schema, shipped: Mapping[str, Any]) -> str:
    """Return the page of a network: what it reads and shows, parameters, docstring, experiments."""
    declared = NETWORKS[name]
    shows = ", ".join(declared.shows) or "nothing but its scores"
    parts = [
        f"# {name}\n\n`model: {name}`. Reads examples of {_kinds(declared.reads)}. Shows {shows}.\n",
        f"::: {declared.source.replace(':', '.')}\n    options:\n      members: []\n      heading_level: 2\n",
        "## Parameters\n\nOf an experiment: `model_params: { ... }`.\n",
        table(SETTING_COLUMNS, setting_rows(schema["$defs"]["models"][name])) or "None.\n",
        "## Shipped experiments\n",
        table(("experiment", "artefact", "labels", "row of a paper"), _experiments(name, shipped["experiments"]))
        or "None.\n",
    ]
    return "\n".join(parts)


def _kinds(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"[{kind}](../stages/{kind}.md)" for kind in kinds)


def _experiments(model: str, experiments: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name in experiments:
        whole = extended(name, experiments)
        if whole.get("model") == model:
            paper = whole.get("paper") or []
            cells = [paper] if isinstance(paper, Mapping) else paper
            rows = "; ".join(f"{cell['table']}, {cell['row']}" for cell in cells)
            yield f"`{name}`", f"`{whole.get('artefact', '')}`", f"`{whole.get('labels', '')}`", rows
