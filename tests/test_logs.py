"""What a job says when it ends by an error: the user's mistakes without a traceback, our own with one."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from merflow.errors import DatasetError
from merflow.logs import configure_logging
configure_logging(sys.argv[1])
{}
"""


@pytest.fixture
def run(tmp_path):
    """Run lines as a job does; return what came on the screen and what is in its log."""

    def execute(lines):
        log = tmp_path / "logs/job.log"
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT.format(lines), log], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 1
        return done.stderr, log.read_text()

    return execute


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("raise DatasetError('expected this, found that')", "DatasetError: expected this, found that"),
        ("open('/nowhere/clips.csv')", "FileNotFoundError: the system refuses: [Errno 2] No such file or directory: "),
        ("raise OSError(116, 'Stale file handle', 'a.jpg')", "look at the disk or the connection"),
    ],
)
def test_what_the_user_can_mend_comes_without_a_traceback_and_has_one_in_the_log(run, lines, said):
    screen, log = run(lines)
    assert said in screen
    assert "Traceback" not in screen
    assert said in log
    assert "Traceback" in log


@pytest.mark.parametrize("lines", ["1 / 0", "raise OSError('without a number')"])
def test_our_own_faults_come_with_a_traceback(run, lines):
    screen, _ = run(lines)
    assert "this is a fault of merflow or its environment" in screen
    assert "Traceback" in screen
