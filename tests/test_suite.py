"""The suite itself: what it must do on machines that are unlike the one where it was written."""

import os
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).with_name("conftest.py")
INTERRUPTED = """
import signal, subprocess, sys
def test_a_child_is_ended_by_sigint():
    child = subprocess.Popen([sys.executable, "-c", "print('ready', flush=True); import time; time.sleep(60)"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout.readline() == "ready\\n"
    child.send_signal(signal.SIGINT)
    assert child.wait(timeout=10) != 0
"""


def test_children_are_interrupted_where_sigint_is_ignored(tmp_path):
    (tmp_path / "test_child.py").write_text(INTERRUPTED)
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text())
    shell = f"trap '' INT; {sys.executable} -m pytest -q -p no:cacheprovider {tmp_path}"
    environment = os.environ | {"PYTHONPATH": str(CONFTEST.parents[1])}  # the fixtures that the conftest imports
    done = subprocess.run(
        ["sh", "-c", shell], capture_output=True, text=True, timeout=60, cwd=tmp_path, env=environment
    )
    assert "1 passed" in done.stdout, done.stdout


def test_every_test_has_a_time_limit(pytestconfig):
    assert 0 < float(pytestconfig.getini("timeout")) <= 300
