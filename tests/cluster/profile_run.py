"""Snakemake on the local SLURM, through the profile that merflow ships."""

import signal
import subprocess
import sys
import time

from tests.workflow.conftest import ROOT, Workflow

PROGRAM = "tests.cluster.impatient_snakemake"
"""All that the tests change of the profile: how often Snakemake asks what became of its jobs."""


class ClusterWorkflow(Workflow):
    """The workflow in a folder of its own, whose jobs are SLURM's."""

    def __init__(self, folder, config, slurm):
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, config)
        self.slurm = slurm
        self.started = []

    def __call__(self, *arguments, source=None, check=True, timeout=600):
        """Run snakemake to its end; return how it ended, and what it printed in `output`."""
        done = self.start(*arguments, source=source).finish(timeout=timeout)
        if check:
            assert done.returncode == 0, done.output
        return done

    def start(self, *arguments, source=None):
        """Start snakemake in the background; return it, a process with `finish`."""
        running = RunningSnakemake(self, arguments, source)
        self.started.append(running)
        return running

    def local(self, *arguments, **options):
        """Run snakemake without SLURM, as the tests of the workflow do."""
        return super().__call__(*arguments, **options)

    def close(self):
        """Kill what was started and still runs, and cancel its jobs."""
        for running in self.started:
            if running.poll() is None:
                running.kill()
                running.wait()
        if self.started:
            self.slurm.ask("scancel", "--user=root")


class RunningSnakemake(subprocess.Popen):
    """A snakemake that submits to SLURM, in a process group of its own."""

    def __init__(self, workflow, arguments, source):
        mark = str(workflow.slurm.folder)  # who finds it kills it, should this session be killed before
        environment = workflow.environment(source) | {"MERFLOW_LOCAL_SLURM": mark}
        number = len(workflow.started)
        self.log = workflow.folder / f"snakemake-{number}.out"
        command = [
            sys.executable, "-m", PROGRAM, "--configfile", workflow.folder / "config.yaml",
            "--workflow-profile", "profiles/slurm", "--directory", workflow.folder, *arguments,
        ]  # fmt: skip
        with self.log.open("w") as out:
            super().__init__(
                list(map(str, command)), cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def output(self):
        """Return what it printed so far."""
        return self.log.read_text()

    def finish(self, *, timeout=600):
        """Wait until it ends by itself; interrupt it, which cancels its jobs, when that takes too long."""
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > deadline:
                self.send_signal(signal.SIGINT)
                self.wait(timeout=60)
                raise TimeoutError(f"snakemake still ran after {timeout} s:\n{self.output}")
            time.sleep(0.1)
        return self
