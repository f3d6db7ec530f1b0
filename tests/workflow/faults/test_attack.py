"""A minute of ``make attack``: half of it damaged files, half of it kills, of the run that other tests share."""

import subprocess
import sys
import time

import pytest
from tests.workflow.conftest import METRICS, ROOT
from tools.attack.kills import killed_round
from tools.attack.run import Run

pytestmark = [
    pytest.mark.workflow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are found under /proc"),
]
SEED = 11


def tries_of(table):
    """Return the number of tries by the name of the row; how many there is time for depends on the machine."""
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {name.removeprefix("| "): int(count) for name, count, *_ in rows if count.isdigit()}


def test_no_damaged_file_is_taken_for_another(finished):
    command = [sys.executable, "-m", "tools.attack", "--seed", SEED, "--minutes", 0.3, "--run", finished.folder]
    done = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    of_files, of_damages = map(tries_of, done.stdout.split("| damage |"))
    assert len(of_files) > 30, done.stdout
    assert min(of_files.values()) >= 1, done.stdout
    assert sum(of_damages.values()) == sum(of_files.values())


def test_a_run_whose_processes_are_killed_ends_with_the_same_bytes(copied):
    run = Run(copied.folder, tuple(copied.command()), (METRICS,), copied.environment())
    before = run.digest()

    def take_away(_run, _draw):
        for name in ("lite_point_gcn/folds", "lite_point_gcn/examples.h5", "lite_point_gcn/metrics.csv"):
            subprocess.run(["rm", "-r", copied.folder / "results/tiny" / name], check=True)

    found = killed_round(run, before, number=0, seed=SEED, deadline=time.monotonic() + 12, prepare=take_away)
    assert found.differences == []
    assert found.kills.total() >= 1
