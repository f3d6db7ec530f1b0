"""The line of progress: shares and times from events as Snakemake sends them, on a terminal and in a file."""

import io
import logging

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


def test_share_and_time_of_two_rules():
    """Two jobs of 30 s ended side by side; two more, and one of another rule, are left: 60 s of work, two at once."""
    clock, out = Clock(), io.StringIO()
    _, send = run(out, clock, {"faces": 2, "train": 1})
    for job in (1, 2):
        send("job_info", jobid=job, rule_name="faces")
    send("job_started", jobs=[1, 2])
    clock.now = 30.0
    for job in (1, 2):
        send("job_finished", job_id=job)
    send("progress", done=2, total=5)
    assert out.getvalue() == (
        "merflow: 2 of 5 jobs, 40%; about 30 s left, not counting train (1): none has ended yet\n"
    )


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
    assert out.getvalue() == "merflow: 1 jobs done; how many follow is known when the index is made\n"


def test_a_file_has_a_line_every_half_minute_and_the_last():
    clock, out = Clock(), io.StringIO()
    _, send = run(out, clock, {"faces": 1})
    for clock.now in (1.0, 10.0, 29.0, 31.0, 40.0):
        send("progress", done=1, total=3)
    clock.now = 75.0
    send("progress", done=3, total=3)
    assert len(out.getvalue().splitlines()) == 2
    assert out.getvalue().endswith("merflow: 3 jobs in 1 min\n")


def test_a_terminal_has_one_line_that_ends_before_an_error():
    clock, out = Clock(), Terminal()
    _, send = run(out, clock, {"faces": 1})
    for clock.now in (2.0, 4.0):
        send("progress", done=1, total=2)
    assert out.getvalue().count("\r") == 2
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
