"""A published table with our numbers as a page: one file that needs nothing from outside."""

from collections.abc import Sequence
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from merflow.evaluation.paper_table import TableRow
from merflow.files import atomic_path
from merflow.pages.marks import mark


def table_page(rows: Sequence[TableRow], *, title: str) -> str:
    """Return the page of a table: a part for each dataset, label set and protocol that it asks about."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files(__package__).joinpath("paper_page.html").read_text(encoding="utf-8"))
    ordered = sorted(rows, key=_question)  # stable: within a question as printed
    groups = [(", ".join(asked), list(those)) for asked, those in groupby(ordered, _question)]
    return template.render(title=title, groups=groups, number=_number, mark=mark)


def write_page(rows: Sequence[TableRow], path: Path, *, title: str) -> None:
    """Write the page; the file appears only when whole."""
    with atomic_path(path) as partial:
        partial.write_text(table_page(rows, title=title), encoding="utf-8")


def _question(row: TableRow) -> tuple[str, str, str]:
    return row.dataset, row.labels, row.protocol


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
