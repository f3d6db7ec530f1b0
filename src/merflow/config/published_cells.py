"""Rows of published tables that experiments say they are: those of the tables that merflow knows must exist."""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from merflow.checks import nearest
from merflow.errors import ConfigError

REFERENCE = Path(__file__).parents[1] / "evaluation/reference_results.csv"
"""Read here without ``merflow.evaluation``, which imports pandas: planning has no use for it."""


@cache
def published_rows() -> Mapping[str, frozenset[str]]:
    """Return the rows of each published table, as an experiment names them, by ``<paper>:<table>``."""
    rows: dict[str, set[str]] = {}
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        for cell in csv.DictReader(file):
            row = " | ".join(part for part in (cell["method"], cell["variant"]) if part)
            rows.setdefault(f"{cell['paper']}:{cell['table']}", set()).add(row)
    return {table: frozenset(names) for table, names in rows.items()}


def check_published(cells: Iterable[Mapping[str, str]], *, where: str) -> None:
    """Refuse a row that a paper does not have. The tables of a paper that merflow does not know are not checked.

    Parameters
    ----------
    cells : iterable of mapping
        Each with ``table`` and ``row``.
    where : str
        Setting that names them, for the message.

    Raises
    ------
    ConfigError
        When the table is not named as ``<paper>:<table>``, or a known paper has no such table, or the table no such
        row.
    """
    known = published_rows()
    papers = {table.partition(":")[0] for table in known}
    for cell in cells:
        table, row = cell["table"], cell["row"]
        paper, _, number = table.partition(":")
        if not paper or not number:
            raise ConfigError(f"{where}: expected a table as <paper>:<table>, such as gts_gn:V, but found {table!r}.")
        if paper not in papers:
            continue
        if table not in known:
            tables = ", ".join(sorted(name for name in known if name.startswith(f"{paper}:")))
            raise ConfigError(f"{where}: unknown table {table!r}. Known of this paper: {tables}.")
        if row not in known[table]:
            rows = ", ".join(sorted(known[table]))
            raise ConfigError(f"{where}: table {table} has no row {row!r}.{nearest(row, known[table])} Known: {rows}.")
