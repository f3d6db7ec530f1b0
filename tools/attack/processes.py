"""Processes of one session, as /proc shows them: Snakemake, its jobs, and what these have started."""

import os
import re
import signal
import time
from dataclasses import dataclass
from pathlib import Path

SNAKEMAKE, JOB, HELPER = "Snakemake", "a job", "a process of a job"
_SCRIPT = re.compile(r"\.snakemake/scripts/")


@dataclass(frozen=True, slots=True)
class Process:
    """A process that runs.

    Parameters
    ----------
    pid : int
    kind : str
        `SNAKEMAKE`, `JOB` or `HELPER`.
    """

    pid: int
    kind: str


def processes_of(session: int) -> list[Process]:
    """Return the processes of a session that run; one that has ended and waits for its parent does not."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            state, _, _, its_session, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(its_session) == session and state != "Z":
            pid = int(folder.name)
            found.append(Process(pid, SNAKEMAKE if pid == session else JOB if _SCRIPT.search(command) else HELPER))
    return sorted(found, key=lambda process: process.pid)


def send(process: Process, number: signal.Signals) -> bool:
    """Send a signal; return whether the process was still there."""
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return False
    return True


def end_all(session: int) -> None:
    """Kill what is left of a session, as docs/faults.md tells a user to do after Snakemake was killed."""
    while left := processes_of(session):
        for process in left:
            send(process, signal.SIGKILL)
        time.sleep(0.05)
