"""A published table with our numbers as a page: one file that needs nothing from outside."""

from collections.abc import Sequence
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from merflow.evaluation.paper_table import TableRow
from merflow.files import atomic_path

WIDTH, HEIGHT = 120, 14  # px of a mark
OURS, PUBLISHED = "#0072b2", "#d55e00"  # Okabe and Ito: colour-blind readers tell them apart


def table_page(rows: Sequence[TableRow], *, title: str) -> str:
    """Return the page of a table: a part for each dataset, label set and protocol that it asks about."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files(__package__).joinpath("paper_page.html").read_text(encoding="utf-8"))
    ordered = sorted(rows, key=_question)  # stable: within a question as printed
    groups = [(", ".join(asked), list(those)) for asked, those in groupby(ordered, _question)]
    return template.render(title=title, groups=groups, number=_number, mark=_mark)


def write_page(rows: Sequence[TableRow], path: Path, *, title: str) -> None:
    """Write the page; the file appears only when whole."""
    with atomic_path(path) as partial:
        partial.write_text(table_page(rows, title=title), encoding="utf-8")


def _question(row: TableRow) -> tuple[str, str, str]:
    return row.dataset, row.labels, row.protocol


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _mark(ours: float, low: float | None, high: float | None, published: float | None) -> str:
    """Return an interval, a dot and a line on a scale from 0 to 1, as the content of an SVG: numbers of ours alone."""
    middle = HEIGHT / 2
    parts = [f'<line x1="0" x2="{WIDTH}" y1="{middle}" y2="{middle}" stroke="#ccc"/>']
    if low is not None and high is not None:
        x, width = WIDTH * low, WIDTH * (high - low)
        parts.append(f'<rect x="{x:.1f}" y="4" width="{width:.1f}" height="6" fill="{OURS}" opacity="0.35"/>')
    parts.append(f'<circle cx="{WIDTH * ours:.1f}" cy="{middle}" r="3" fill="{OURS}"/>')
    if published is not None:
        x = WIDTH * published
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}" stroke="{PUBLISHED}" stroke-width="2"/>')
    return "".join(parts)
