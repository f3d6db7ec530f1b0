"""The page of a dataset, from its declaration."""

from collections.abc import Iterator, Mapping

from tools.docs_site.tables import SETTING_COLUMNS, Schema, setting_rows, table

from merflow.datasets.counts import Counts
from merflow.datasets.declaration import Dataset
from merflow.datasets.declared import DATASETS


def dataset_page(reader: str, schema: Schema) -> str:
    """Return the page of a reader: licence, citation, settings, published counts, label sets, generated layouts."""
    dataset = DATASETS[reader]
    parts = [
        f"# {dataset.title}\n\nReader `{reader}`. What it reads: [{reader}](../../datasets/{reader}.md).\n",
        f"**Licence.** {dataset.licence}\n",
        f"**Cite** {dataset.citation}.\n" if dataset.citation else "",
        f"## Settings\n\nOf a dataset with `reader: {reader}`.\n",
        table(SETTING_COLUMNS, setting_rows(schema["$defs"]["readers"][reader])),
        "## Published counts\n" if dataset.counts else "",
        table(("part", "expression", "rows", "subjects", "by emotion"), _counts(dataset)),
        "## Label sets of its own\n" if dataset.label_sets else "",
        table(("label set", "classes"), _label_sets(dataset.label_sets)),
        "## Layouts that the generator writes\n" if dataset.layouts else "",
        "\n".join(f"- `{name}`" for name in dataset.layouts),
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _counts(dataset: Dataset) -> Iterator[tuple[str, ...]]:
    for (part, expression), counts in dataset.counts.items():
        yield part or "all", expression, *_numbers(counts)


def _numbers(counts: Counts) -> tuple[str, str, str]:
    emotions = ", ".join(f"{name} {count}" for name, count in counts.emotions.items())
    return str(counts.rows or ""), str(counts.subjects or ""), emotions


def _label_sets(label_sets: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    return ((f"`{name}`", ", ".join(classes)) for name, classes in label_sets.items())
