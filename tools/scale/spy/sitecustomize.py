"""Python imports this as it starts, where PYTHONPATH names its folder: a job then notes its CPU seconds beside its log.

What Snakemake samples of a job is wall time as soon as the job is long or the machine is busy.
"""

import atexit
import sys
import time
from pathlib import Path


def note() -> None:
    """Write the CPU seconds of a job of the workflow, from the start of its interpreter; of all else nothing."""
    job = getattr(sys.modules["__main__"], "snakemake", None)
    log = getattr(job, "log", None)
    if log:
        Path(log[0]).with_suffix(".cpu").write_text(f"{time.process_time():.4f}\n", encoding="utf-8")


atexit.register(note)
