"""What every rule script needs before its work: the package on the path, a log, memory, and who its shard is.

In a rule's own conda environment merflow is not installed; importing this module finds it in the source tree. Scripts
import it before anything large: with too little memory libraries fail in ways that a log and a check must precede.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

if importlib.util.find_spec("merflow") is None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from merflow import paths
from merflow.datasets.recorded_state import note_content
from merflow.logs import configure_logging
from merflow.memory import check_address_space
from merflow.plugins import config_folder, use_folder

__all__ = ["configure_logging", "note_recordings", "shard_identity"]


if folder := config_folder():
    use_folder(folder)  # the plug-ins beside config.yaml, in a conda environment too


def _begin(job: Any) -> None:
    """Open the log of the job that a script is run for, and refuse to run it with too little memory."""
    configure_logging(job.log[0])
    check_address_space()


if hasattr(sys.modules["__main__"], "snakemake"):
    _begin(sys.modules["__main__"].snakemake)


def shard_identity(job: Any) -> dict[str, Any]:
    """Return the arguments of ``ShardWriter`` that follow from a job's paths and parameters.

    Parameters
    ----------
    job : snakemake.script.Snakemake
        With wildcards dataset, variant and subject, output shard, parameters settings and code.
    """
    return {
        "path": Path(job.output.shard),
        "dataset": job.wildcards.dataset,
        "variant": job.wildcards.variant,
        "subject": job.wildcards.subject,
        "params": dict(job.params.settings),
        "code": job.params.code,
        "compression": job.config["execution"]["compression"],
    }


def note_recordings(shard: dict[str, Any], kind: str, *, state: str, content: str) -> None:
    """Note what the recorded files of a shard held, beside it; embedded recordings have no state.

    Parameters
    ----------
    shard : dict
        As :func:`shard_identity` returns it.
    kind : str
        Of the shard.
    state, content : str
        As for :func:`merflow.datasets.recorded_state.note_content`.
    """
    if state:
        note = paths.recorded_state(shard["dataset"], kind, shard["variant"], shard["subject"])
        note_content(Path(note), state=state, content=content)
