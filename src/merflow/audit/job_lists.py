"""Compare lists of what jobs have made with what is there: the workflow plans by what the lists say."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from merflow import paths, shard_lists
from merflow.artefacts import KINDS
from merflow.audit.findings import Findings
from merflow.audit.shards import ShardName, Shards
from merflow.errors import ArtefactError
from merflow.job_lists import Lists, Row
from merflow.shard_lists import SHARD_LISTS
from merflow.training import fold_lists
from merflow.training.fold_lists import FOLD_LISTS, FOLDS, row_of
from merflow.training.fold_record import RECORD


def check_shard_lists(dataset: str, shards: Shards, findings: Findings) -> None:
    """Compare the lists of shards of a dataset with the shards."""
    artefacts = shards.root / paths.RESULTS / dataset / "artefacts"
    for folder in sorted(path for path in artefacts.glob("*/*") if path.parent.name in KINDS):
        _check(
            SHARD_LISTS,
            folder,
            partial(_shard, ShardName(dataset, folder.parent.name, folder.name, ""), shards),
            findings,
        )


def _shard(variant: ShardName, shards: Shards, row: shard_lists.Row) -> tuple[str, str]:
    return f"the shard of {row.subject}", shards.digest(variant._replace(subject=row.subject))


def check_fold_lists(experiment: Path, findings: Findings) -> None:
    """Compare the lists of folds of an experiment, whose folder is given, with the records of the folds."""
    _check(FOLD_LISTS, experiment, partial(_fold, experiment / FOLDS), findings)


def _fold(folds: Path, row: fold_lists.Row) -> tuple[str, str]:
    there = (folds / row.fold / RECORD).is_file()
    return f"the record of {row.fold}", row_of(folds / row.fold).sha256 if there else ""


def _check(lists: Lists[Row], folder: Path, now: Callable[[Row], tuple[str, str]], findings: Findings) -> None:
    """Refuse lists that name another content than there is, or that cannot be read.

    What is missing is no fault of its list: the next run forgets the list.

    Parameters
    ----------
    lists : Lists
    folder : Path
        That the lists lie in.
    now : callable
        Returns what a row names, for messages, and the SHA-256 that it has now: empty where it is missing or damaged.
    findings : Findings
    """
    for path in lists.lie_in(folder):
        findings.count(path)
        try:
            rows = lists.read(path)
        except ArtefactError as error:
            findings.add_refused(path, error, force=(), remove=[path])
            continue
        for row in rows:
            what, found = now(row)
            if found and found != row.sha256:
                expected = f"{what} as it is now (sha256 {found[:16]})"
                findings.add(path, expected, f"another content ({row.sha256[:16]})", remove=[path])
