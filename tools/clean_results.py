"""Remove the results, after saying what they are and what they cost.

Usage: python3 -m tools.clean_results [--yes] [RESULTS]. Needs no package, so that it works without .venv.
"""

import argparse
import csv
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

RESULTS = Path("results")
RULES_THAT_TRAIN = ("train_folds", "fit_baselines", "train_magnifier")


def main(arguments: list[str] | None = None) -> int:
    """Name what lies in the folder, ask, and remove it; return the exit status."""
    parser = argparse.ArgumentParser(prog="make clean-results", description=__doc__)
    parser.add_argument("results", nargs="?", type=Path, default=RESULTS)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)
    if not options.results.exists():
        print(f"{options.results}: nothing to remove.")
        return 0
    for line in inventory(options.results):
        print(line)
    if not (options.yes or _agreed(options.results)):
        print("Nothing was removed.")
        return 1
    if options.results.is_symlink():  # the folder that it leads to may be shared
        print(f"{options.results} is a link to {options.results.resolve()}: remove that folder by hand.")
        return 1
    if options.results.resolve() == RESULTS.resolve():
        shutil.rmtree(".snakemake/metadata", ignore_errors=True)  # what Snakemake notes of these results and no others
    shutil.rmtree(options.results)
    print(f"Removed {options.results}.")
    return 0


def inventory(results: Path) -> Iterator[str]:
    """Yield a line for each experiment with trained folds and for each dataset, then the whole."""
    files = [path for path in results.rglob("*") if path.is_file() and not path.is_symlink()]
    yield f"{results.resolve()}: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e9:.2f} GB"
    folds = Counter(path.parents[2] for path in results.glob("*/*/folds/*/predictions.csv"))
    hours = training_hours(results)
    for folder, count in sorted(folds.items()):
        name = folder.relative_to(results).as_posix()
        yield f"  {name}: {count} trained folds, {hours.get(name, 0.0):.2f} core-hours by their benchmarks"
    yield f"  all trainings: {sum(hours.values()):.2f} core-hours by their benchmarks"


def training_hours(results: Path) -> dict[str, float]:
    """Return the hours of CPU of training by experiment (``<dataset>/<experiment>``), by Snakemake's benchmarks."""
    hours: defaultdict[str, float] = defaultdict(float)
    for rule in RULES_THAT_TRAIN:
        for path in (results / "benchmarks" / rule).rglob("*.tsv"):
            parts = path.relative_to(results / "benchmarks" / rule).parts
            with path.open(encoding="utf-8") as file:
                rows = list(csv.DictReader(file, delimiter="\t"))
            hours["/".join(parts[:2])] += sum(_number(row.get("cpu_time")) for row in rows) / 3600
    return hours


def _number(text: str | None) -> float:
    """Return a cell of a benchmark; Snakemake writes NA or - where it could not measure."""
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _agreed(results: Path) -> bool:
    if not sys.stdin.isatty():
        print("Nobody is there to ask: give --yes (make clean-results YES=1).")
        return False
    return input(f"Remove {results} with all of this? [y/N] ").strip().lower() in ("y", "yes")


if __name__ == "__main__":
    sys.exit(main())
