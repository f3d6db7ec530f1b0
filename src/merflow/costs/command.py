"""``merflow plan``: what a run would cost in the folder of a study, before it is started."""

import argparse
import contextlib
import tempfile
from pathlib import Path

from merflow.config import read_config
from merflow.costs.dry_run import planned
from merflow.costs.jobs import Estimator
from merflow.costs.lookup import Costs
from merflow.costs.missing import missing
from merflow.costs.parts import parts_of
from merflow.costs.report import format_plan, write_plan
from merflow.costs.table import shipped_costs
from merflow.launch import CONFIG, study_and_rest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "words", nargs="*", metavar="[FOLDER] [TARGET ...]", help="as merflow run takes them (default: this folder)"
    )
    parser.add_argument("--csv", type=Path, help="write the parts of the plan as a table, too")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Plan, and print what it would cost; return 1 where jobs stay unknown, so that a script may ask."""
    folder, targets = study_and_rest(options.words)
    table = options.csv.absolute() if options.csv else None
    with contextlib.chdir(folder), tempfile.TemporaryDirectory(prefix="merflow_plan_") as shared:
        config = read_config(CONFIG)
        found = planned(config, targets, shared=Path(shared))
        estimator = Estimator(config, Costs(shipped_costs()), found.known)
        parts = parts_of(found.jobs, estimator, unknown=found.unknown)
        lacks = list(missing(config, found))
        print(format_plan(found, parts, lacks))
    if table:
        write_plan(parts, table)
    return 1 if found.unknown else 0
