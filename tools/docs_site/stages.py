"""The page of a kind of artefact, from its declaration."""

from collections.abc import Mapping, Sequence
from typing import Any

from tools.docs_site.tables import SETTING_COLUMNS, Schema, setting_rows, table

from merflow.artefacts.schema import Field
from merflow.stages import STAGES


def stage_page(kind: str, schema: Schema, shipped: Mapping[str, Any]) -> str:
    """Return the page of a kind: what it holds, its settings, the shipped variants, who is computed from it."""
    stage = STAGES[kind]
    after = [name for name, other in STAGES.items() if kind in other.upstreams]
    settings = schema["properties"][kind]["additionalProperties"]
    fields = (_field(name, field) for name, field in stage.schema.fields.items())
    attrs = ((f"`{name}`", meaning) for name, meaning in stage.schema.attrs.items())
    parts = [
        f"# {kind}\n\n{stage.schema.description}. How it is computed, and why: [{kind}](../../stages/{kind}.md).\n",
        f"Computed from {_links(stage.upstreams, joined_by=' or ') if stage.upstream else 'recordings'}."
        + (f" Read by {_links(after)}.\n" if after else "\n"),
        "## Arrays of a clip\n",
        table(("array", "axes", "type", "unit", "meaning"), fields),
        "## Attributes of a clip\n" if stage.schema.attrs else "",
        table(("attribute", "meaning"), attrs),
        f"## Settings\n\nOf a variant: `{kind}: {{ <name>: {{ ... }} }}` in `config.yaml`.\n",
        table(SETTING_COLUMNS, setting_rows(settings)),
        "## Shipped variants\n\n" + ", ".join(f"`{kind}/{name}`" for name in shipped[kind]) + "\n",
    ]
    return "\n".join(part for part in parts if part)


def _field(name: str, field: Field) -> tuple[str, ...]:
    marks = [f"missing = {field.missing}" if field.missing else "", "optional" if field.optional else ""]
    meaning = "; ".join(filter(None, (field.description, *marks)))
    return f"`{name}`", ", ".join(field.dims), field.dtype, field.units, meaning


def _links(kinds: Sequence[str], *, joined_by: str = ", ") -> str:
    return joined_by.join(f"[{kind}]({kind}.md)" for kind in kinds)
