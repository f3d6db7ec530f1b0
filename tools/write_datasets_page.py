"""Write the tables of docs/datasets/comparison.md: what each released set of recordings holds, from its declaration."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

from tools.page_tables import replaced

from merflow.datasets.counts import Counts, Group
from merflow.datasets.declaration import About, Dataset
from merflow.datasets.declared import DATASETS
from merflow.names import named

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/datasets/comparison.md"

SETS = {name: dataset for name, dataset in DATASETS.items() if dataset.about is not None}
"""The released sets of recordings, by reader."""

_HEADS = {
    "recordings": ("set", "people", "clips", "frames a second", "frame, px", "face, px", "annotated"),
    "labels": ("set", "label sets of its own", "known errors that are mended", "what papers score"),
    "licences": ("set", "reader", "who gives it out", "cite"),
}


def tables() -> dict[str, str]:
    """Return the tables by their marks."""
    rows = {"recordings": _recordings, "labels": _labels, "licences": _licences}
    return {mark: _table(_HEADS[mark], [row(name, SETS[name]) for name in SETS]) for mark, row in rows.items()}


def _recordings(name: str, dataset: Dataset) -> Sequence[str]:
    about = _about(dataset)
    unknown = "not published"
    given = f"; given out as {about.given}" if about.given else ""
    sizes = (about.picture or unknown, (about.face or unknown) + given)
    return (_link(name, dataset), str(about.people), _clips(dataset), _rate(dataset), *sizes, about.annotated)


def _labels(name: str, dataset: Dataset) -> Sequence[str]:
    about = _about(dataset)
    own = ", ".join(f"`{one}` ({len(classes)})" for one, classes in sorted(dataset.label_sets.items()))
    return (_link(name, dataset), own, about.mended or "none known", about.protocols)


def _licences(name: str, dataset: Dataset) -> Sequence[str]:
    return (_link(name, dataset), f"`{name}`", dataset.licence, dataset.citation)


def _about(dataset: Dataset) -> About:
    if dataset.about is None:
        raise ValueError(f"expected a released set, found {dataset.title}")
    return dataset.about


def _link(name: str, dataset: Dataset) -> str:
    return f"[{dataset.title}]({name}.md)"


def _clips(dataset: Dataset) -> str:
    """Return the published clips by part and kind: ``860 micro (A), 3346 macro (A)``."""
    return _about(dataset).clips or ", ".join(_of_group(group, counts) for group, counts in dataset.counts.items())


def _of_group(group: Group, counts: Counts) -> str:
    part, kind = group
    return f"{counts.rows} {kind}" + (f" ({part})" if part else "")


def _rate(dataset: Dataset) -> str:
    """Return the frame rate: that of the reader's settings, where it is one number."""
    defaults = [one.default for one in fields(named(dataset.settings)) if one.name == "fps"]
    known = [f"{default:g}" for default in defaults if isinstance(default, float)]
    return known[0] if known else _about(dataset).rate


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(_lines([head, ["---"] * len(head), *rows]))


def _lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        yield f"| {' | '.join(row)} |"


def write() -> None:
    """Write the page."""
    text = PAGE.read_text(encoding="utf-8")
    for mark, table in tables().items():
        text = replaced(text, mark, table, page=PAGE)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
