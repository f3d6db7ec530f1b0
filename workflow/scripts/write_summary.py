"""Put every experiment that has metrics beside the others.

Settings: what has to be known of each experiment, its published cells too; folders that the configuration does not
know. Input: metrics.csv, predictions.csv and exclusions.csv of each. Output: results/summary.csv, summary_pairs.csv
(any two on one dataset), summary_across.csv (any two over several datasets) and summary.html, which shows all three.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.summary.across import across_datasets
from merflow.summary.page import write_summary_page
from merflow.summary.pairs import compare_all
from merflow.summary.results import read_result
from merflow.summary.rows import summary_rows, write_rows


def main(facts: Sequence[Mapping[str, Any]], out: Mapping[str, Path], *, unknown: Sequence[tuple[str, str]]) -> None:
    """Write the tables, and the page that is made of them."""
    results = [read_result(own) for own in facts]
    rows, pairs = summary_rows(results), compare_all(results)
    across = across_datasets(pairs, results)
    for name, table in {"table": rows, "pairs": pairs, "across": across}.items():
        write_rows(table, out[name])
    write_summary_page(results, rows, pairs, across, unknown, out["page"])


if __name__ == "__main__":
    main(
        snakemake.params.facts,
        {name: Path(path) for name, path in snakemake.output.items()},
        unknown=snakemake.params.unknown,
    )
