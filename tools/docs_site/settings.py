"""The page of all settings of ``config.yaml`` but those that have a page of their own."""

from tools.docs_site.tables import SETTING_COLUMNS, Schema, setting_rows, table

from merflow.datasets.declared import DATASETS
from merflow.models.declared import NETWORKS
from merflow.stages import STAGES


def settings_page(schema: Schema) -> str:
    """Return the page: each section of the configuration with a row for every setting."""
    sections = schema["properties"]
    pages = {
        "Of a variant": ", ".join(f"[{kind}](stages/{kind}.md)" for kind in STAGES),
        "Of a dataset, by its reader": ", ".join(f"[{reader}](datasets/{reader}.md)" for reader in DATASETS),
        "Parameters of a model": ", ".join(f"[{name}](models/{name}.md)" for name in NETWORKS),
    }
    parts = ["# Settings\n\nEvery key of `config.yaml`. What they are for: [configuration](../configuration.md).\n"]
    parts += [f"**{title}:** {links}\n" for title, links in pages.items()]
    for name, section in sections.items():
        if name not in STAGES:
            parts += [f"## {name}\n\n{section.get('description', '').replace('``', '`')}\n", _rows(section)]
    return "\n".join(part for part in parts if part)


def _rows(section: Schema) -> str:
    named = section.get("additionalProperties")
    inner = named if isinstance(named, dict) and named.get("properties") else section
    return table(SETTING_COLUMNS, setting_rows(inner))
