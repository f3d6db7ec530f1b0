"""Write the tables of docs/benchmark.md from what has been run of the benchmark. Run by make benchmark."""

from pathlib import Path

import pandas as pd
from tools.benchmark.methods import DATASET, methods, shipped_config, target
from tools.benchmark.tables import claim_table, difference_table, missing_table, score_table
from tools.page_tables import replaced

from merflow import paths
from merflow.evaluation.predictions import read_collected
from merflow.synthesis.conditions_table import read_difficulties

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/benchmark.md"


def benchmark_tables(root: Path) -> dict[str, str]:
    """Return each table of the page by its mark.

    Parameters
    ----------
    root : Path
        Folder that holds ``results``.

    Raises
    ------
    SystemExit
        Nothing has been run.
    """
    config = shipped_config()
    names = methods(config)
    files = {name: root / paths.experiment(DATASET, name, "predictions.csv") for name in names}
    runs: dict[str, pd.DataFrame] = {name: read_collected(path) for name, path in files.items() if path.is_file()}
    if not runs:
        raise SystemExit(f"expected results of the benchmark in {root / 'results'}, found none. Run {target(names[0])}")
    difficulty = read_difficulties(root / paths.raw(DATASET))
    return {
        "scores": score_table(config, runs, difficulty, DATASET),
        "differences": difference_table(runs),
        "claims": claim_table(runs),
        "not run": missing_table([name for name in names if name not in runs]),
    }


def main() -> None:
    """Replace the tables of the page."""
    text = PAGE.read_text(encoding="utf-8")
    for mark, table in benchmark_tables(ROOT).items():
        text = replaced(text, mark, table, page=PAGE)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
