"""Errors reach the screen whatever is quiet: `--quiet all` hides them too, and a run would fail without a word."""

import logging
import os
import sys
from collections import Counter

from snakemake.logging import DefaultFormatter, logger
from snakemake.settings.enums import Quietness

from merflow import plan, progress


def show_errors(settings):
    """Send Snakemake's errors to the screen, where the settings of its output would hide them."""
    if settings.dryrun or Quietness.ALL not in (settings.quiet or ()):
        return  # a dry run hides none
    errors = logging.StreamHandler(sys.stderr)
    errors.setLevel(logging.ERROR)
    errors.setFormatter(DefaultFormatter(settings.quiet, settings.show_failed_logs))
    logger.addHandler(errors)


def show_progress(workflow):
    """Tell the share of the jobs that are done in one line, where `merflow run` asks for it."""
    if not (os.environ.get(progress.VARIABLE) and workflow.is_main_process):
        return

    def remaining():
        jobs = list(workflow.dag.needrun_jobs())
        rules = Counter(job.rule.name for job in jobs)
        return progress.Remaining(rules, any(job.is_checkpoint for job in jobs))

    logger.addHandler(progress.ProgressLine(remaining))


show_progress(workflow)  # first: it ends its line before an error is shown
show_errors(workflow.output_settings)
plan.tell_jobs(logger)
