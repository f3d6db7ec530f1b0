"""Put our number beside each published one of a table.

Settings: the rows of the table and the experiment that each is, as planned. Input: metrics.csv of those experiments.
Output: the table as CSV and as a page.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow import paths
from merflow.evaluation.metrics_table import read_metrics
from merflow.evaluation.paper_table import paper_table, write_table
from merflow.visualization.results.paper_page import write_page


def main(rows: Sequence[Mapping[str, Any]], out: Mapping[str, Path], *, title: str) -> None:
    """Write both; a row whose data are not at hand says so."""
    asked = dict.fromkeys((row["on"], row["experiment"]) for row in rows if not row["missing"])
    metrics = {pair: read_metrics(Path(paths.experiment(*pair, "metrics.csv"))) for pair in asked}
    table = paper_table(rows, metrics)
    write_table(table, out["table"])
    write_page(table, out["page"], title=title)


if __name__ == "__main__":
    main(
        snakemake.params.rows,
        {name: Path(path) for name, path in snakemake.output.items()},
        title=snakemake.params.title,
    )
