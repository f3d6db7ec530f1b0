"""Kills: signals at random times to random processes of a run, until it ends; then its bytes are compared."""

import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from tools.attack.processes import SNAKEMAKE, Process, end_all, processes_of, send
from tools.attack.run import Run

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
SHORTEST_S, LONGEST_S = 0.1, 2.0
"""Between two tries to kill; Snakemake plans for a second or two, and a job takes as long."""

LATEST_S = 600
"""After the last kill; a run that fails until then does not go on with the same command."""

SHARE_OF_SNAKEMAKE = 0.25
"""Of the tries: it is there all the time, and after each of its kills the whole command must be given again."""


@dataclass(slots=True)
class Round:
    """One run to its end.

    Parameters
    ----------
    number : int
    kills : Counter
        By kind of process and name of the signal.
    restarts : int
        How often the command was given again.
    differences : list of str
        Results whose bytes are not those of an undisturbed run.
    """

    number: int
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    restarts: int = 0
    differences: list[str] = field(default_factory=list)


def killed_round(
    run: Run,
    expected: Mapping[str, str],
    *,
    number: int,
    seed: int,
    deadline: float,
    prepare: Callable[[Run, Random], None],
) -> Round:
    """Run once to the end under fire, and compare.

    Parameters
    ----------
    run : Run
    expected : mapping of str to str
        Digest of the undisturbed run.
    number, seed : int
        Of the draws. The times are the same each time, what they hit is not quite.
    deadline : float
        By ``time.monotonic()``; after it nothing is killed any more.
    prepare : callable
        Takes away what the run is to make.
    """
    draw, result = Random(f"{seed} kills {number}"), Round(number)
    prepare(run, draw)
    while True:
        snakemake = run.start()
        try:
            _fire(snakemake, draw, deadline, result.kills)
            status = snakemake.wait()
        finally:
            end_all(snakemake.pid)
        if status == 0:
            break
        result.restarts += 1
        if time.monotonic() > deadline + LATEST_S:
            raise SystemExit(f"no end after {LATEST_S} s without a kill: see {run.folder / 'attack.log'}")
        run.unlock()
    found = run.digest()
    result.differences = sorted(
        name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name)
    )
    return result


def take_away(run: Run, draw: Random) -> None:
    """Remove everything, everything but the recordings, or what comes after the artefacts."""
    kept = draw.choice([(), ("raw",), ("raw", "artefacts", "clips.csv", "exclusions.csv")])
    if not kept:
        shutil.rmtree(run.folder / ".snakemake")
    for dataset in (run.folder / "results").glob("*/clips.csv"):
        for path in dataset.parent.iterdir():
            if path.name.removesuffix(".sha256") not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _victim(running: Sequence[Process], draw: Random) -> Process | None:
    """Return Snakemake or a process of a job; None where there is none of these at the moment."""
    wanted = draw.random() < SHARE_OF_SNAKEMAKE
    of_kind = [process for process in running if (process.kind == SNAKEMAKE) == wanted]
    return draw.choice(of_kind) if of_kind else None


def _fire(snakemake: subprocess.Popen[bytes], draw: Random, deadline: float, kills: Counter[tuple[str, str]]) -> None:
    """Send signals until Snakemake has ended, or the time is over."""
    while time.monotonic() < deadline:
        try:
            snakemake.wait(timeout=draw.uniform(SHORTEST_S, LONGEST_S))
            return
        except subprocess.TimeoutExpired:
            victim, number = _victim(processes_of(snakemake.pid), draw), draw.choice(SIGNALS)
        if victim is not None and send(victim, number):
            kills[victim.kind, number.name] += 1
