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
        (
            "raise MemoryError",
            "MemoryError: expected memory, but there is none left: MemoryError. This process may have",
        ),
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


FULL = """
import logging, resource, sys
from merflow.logs import configure_logging
if "/dev/full" not in sys.argv[1]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
configure_logging(sys.argv[1])
for _ in range(9):
    logging.getLogger("merflow").info("a line of a log " * 100)
print("done")
"""


@pytest.mark.parametrize(("log", "why"), [("/dev/full", "No space left on device"), ("job.log", "File too large")])
def test_a_log_without_room_ends_no_job_and_is_told_once_at_its_end(tmp_path, log, why):
    path = tmp_path / log
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "done\n")
    assert done.stderr.startswith(f"{path}: lines of this log are missing: {why}. ")
    assert done.stderr.count("\n") == 1


def test_a_log_that_cannot_be_made_for_another_reason_is_an_error(tmp_path):
    (tmp_path / "logs").touch()
    done = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path / "logs/job.log"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "FileExistsError: the system refuses" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_call_for_one_log_keeps_what_was_logged_since_the_first(run):
    """A script configures the log that its imports have written into already."""
    lines = "import logging\nlogging.warning('of an import')\nconfigure_logging(sys.argv[1])\nraise DatasetError('x')"
    screen, log = run(lines)
    assert log.count("of an import") == screen.count("of an import") == 1
    assert log.count("ERROR merflow: DatasetError: x") == 1
