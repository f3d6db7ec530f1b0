"""What ``merflow plan`` gives to a dry run of the workflow and takes from it: indexes that are not made, and the jobs.

A handler of Snakemake's own log, as that of :mod:`merflow.progress`: a dry run tells each job that it plans.
"""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from merflow.datasets.clip import Clip
from merflow.datasets.clip_table import write_clips

VARIABLE = "MERFLOW_PLAN"
"""Environment variable with the folder that both sides share; it is not among the results."""

INDEXES = "indexes"
"""Folder of the indexes in it, each below the name of its dataset as a result is."""

_JOBS, _WARNINGS = "jobs.jsonl", "warnings.jsonl"


class PlannedJob(NamedTuple):
    """One job that Snakemake would run.

    Attributes
    ----------
    rule : str
    wildcards : mapping of str to str
    reason : str
        Why, in Snakemake's words.
    """

    rule: str
    wildcards: Mapping[str, str]
    reason: str = ""

    @property
    def dataset(self) -> str:
        """Dataset that it belongs to; empty where it belongs to none."""
        return self.wildcards.get("dataset", "")


class JobList(logging.Handler):
    """Write down each job that a dry run plans, and each warning; a target that makes no file, as ``all``, is no job.

    Parameters
    ----------
    folder : Path
        That `VARIABLE` names.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.INFO)
        self._folder = folder
        for name in (_JOBS, _WARNINGS):
            (folder / name).write_text("", encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """Take an event of Snakemake."""
        if record.levelno == logging.WARNING:
            self._add(_WARNINGS, record.getMessage())
        elif str(getattr(record, "event", None) or "") == "job_info" and record.output:  # type: ignore[attr-defined]
            reason = str(getattr(record, "reason", None) or "")
            self._add(_JOBS, [record.rule_name, dict(record.wildcards), reason])  # type: ignore[attr-defined]

    def _add(self, name: str, value: object) -> None:
        with (self._folder / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(value) + "\n")


def tell_jobs(logger: logging.Logger) -> None:
    """Let a dry run tell its jobs to the ``merflow plan`` that started it; another run tells nobody."""
    folder = os.environ.get(VARIABLE)
    if folder:
        logger.addHandler(JobList(Path(folder)))


def jobs_told(folder: Path) -> list[PlannedJob]:
    """Return the jobs that a dry run has written down."""
    return [PlannedJob(*one) for one in _lines(folder / _JOBS)]


def warnings_told(folder: Path) -> list[str]:
    """Return the warnings that a dry run has written down, each once."""
    return list(dict.fromkeys(_lines(folder / _WARNINGS)))


def foresee_index(folder: Path, dataset: str, clips: tuple[Clip, ...]) -> Path:
    """Write the index of a dataset for the next dry run, and return its path."""
    path = _index_in(folder, dataset)
    write_clips(clips, path)
    return path


def foreseen_index(dataset: str) -> str:
    """Return the path of an index that ``merflow plan`` has made for this dry run; empty where there is none."""
    folder = os.environ.get(VARIABLE)
    path = _index_in(Path(folder), dataset) if folder else None
    return str(path) if path and path.is_file() else ""


def _index_in(folder: Path, dataset: str) -> Path:
    return folder / INDEXES / dataset / "clips.csv"


def _lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
