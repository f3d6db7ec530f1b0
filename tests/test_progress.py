"""The line of progress: shares and times from events as Snakemake sends them, on a terminal and in a file."""

import io
import logging
import re
import subprocess
import sys

import pytest

from merflow.progress import ProgressLine, Remaining, Times, duration


class Clock:
    """A clock that stands until it is told."""

    now = 0.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(stream, clock, jobs, *, more=False):
    """Return a line whose run has `jobs` left, and a function that sends it events."""
    line = ProgressLine(lambda: Remaining(jobs, more), stream=stream, clock=clock)
    log = logging.Logger("events")
    log.addHandler(line)

    def send(event, level=logging.INFO, **values):
        log.log(level, "", extra={"event": event, **values})

    return line, send


def begin(send, job, rule, message):
    """Send what Snakemake sends when a job begins."""
    send("job_started", jobs=[job])
    send("job_info", jobid=job, rule_name=rule, rule_msg=message)


def test_share_time_and_what_is_done_of_two_rules():
    """Two jobs of 30 s ended side by side; two more, and one of another rule, are left: 60 s of work, two at once."""
    clock, out = Clock(), io.StringIO()
    _, send = run(out, clock, {"extract_faces": 2, "train_folds": 1})
    for job in (1, 2):
        begin(send, job, "extract_faces", f"Find the faces of s{job}")
    clock.now = 30.0
    for job in (1, 2):
        send("job_finished", job_id=job)
    send("progress", done=2, total=5)
    begin(send, 3, "extract_faces", "Find the faces of s3")
    assert out.getvalue().splitlines() == [
        "merflow: 0 of 3 jobs, 0%; time left not known; now: Find the faces of s1; not counting extract faces (2), "
        "train folds (1): none has ended yet",
        "merflow: 2 of 5 jobs, 40%; more than 30 s left; now: Find the faces of s3; not counting train folds (1): none "
        "has ended yet",
    ]


def test_of_jobs_side_by_side_the_last_that_began_is_told():
    clock, out = Clock(), io.StringIO()
    line, send = run(out, clock, {"train": 3})
    for job in (1, 2, 3):
        begin(send, job, "train", f"Train fold {job}")
    begin(send, 4, "all", None)  # makes no file, and has no message
    assert "now: Train fold 3 and 2 other jobs;" in line.text(Remaining({"train": 3}, more=False), 1.0)
    send("job_finished", job_id=3)
    assert "now: Train fold 2 and 1 other job" in line.text(Remaining({"train": 2}, more=False), 1.0)


SNAKEFILE = """
import sys
from itertools import count
from snakemake.logging import logger
from merflow.progress import ProgressLine, Remaining

def remaining():
    return Remaining({"wait": sum(bool(job.output) for job in workflow.dag.needrun_jobs())}, False)

minutes = count(step=60)
logger.addHandler(ProgressLine(remaining, clock=lambda: next(minutes)))
rule all:
    input: expand("{name}.txt", name=["a", "b", "c"])
rule wait:
    output: "{name}.txt"
    message: "Wait for {wildcards.name}"
    shell: "touch {output}"
"""


def test_the_events_of_snakemake_give_the_time_that_is_left(tmp_path):
    """They come in an order that only Snakemake knows: a job is announced after it was started."""
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--quiet", "all"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    lines = [line for line in done.stderr.splitlines() if line.startswith("merflow:")]
    assert done.returncode == 0
    assert "time left not known; now: Wait for " in lines[0]
    assert re.search(r"1 of 4 jobs, 25%; about \d+ min left; now: Wait for [abc]$", lines[1])
    assert re.search(r"2 of 4 jobs, 50%; about \d+ min left; now: Wait for [abc]$", lines[2])
    assert lines[-1].startswith("merflow: 4 jobs in ")


def test_a_job_that_runs_counts_for_what_is_left_of_it():
    times = Times()
    times.begin(1, "faces", 0.0)
    times.end(1, 10.0)
    times.begin(2, "faces", 10.0)
    seconds, unknown = times.left({"faces": 1}, 16.0, 16.0)
    assert seconds == pytest.approx(4.0)
    assert unknown == {}
    assert times.left({"faces": 1}, 60.0, 60.0)[0] == 0.0  # it takes longer than the others did


def test_before_the_index_the_number_of_jobs_is_not_known():
    clock, out = Clock(), io.StringIO()
    _, send = run(out, clock, {"index_dataset": 1}, more=True)
    clock.now = 31.0
    send("progress", done=1, total=3)
    begin(send, 2, "index_dataset", "Index mine")
    assert out.getvalue() == "merflow: 1 job done; now: Index mine; how many follow is known when the index is made\n"


def test_a_file_has_a_line_at_the_beginning_every_half_minute_and_the_last():
    clock, out = Clock(), io.StringIO()
    _, send = run(out, clock, {"faces": 1})
    for job, clock.now in enumerate((0.0, 1.0, 10.0, 29.0, 31.0, 40.0)):
        begin(send, job, "faces", "Find faces")
        send("job_finished", job_id=job)
        send("progress", done=1 + job, total=8)
    clock.now = 75.0
    send("progress", done=8, total=8)
    assert len(out.getvalue().splitlines()) == 3
    assert out.getvalue().endswith("merflow: 8 jobs in 1 min\n")


def test_a_terminal_has_one_line_that_ends_before_an_error():
    clock, out = Clock(), Terminal()
    _, send = run(out, clock, {"faces": 1})
    begin(send, 1, "faces", "Find faces")
    for clock.now in (2.0, 4.0):
        send("progress", done=1, total=2)
    assert out.getvalue().count("\r") == 3
    assert "\n" not in out.getvalue()
    send("job_error", logging.ERROR, jobid=7)
    assert out.getvalue().endswith("\n")
    clock.now = 6.0
    send("progress", done=1, total=2)
    assert "50%, 1 failed; time left not known" in out.getvalue()


def test_events_without_a_meaning_here_pass():
    clock, out = Clock(), io.StringIO()
    line, send = run(out, clock, {})
    send(None)
    send("resources_info")
    send("job_finished", job_id=99)  # of a group, say, that was never told to begin
    assert out.getvalue() == ""
    assert line.text(Remaining({}, more=False), 1.0).startswith("0 of 0 jobs, 100%")


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59, "59 s"), (75, "1 min"), (8000, "2 h 13 min")])
def test_durations(seconds, text):
    assert duration(seconds) == text
