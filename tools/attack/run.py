"""A run of the workflow in a folder of its own."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NOT_COMPARED = ("logs", "benchmarks", ".locks")
"""Folders of the results that say when and how long, or hold what is not in its place yet."""


@dataclass(frozen=True, slots=True)
class Run:
    """A folder, and the command line that fills it.

    Parameters
    ----------
    folder : Path
        Working directory of Snakemake.
    command : tuple of str
        Snakemake with its options.
    targets : tuple of str
    environment : dict of str to str
    """

    folder: Path
    command: tuple[str, ...]
    targets: tuple[str, ...]
    environment: dict[str, str]

    def start(self) -> subprocess.Popen[bytes]:
        """Start the command, its output in ``attack.log``, as the leader of a session."""
        with (self.folder / "attack.log").open("ab") as log:
            return subprocess.Popen(
                [*self.command, "--", *self.targets],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def unlock(self) -> None:
        """Remove the lock of a killed Snakemake, where it has left one."""
        if any((self.folder / ".snakemake/locks").glob("*")):
            subprocess.run([*self.command, "--unlock"], env=self.environment, capture_output=True, check=True)

    def finish(self) -> None:
        """Run to the end, undisturbed.

        Raises
        ------
        SystemExit
            When it fails.
        """
        if self.start().wait():
            raise SystemExit(f"the run failed without a kill: see {self.folder / 'attack.log'}")

    def digest(self) -> dict[str, str]:
        """Return the SHA-256 of each result by its path."""
        results = self.folder / "results"
        paths = [path for path in sorted(results.rglob("*")) if path.is_file() and path.name != ".snakemake_timestamp"]
        kept = {path.relative_to(results): path for path in paths}
        return {
            str(name): hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in kept.items()
            if not set(name.parts) & set(NOT_COMPARED)
        }


def own_run(folder: Path, checkout: Path, targets: Sequence[str]) -> Run:
    """Return a run of the attack's own dataset, ``tools/attack/config.yaml`` over the shipped configuration."""
    command = [
        sys.executable, "-m", "snakemake", "--snakefile", checkout / "Snakefile", "--directory", folder,
        "--configfile", checkout / "config.yaml", checkout / "tools/attack/config.yaml",
        "--workflow-profile", checkout / "profiles/default", "--cores", "2",
    ]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return Run(folder, tuple(map(str, command)), tuple(targets), environment)
