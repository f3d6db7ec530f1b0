"""What an audit has found, as text: one line a fault, then the commands that mend them all."""

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from merflow.audit.findings import Findings
from merflow.evaluation.rows import count
from merflow.paths import is_place_of_shard

_SNAKEMAKE = ("snakemake", "--cores", "all")


def format_findings(findings: Findings) -> str:
    """Return the report of an audit."""
    return "\n".join(_lines(findings))


def commands(findings: Findings) -> list[str]:
    """Return what to type so that every fault is mended, in this order.

    What is damaged is made first, and by itself: where it comes out as it was, nothing behind it is made again.
    Shards come before what is read from them, which Snakemake does not know to wait for one that is forced. The metrics
    come last; their job asks for every part that is missing.
    """
    found = []
    if findings.removed:
        found.append(["rm", "--", *_texts(findings.removed)])
    shards = [path for path in findings.forced if is_place_of_shard(path)]
    others = [path for path in findings.forced if not is_place_of_shard(path)]
    for forced in filter(None, (shards, others)):
        found.append([*_SNAKEMAKE, "--force", "--", *_texts(forced)])
    if findings.targets:
        found.append([*_SNAKEMAKE, "--", *_texts(findings.targets)])
    return [shlex.join(words) for words in found]


def _texts(files: Iterable[Path]) -> list[str]:
    return [str(path) for path in files]


def _lines(findings: Findings) -> Iterator[str]:
    yield from (f"{fault.path}: {fault.what}" for fault in findings.faults)
    yield from (f"note: {note}" for note in dict.fromkeys(findings.notes))
    compared = f"{count(len(findings.compared), 'file')} ({sum(findings.compared.values()) / 1e6:.1f} MB)"
    if not findings.faults:
        yield f"Whole: {compared} compared with their records."
        return
    yield f"{count(len(findings.faults), 'fault')} in {compared}. To mend them, type in the folder of the workflow:"
    yield from (f"  {command}" for command in commands(findings))
