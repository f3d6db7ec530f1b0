"""Finished trainings that a plan would repeat. They are reported before a run, with the cause and the cost."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from merflow import counts, paths
from merflow.artefacts.differences import differences
from merflow.training.fold_lists import FOLD_LISTS
from merflow.training.fold_record import FoldRecord, read_record
from merflow.training.method import Method


def retraining_notice(
    dataset: str, experiment: str, folds: Sequence[str], *, method: Method, code: str, untracked: bool = False
) -> str:
    """Return what to tell of finished folds that settings or code of now make anew; empty = there are none.

    Parameters
    ----------
    dataset, experiment : str
    folds : sequence of str
        All folds of the experiment.
    method : Method
        What decides a fold now. A seed that is new loses nothing.
    code : str
        Fingerprint of what trains now.
    untracked : bool
        Whether Snakemake has no record of them, and so would keep them.
    """
    wanted = {"settings": method.of_any_seed(), "code": code}
    stale: list[FoldRecord] = []
    for fold in folds:
        record = read_record(Path(paths.fold(dataset, experiment, fold)))
        if record is not None and _causes(record, wanted):
            stale.append(record)
    if not stale:
        return ""
    causes = " or ".join(dict.fromkeys(_causes(record, wanted) for record in stale))
    were, them = ("It was", "it") if len(stale) == 1 else ("They were", "them")
    told = f"{experiment} on {dataset}: {counts.count(len(stale), 'finished fold')} would be"
    if untracked:
        return (
            f"{told} kept, since Snakemake has no record of {them}, as where results were copied without the folder "
            f".snakemake. {were} made with {causes}. To train {them} anew, give the command once with --forceall: each "
            "job keeps what still holds."
        )
    hours = _hours(dataset, experiment)
    cost = f", which took {hours:.2f} core-hours" if hours else ""
    return (
        f"{told} trained anew{cost}. {were} made with {causes}. To keep {them}, undo the edit, or give the changed "
        f"experiment a name of its own (extends: {experiment})."
    )


def _causes(record: FoldRecord, wanted: Mapping[str, Any]) -> str:
    """Return which settings differ; of code only that it does: its fingerprint tells nobody anything."""
    then = record.made_of
    causes = differences({"settings": then.get("settings", {})}, {"settings": wanted["settings"]})
    other_code = "" if then.get("code") == wanted["code"] else "other code of the method or of its training"
    return "; ".join(filter(None, (causes, other_code)))


def _hours(dataset: str, experiment: str) -> float:
    """Return the hours of CPU that the jobs took whose lists name the folds that are there, by their benchmarks.

    A list that names another fold than is there has been removed, so a benchmark without a list is of an earlier one.
    """
    found = 0.0
    for listed in FOLD_LISTS.of_jobs(Path(paths.experiment(dataset, experiment))):
        for rule in ("train_folds", "fit_baselines"):
            path = Path(paths.benchmark(rule, dataset, experiment, listed.stem))
            if path.is_file():
                with path.open(encoding="utf-8") as file:
                    found += sum(_number(row.get("cpu_time")) for row in csv.DictReader(file, delimiter="\t"))
    return found / 3600


def _number(text: str | None) -> float:
    """Return a cell of a benchmark; Snakemake writes NA or - where it could not measure."""
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
