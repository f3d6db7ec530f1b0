"""What every rule script needs before its work: the package on the path, a log, and memory.

In a rule's own conda environment merflow is not installed; importing this module finds it where the workflow lies.
Scripts import it before anything large: with too little memory libraries fail in ways that a log and a check must
precede.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

if importlib.util.find_spec("merflow") is None:
    root = Path(__file__).resolve().parents[2]
    # Of a wheel: beside the package, last, so that every other library is that of the environment.
    sys.path.append(str(root / "src" if (root / "src").is_dir() else root.parents[1]))

from merflow.logs import configure_logging
from merflow.memory import check_address_space
from merflow.plugins import config_folder, use_folder

if folder := config_folder():
    use_folder(folder)  # the plug-ins beside config.yaml, in a conda environment too


def _begin(job: Any) -> None:
    """Open the log of the job that a script is run for, and refuse to run it with too little memory."""
    configure_logging(job.log[0])
    check_address_space()


if hasattr(sys.modules["__main__"], "snakemake"):
    _begin(sys.modules["__main__"].snakemake)
