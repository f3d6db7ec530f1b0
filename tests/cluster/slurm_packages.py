"""Debian's packages of SLURM: brought where the tests may, else the reason why not."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

PACKAGES = ("munge", "slurmctld", "slurmd", "slurm-client")
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "sinfo", "squeue", "scontrol", "scancel")
POLICY = Path("/usr/sbin/policy-rc.d")


class NoSlurmError(RuntimeError):
    """SLURM cannot be run on this machine, or must not be; the message says why."""


def check_root():
    """Refuse to go on as anybody but root, who alone can run a SLURM and install its packages."""
    if os.geteuid() != 0:
        raise NoSlurmError("a SLURM for the tests needs root: it starts daemons and may install Debian's packages")


def ensure_slurm():
    """Return once every program of SLURM can be called, installed if need be."""
    if not missing():
        return
    if shutil.which("apt-get") is None or not Path("/etc/debian_version").exists():
        raise NoSlurmError(
            f"no {', '.join(missing())}, and only Debian's packages ({' '.join(PACKAGES)}) are installed"
        )
    with no_daemons_started():
        install()
    if missing():
        raise NoSlurmError(f"apt-get installed {' '.join(PACKAGES)}, which brought no {', '.join(missing())}")


def missing():
    """Return the programs that cannot be called."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


def install():
    """Install the packages; where the lists of packages are missing or old, fetch them first."""
    command = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *PACKAGES]
    done = run(command)
    if done.returncode:
        run(["apt-get", "update", "--quiet"])
        done = run(command)
    if done.returncode:
        raise NoSlurmError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")


def run(command):
    """Run a program of apt that asks no question; return how it ended."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(
        command, env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=300,
    )  # fmt: skip


@contextlib.contextmanager
def no_daemons_started(policy=POLICY):
    """Forbid packages to start their daemons while they are installed; leave the machine's own rule as it was."""
    aside = policy.with_name(f"{policy.name}.before-merflow")
    if policy.exists():
        policy.rename(aside)
    try:
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        yield
    finally:
        policy.unlink(missing_ok=True)
        if aside.exists():
            aside.rename(policy)
