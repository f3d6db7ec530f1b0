"""What an audit has found, as text: one line a fault, then the commands that mend them all."""

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

from merflow.audit.findings import Findings
from merflow.counts import count
from merflow.make_command import make_words
from merflow.paths import is_place_of_shard
from merflow.stages import STAGES


def format_findings(findings: Findings) -> str:
    """Return the report of an audit."""
    return "\n".join(_lines(findings))


def commands(findings: Findings) -> list[str]:
    """Return what to type so that every fault is mended, in this order.

    What is damaged is made first, and by itself: where it comes out as it was, nothing behind it is made again.
    Shards are made kind by kind, and before what is read from them: a job that makes those of several subjects does not
    wait for one that is forced. The metrics come last; their job asks for every part that is missing.
    """
    found = []
    if findings.removed:
        found.append(["rm", "--", *_texts(findings.removed)])
    for forced in _in_order(findings.forced):
        found.append([*make_words(), "--force", "--", *_texts(forced)])
    if findings.targets:
        found.append([*make_words(), "--", *_texts(findings.targets)])
    return [shlex.join(words) for words in found]


def _in_order(forced: Iterable[Path]) -> list[list[Path]]:
    """Return the files that are made together: the shards of each kind, recordings' side first, then all others."""
    by_kind: dict[str, list[Path]] = {kind: [] for kind in (*STAGES, "")}
    for path in forced:
        by_kind[path.parts[-3] if is_place_of_shard(path) else ""].append(path)
    return [paths for paths in by_kind.values() if paths]


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
