"""``merflow run``: Snakemake with the workflow of this merflow, in the folder of a study, and one line of progress."""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from merflow.errors import MerflowError
from merflow.launch_options import names_configuration, settled
from merflow.paths import RESULTS, is_result
from merflow.progress import STUDY, VARIABLE
from merflow.workflow_root import SNAKEFILE, workflow_root

CONFIG = "config.yaml"

HELP = """\
merflow run [FOLDER] [TARGET ...] [OPTIONS OF SNAKEMAKE]

Runs the workflow in a folder with config.yaml (default: this one). Without a target, every experiment on each dataset
that it names, whose recordings are there. All cores, if --cores does not say how many. One line tells the share of the
jobs that are done and the time left, the last lines the scores and where they are; errors are shown as Snakemake shows
them. Every other option goes to Snakemake:

  merflow run my_study
  merflow run my_study --cores 4 results/mine/mine_ststnet/metrics.csv
  merflow run my_study -n                       # what would be done
  merflow run results/mine/x/metrics.csv --config my.yaml
  merflow run --workflow-profile slurm          # on a cluster (docs/cluster.md)
"""

_WHERE_JOBS_RUN = ("-c", "--cores", "-j", "--jobs", "--profile", "--workflow-profile", "-e", "--executor")
_NO_RUN = (
    *("-n", "--dry-run", "--dryrun", "--unlock", "--lint", "--summary", "--detailed-summary", "--dag", "--rulegraph"),
    *("--report", "-l", "--list-rules", "--list", "--version", "-v", "--containerize", "--touch", "-t"),
    *("--cleanup-metadata", "--conda-create-envs-only", "--generate-unit-tests", "--delete-all-output"),
)
"""Options with which Snakemake prints what was asked for, or runs no job."""
_OWN_OUTPUT = ("-q", "--quiet", "--verbose", "--debug-dag", "-p", "--printshellcmds", "--logger", "--debug")


class Launch(NamedTuple):
    """What is started: a folder, the command, and variables beside those of the environment."""

    folder: Path
    command: list[str]
    variables: Mapping[str, str]


def launch(arguments: Sequence[str]) -> Launch:
    """Return what ``merflow run`` starts.

    Parameters
    ----------
    arguments : sequence of str
        A folder, if the first is neither an option nor a path of a result; the rest is for Snakemake.

    Raises
    ------
    MerflowError
        When the folder has no config.yaml, merflow was installed without its workflow, or Snakemake would pass over an
        option without a word.
    """
    folder, rest = study_and_rest(arguments)
    snakefile = workflow_root() / SNAKEFILE
    rest = settled(rest, folder=folder, profiles=snakefile.parent / "profiles")
    names = {argument.partition("=")[0] for argument in rest}
    names |= {argument[:2] for argument in rest if argument[:1] == "-" != argument[1:2]}  # -c4
    shown = not names & {*_NO_RUN, *_OWN_OUTPUT}
    quiet = ["--quiet", "all"] if shown else []
    cores = [] if names & {*_WHERE_JOBS_RUN} else ["--cores", "all"]
    # --quiet takes all words up to the next option
    command = [sys.executable, "-m", "snakemake", *quiet, *cores, "--snakefile", str(snakefile), *rest]
    return Launch(folder, command, {VARIABLE: "1", STUDY: str(folder)} if shown else {})


def study_and_rest(arguments: Sequence[str]) -> tuple[Path, list[str]]:
    """Return the folder of a study, the present one if the first word is an option or a result, and the other words.

    Raises
    ------
    MerflowError
        When the folder has no config.yaml.
    """
    rest = list(arguments)
    names_folder = rest and not rest[0].startswith("-") and not is_result(rest[0])
    folder = Path(rest.pop(0) if names_folder else ".")
    if not (folder / CONFIG).is_file() and not names_configuration(rest):
        raise MerflowError(
            f"{folder}: expected a folder with {CONFIG}, found none. Begin a study with merflow init FOLDER --videos "
            f"DIR, name its folder, or the file with --config; a result begins with {RESULTS}/."
        )
    return folder, rest


def run(arguments: Sequence[str]) -> int:
    """Become Snakemake, so that signals and the exit status are its own; return only to print help."""
    if {"-h", "--help"} & {*arguments[:1]}:
        print(HELP, end="")
        return 0
    if find_spec("snakemake") is None:
        raise ModuleNotFoundError("No module named 'snakemake'", name="snakemake")  # told with the extra that brings it
    started = launch(arguments)
    os.chdir(started.folder)
    sys.stdout.flush()
    os.execve(started.command[0], started.command, os.environ | started.variables)  # noqa: S606 - no shell
