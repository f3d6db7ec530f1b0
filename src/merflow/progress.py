"""Progress of a run as one line: the share of the whole, the time that is left, and what is done now.

A handler of Snakemake's own log: it takes the events of Snakemake 9 (``snakemake_interface_logger_plugins.LogEvent``)
by their names, so nothing of Snakemake is imported here.
"""

import logging
import math
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TextIO

from merflow.checks import few

VARIABLE = "MERFLOW_PROGRESS"
"""Environment variable that asks for the line: ``merflow run`` sets it."""

STUDY = "MERFLOW_STUDY"
"""Environment variable that asks for the scores at the end: the folder of the study, as its user calls it."""

_ON_SCREEN_S, _IN_FILE_S = 1.0, 30.0
"""Between two lines: on a terminal one takes the place of the other, in a file they stay."""


class Remaining(NamedTuple):
    """What a run has yet to do.

    Attributes
    ----------
    jobs : mapping of str to int
        Jobs that have not ended, those that run among them, by rule: for the time that is left.
    more : bool
        Whether an index is not made yet: the jobs behind it are not known.
    """

    jobs: Mapping[str, int]
    more: bool


@dataclass(slots=True)
class Times:
    """How long jobs take, by rule.

    Attributes
    ----------
    began : dict of int to (str, float)
        Rule and beginning of each job that runs, by its number.
    seconds, ended : Counter of str
        Of the jobs that have ended.
    """

    began: dict[int, tuple[str, float]] = field(default_factory=dict)
    seconds: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)

    def begin(self, job: int, rule: str, now: float) -> None:
        """Take down when a job begins."""
        self.began[job] = (rule, now)

    def end(self, job: int, now: float) -> None:
        """Take down when a job ends, or fails."""
        rule, began = self.began.pop(job, ("", now))
        if rule:
            self.seconds[rule] += now - began  # type: ignore[assignment]  # a Counter adds any number
            self.ended[rule] += 1

    def left(self, jobs: Mapping[str, int], now: float, elapsed: float) -> tuple[float, dict[str, int]]:
        """Return the seconds that are left, and the jobs of rules of which none has ended, which do not count.

        A job of a rule takes as long as its others took; as many run side by side as have until now.

        Convention
        ----------
        By hand: two jobs of 10 s have ended within 10 s, and four are left: 4 x 10 s, two at a time, are 20 s.
        """
        unknown = {rule: count for rule, count in jobs.items() if count and not self.ended[rule]}
        work = sum(count * self._mean(rule) for rule, count in jobs.items() if rule not in unknown)
        work -= sum(min(now - began, self._mean(rule)) for rule, began in self.began.values() if rule not in unknown)
        busy = sum(self.seconds.values()) + sum(now - began for _, began in self.began.values())
        side_by_side = max(busy / elapsed, 0.1) if elapsed > 0 else 1.0
        return max(work, 0.0) / side_by_side, unknown

    def _mean(self, rule: str) -> float:
        return self.seconds[rule] / self.ended[rule] if self.ended[rule] else 0.0


class ProgressLine(logging.Handler):
    """Tell the share of the jobs that are done, the time left, and what is done now, in one line.

    Parameters
    ----------
    remaining : callable
        Returns what the run has yet to do.
    stream : text stream
        A terminal has one line that changes; anything else a line from time to time.
    clock : callable
        Seconds.
    """

    def __init__(
        self,
        remaining: Callable[[], Remaining],
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(logging.INFO)
        self._remaining, self._stream, self._clock = remaining, stream or sys.stderr, clock
        self._terminal = self._stream.isatty()
        self._doing: dict[int, str] = {}
        self._times = Times()
        self._began, self._said = clock(), -math.inf
        self._done = self._total = self._failed = 0
        self._open = False

    def emit(self, record: logging.LogRecord) -> None:
        """Take an event of Snakemake."""
        now, event = self._clock(), str(getattr(record, "event", None) or "")
        if record.levelno >= logging.WARNING:
            self._end_line()  # what others say is to have lines of its own
        if event == "job_info":  # when the job is handed to who runs it; `job_started` comes before and names no rule
            self._begin(record.jobid, record.rule_name, record.rule_msg, now)  # type: ignore[attr-defined]
        elif event == "job_finished":
            self._end(record.job_id, now)  # type: ignore[attr-defined]
        elif event == "job_error":
            self._failed += 1
            self._end(record.jobid, now)  # type: ignore[attr-defined]
        elif event == "progress":
            self._done, self._total = record.done, record.total  # type: ignore[attr-defined]
            self._progress(now)

    def _begin(self, job: int, rule: str, message: str | None, now: float) -> None:
        self._times.begin(job, rule, now)
        if message:  # a target that makes no file has none
            self._doing[job] = message
            self._progress(now)

    def _end(self, job: int, now: float) -> None:
        self._times.end(job, now)
        self._doing.pop(job, None)

    def _progress(self, now: float) -> None:
        if self._total and self._done >= self._total:
            self._say(f"{_jobs(self._done)} in {duration(now - self._began)}")
            self._end_line()
        elif self._doing and now - self._said >= (_ON_SCREEN_S if self._terminal else _IN_FILE_S):
            self._say(self.text(self._remaining(), now))

    def text(self, remaining: Remaining, now: float) -> str:
        """Return the line: jobs that are done, of how many, the time left, and what was begun last."""
        failed = f", {self._failed} failed" if self._failed else ""
        *before, last = self._doing.values() or [""]
        doing = f"; now: {last}{f' and {_jobs(len(before), other=True)}' if before else ''}" if last else ""
        if remaining.more:
            return f"{_jobs(self._done)} done{failed}{doing}; how many follow is known when the index is made"
        seconds, unknown = self._times.left(remaining.jobs, now, now - self._began)
        total = self._total or sum(remaining.jobs.values())
        share = self._done / total if total else 1.0
        without = few([f"{rule.replace('_', ' ')} ({count})" for rule, count in unknown.items()])
        when = f"{'more than' if unknown else 'about'} {duration(seconds)} left"
        when = when if seconds or not unknown else "time left not known"
        hint = f"; not counting {without}: none has ended yet" if without else ""
        return f"{self._done} of {_jobs(total)}, {share:.0%}{failed}; {when}{doing}{hint}"

    def _say(self, text: str) -> None:
        self._said = self._clock()
        line = f"merflow: {text}"
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            self._stream.write(f"\r\x1b[2K{line[:width]}")
            self._open = True
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()

    def _end_line(self) -> None:
        if self._open:
            self._stream.write("\n")
            self._open = False


def _jobs(number: int, *, other: bool = False) -> str:
    return f"{number} {'other ' if other else ''}{'job' if number == 1 else 'jobs'}"


def duration(seconds: float) -> str:
    """Return a duration in one or two units.

    Examples
    --------
    >>> duration(7), duration(75), duration(8000)
    ('7 s', '1 min', '2 h 13 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
