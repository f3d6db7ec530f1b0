"""Faults at chosen moments of a rule's job, with no hook in the product.

A folder with a ``sitecustomize.py`` goes before everything else on the path of every Python that Snakemake starts. It
looks for orders, files named ``<rule>.<moment>`` that the test has put down, and each order is carried out once. The
rules of the stages share a script: their orders are named after the kind of artefact, ``regions.half``.

``half``    a file is written: cut it in two and kill the job, which is how a job dies in the middle of writing
``before``  the file is whole and has its temporary name: kill the job
``after``   the first file has its final name, and the job has not ended: kill it
``hold``    as ``before``, but wait until the test lets go
``link``    the job has linked one file and is to link another: kill it
``worker``  kill a process of the job's pool after its third picture
``pool``    kill the job itself there, and leave its pool alone
"""

import os
import signal
import subprocess
import time
from pathlib import Path

SITE = '''
import os, signal, sys, time
from pathlib import Path

ORDERS = Path({orders!r})
SCRIPTS = os.sep + os.path.join(".snakemake", "scripts") + os.sep


def taken(moment, path=""):
    """Whether there was such an order for this rule and path, and this process is the one that carries it out."""
    parts = Path(path).parts
    kind = parts[parts.index("artefacts") + 1] if "artefacts" in parts else ""
    for name in (os.environ["FAULTY_RULE"], kind):
        order = ORDERS / (name + "." + moment)
        try:
            if order.read_text() not in str(path):
                continue
            order.unlink()
        except FileNotFoundError:
            continue
        return True
    return False


def die(process=None):
    os.kill(process or os.getpid(), signal.SIGKILL)
    time.sleep(60)


def fsync(descriptor):
    path = os.readlink("/proc/self/fd/%d" % descriptor)
    if ".partial" in path and taken("half", path):
        os.truncate(path, os.path.getsize(path) // 2)
        die()
    real_fsync(descriptor)


def replace(source, target):
    if ".partial" in str(source):
        if taken("before", target):
            die()
        if taken("hold", target):
            hold()
    real_replace(source, target)
    if taken("after", target):
        die()


def hold():
    (ORDERS / "held").write_text(str(os.getpid()))
    while not (ORDERS / "go").exists():
        time.sleep(0.02)


links = []


def job_audit(event, arguments):
    if event == "os.link":
        links.append(arguments[0])
        if len(links) == 2 and taken("link"):
            die()


pictures = []


def pool_audit(event, arguments):
    if event == "open" and str(arguments[0]).endswith(".jpg"):
        pictures.append(arguments[0])
        if len(pictures) == 3:
            if taken("worker"):
                die()
            if taken("pool"):
                os.kill(os.getppid(), signal.SIGKILL)


if SCRIPTS in sys.orig_argv[-1]:
    os.environ["FAULTY_RULE"] = sys.orig_argv[-1].split(".")[-2]
    real_fsync, os.fsync = os.fsync, fsync
    real_replace, os.replace = os.replace, replace
    sys.addaudithook(job_audit)
elif "--multiprocessing-fork" in sys.orig_argv:
    sys.addaudithook(pool_audit)
'''


class FaultyJobs:
    """Orders to the jobs of the Snakemakes that get `site` as their `source`."""

    def __init__(self, folder: Path) -> None:
        self.orders = folder / "orders"
        self.site = folder / "site"
        self.orders.mkdir(parents=True)
        self.site.mkdir()
        (self.site / "sitecustomize.py").write_text(SITE.format(orders=str(self.orders)))

    def order(self, rule, *moments, within=""):
        """Put down orders; `within` is a part of the path of the file at which to hold."""
        for moment in moments:
            order = self.orders / f".{rule}.{moment}"
            order.write_text(within)
            order.rename(self.orders / f"{rule}.{moment}")

    def wait_until_held(self, process, output) -> int:
        """Return the process of the job that is held, once it is; fail with `output()` when Snakemake ends before."""
        held = self.orders / "held"
        deadline = time.monotonic() + 200
        while not held.exists() or not held.read_text():
            assert process.poll() is None, output()
            assert time.monotonic() < deadline, output()
            time.sleep(0.02)
        return int(held.read_text())

    def left(self):
        """Return the orders that no job has carried out."""
        return sorted(path.name for path in self.orders.iterdir())


class Held:
    """A Snakemake in the background, of which one job is held just before it gives its file a name."""

    def __init__(self, workflow, faulty: FaultyJobs, *arguments, rule) -> None:
        faulty.order(rule, "hold")
        self._orders = faulty.orders
        self._log = (workflow.folder / "held.log").open("w+")
        self.process = subprocess.Popen(
            workflow.command(*arguments), env=workflow.environment(faulty.site),
            stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.job = faulty.wait_until_held(self.process, lambda: self.output)

    @property
    def output(self) -> str:
        """What Snakemake has printed so far."""
        self._log.seek(0)
        return self._log.read()

    def let_go(self):
        (self._orders / "go").touch()

    def signal_all(self, number):
        """Send a signal to Snakemake and its jobs alike, as a terminal does with Ctrl-C."""
        os.killpg(self.process.pid, number)

    def wait(self) -> int:
        """Return how Snakemake ended, once it has."""
        return self.process.wait(timeout=120)

    def wait_for_job(self):
        """Return when the held job has ended, also where the process that started it has ended before."""
        deadline = time.monotonic() + 120
        while runs(self.job):
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def close(self):
        """End whatever still runs."""
        if runs(self.job):
            os.kill(self.job, signal.SIGKILL)
        if self.process.poll() is None:
            self.process.kill()
        self.wait()
        self._log.close()


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and whose parent has not yet asked does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
