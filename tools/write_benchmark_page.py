"""Keep what has been run of the benchmark, and write the tables of docs/benchmark.md from all that is kept.

Run by make benchmark.
"""

from pathlib import Path

from tools.benchmark.kept import keep, kept_runs
from tools.benchmark.methods import DATASET, methods, shipped_config, target
from tools.benchmark.tables import claim_table, difference_table, missing_table, score_table
from tools.page_tables import replaced

from merflow import paths, plan
from merflow.config.load import SCHEMA_PATH, read_schema
from merflow.evaluation.predictions import read_collected
from merflow.evaluation.settings_file import read_settings
from merflow.synthesis.conditions_table import read_difficulties

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/benchmark.md"
KEPT = ROOT / "docs/benchmark"


def keep_results(root: Path, folder: Path) -> None:
    """Keep the predictions of each method that has been run.

    Parameters
    ----------
    root : Path
        Folder that holds ``results``.
    folder : Path
        Of the predictions that are kept.
    """
    predictions = {
        name: root / paths.experiment(DATASET, name, "predictions.csv") for name in methods(shipped_config())
    }
    made = {name: path for name, path in predictions.items() if path.is_file()}
    difficulty = read_difficulties(root / paths.raw(DATASET)) if made else {}
    for name, path in made.items():
        settings = read_settings(path.with_name("settings.yaml"))
        keep(folder, name, read_collected(path), difficulty, settings=settings)


def benchmark_tables(folder: Path) -> dict[str, str]:
    """Return each table of the page by its mark.

    Parameters
    ----------
    folder : Path
        Of the predictions that are kept.

    Raises
    ------
    SystemExit
        Nothing is kept.
    """
    config = shipped_config()
    names = methods(config)
    settings = {name: plan.resolved_settings(config, name, DATASET) for name in names}
    runs = kept_runs(folder, settings, schema=read_schema(ROOT / SCHEMA_PATH))
    if not runs:
        raise SystemExit(f"expected predictions of the benchmark in {folder}, found none. Run {target(names[0])}")
    return {
        "scores": score_table(config, runs, DATASET),
        "differences": difference_table(runs),
        "claims": claim_table(runs),
        "not run": missing_table([name for name in names if name not in runs]),
    }


def page(text: str, tables: dict[str, str]) -> str:
    """Return the text of the page with its tables replaced."""
    for mark, table in tables.items():
        text = replaced(text, mark, table, page=PAGE)
    return text


def main() -> None:
    """Replace the tables of the page."""
    keep_results(ROOT, KEPT)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), benchmark_tables(KEPT)), encoding="utf-8")


if __name__ == "__main__":
    main()
