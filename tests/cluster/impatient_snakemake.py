"""Snakemake, but for one thing: it asks SLURM every second what became of its jobs.

The executor plugin asks 10 s later each time that it asked in vain. For jobs of five seconds, most of the time of these
tests would pass in waiting.
"""

from snakemake.cli import main
from snakemake_executor_plugin_slurm import Executor

if __name__ == "__main__":
    Executor.next_seconds_between_status_checks = property(lambda executor: 1, lambda executor, seconds: None)
    main()
