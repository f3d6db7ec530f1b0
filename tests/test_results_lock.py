"""Two working directories with one results folder: the second Snakemake is refused while the first one works."""

import errno
import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from merflow.errors import MerflowError
from merflow.plan import lock_results

HOLD = """
import sys
from pathlib import Path
from merflow.plan import lock_results
lock_results(Path(sys.argv[1]), directory=Path(sys.argv[2]))
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folders(tmp_path):
    """Return two working directories, `results` of which are links to one folder."""
    (tmp_path / "scratch").mkdir()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "results").symlink_to(tmp_path / "scratch")
    return tmp_path / "a", tmp_path / "b"


@pytest.fixture
def hold():
    """Lock the results of a working directory in a process of its own, until the test ends or the process is killed."""
    started = []

    def start(folder: Path):
        command = [sys.executable, "-c", HOLD, str(folder / "results"), str(folder)]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "locked\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=60)


def test_another_working_directory_is_refused_with_the_name_of_the_first(folders, hold):
    first, second = folders
    hold(first)
    with pytest.raises(MerflowError) as caught:
        lock_results(second / "results", directory=second)
    message = str(caught.value)
    assert message.startswith(f"Directory cannot be locked: {first.parent / 'scratch'}, the results of {second}, is in")
    assert f"started in {first} (on " in message


def test_one_working_directory_shares_the_lock_whatever_link_leads_to_it(folders, hold, tmp_path):
    (tmp_path / "link").symlink_to(folders[0])
    hold(folders[0])
    hold(tmp_path / "link")


def test_the_lock_goes_with_its_process_however_that_ends(folders, hold):
    first, second = folders
    process = hold(first)
    process.kill()
    process.wait(timeout=60)
    hold(second)
    with pytest.raises(MerflowError, match=f"started in {second} "):
        lock_results(first / "results", directory=first)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_a_file_system_without_locks_is_no_hindrance(folders, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, "no locks here")

    monkeypatch.setattr(fcntl, "flock", refuse)
    for folder in folders:
        lock_results(folder / "results", directory=folder)
