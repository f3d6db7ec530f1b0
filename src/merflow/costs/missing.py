"""What a planned run lacks: licences, clips that are left out, libraries."""

from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

from merflow import paths
from merflow.checks import few
from merflow.config import Config
from merflow.costs.dry_run import Planned
from merflow.costs.jobs import EXAMPLES, FINAL, MAKING, TRAIN
from merflow.costs.known import Known
from merflow.costs.lookup import FIT
from merflow.counts import count
from merflow.datasets.clip import Exclusion
from merflow.datasets.clip_table import read_exclusions
from merflow.doctor.findings import Finding
from merflow.doctor.recordings import recordings_finding
from merflow.doctor.software import library_findings
from merflow.make_command import make_command

_SHOWN = 3
"""Reasons for which clips are left out that are told."""


def missing(config: Config, planned: Planned) -> Iterator[str]:
    """Yield what a planned run lacks, a sentence each.

    Parameters
    ----------
    config : Config
    planned : Planned
    """
    for name in planned.unknown:
        yield (
            f"{name} is not rendered yet, so the jobs behind its index are not known. Render it and plan again: "
            f"{make_command(paths.clips(name))}"
        )
    for name, known in planned.known.items():
        yield from _of_dataset(config, name, known)
    yield from _of_libraries(config, {job.rule.removesuffix("_of_subject") for job in planned.jobs})


def _of_dataset(config: Config, name: str, known: Known) -> Iterator[str]:
    for owner in config.datasets[name].members or [name]:
        block = config.datasets[owner]
        if not block.synthesis and (finding := recordings_finding(owner, block)).state != "ok":
            yield _told(finding)
    rows = _exclusions(known)
    if rows:
        yield f"{name}: {count(len(rows), 'annotated clip')} left out: {_reasons(rows)}."


def _exclusions(known: Known) -> list[Exclusion]:
    """Return the clips that the index leaves out."""
    if known.made_now is not None:
        return list(known.made_now.exclusions)
    table = Path(paths.exclusions(known.dataset))
    return read_exclusions(table) if table.is_file() else []


def _reasons(rows: Iterable[Exclusion]) -> str:
    """Return the most frequent reasons, each with the clips that it concerns."""
    counts = Counter(row["reason"] for row in rows)
    return few([f"{reason} ({times})" for reason, times in counts.most_common()], _SHOWN)


def _of_libraries(config: Config, rules: set[str]) -> Iterator[str]:
    """Yield the libraries that are not installed and that a job of these rules needs."""
    needed = {"", "workflow"}
    if rules & set(MAKING):
        needed.add("preprocess")
    if rules & {EXAMPLES, TRAIN, FIT, FINAL}:
        needed.add("train")
    for extra, finding in library_findings():
        if extra in needed and finding.state != "ok":
            yield _told(finding)
    if config.execution.compression == "zstd" and find_spec("hdf5plugin") is None:
        yield "execution.compression: zstd needs hdf5plugin, which is not installed. Install it: pip install hdf5plugin"


def _told(finding: Finding) -> str:
    return f"{finding.what}: {finding.found}. {finding.advice}".rstrip()
