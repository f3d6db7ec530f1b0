"""Errors reach the screen whatever is quiet: `--quiet all` hides them too, and a run would fail without a word."""

import logging
import os
import sys
from collections import Counter
from pathlib import Path

from snakemake.io import strip_wildcard_constraints
from snakemake.logging import DefaultFormatter, logger
from snakemake.settings.enums import Quietness

from merflow import plan, progress
from merflow.plan.mistyped import NearestResult


class ErrorFormatter(DefaultFormatter):
    """Errors as Snakemake shows them, without the log of a job on this machine: its error is on the screen already."""

    def format(self, record):
        """Return the text of an error."""
        self.show_failed_logs = self.show_failed_logs and not workflow.local_exec
        return super().format(record)


def show_errors(settings):
    """Send Snakemake's errors to the screen, where the settings of its output would hide them."""
    if settings.dryrun or Quietness.ALL not in (settings.quiet or ()):
        return  # a dry run hides none
    errors = logging.StreamHandler(sys.stderr)
    errors.setLevel(logging.ERROR)
    errors.setFormatter(ErrorFormatter(settings.quiet, settings.show_failed_logs))
    logger.addHandler(errors)


def show_progress(workflow):
    """Tell in one line the share of the jobs that are done, where `merflow run` asks for it."""
    if not (os.environ.get(progress.VARIABLE) and workflow.is_main_process):
        return

    def remaining():
        jobs = list(workflow.dag.needrun_jobs())
        rules = Counter(job.rule.name for job in jobs if job.output)
        return progress.Remaining(rules, any(job.is_checkpoint for job in jobs))

    logger.addHandler(progress.ProgressLine(remaining))
    logger.addHandler(OutcomeOfNothing(logging.INFO))


class OutcomeOfNothing(logging.Handler):
    """Tells what is there when there was nothing to be done, which Snakemake calls no success."""

    def emit(self, record):
        """Take a message of Snakemake."""
        if record.getMessage().startswith("Nothing to be done"):
            sys.stderr.write("merflow: everything is made already\n")
            tell_outcome()


def tell_outcome():
    """End a run with its scores, where `merflow run` has started it."""
    study = os.environ.get(progress.STUDY)
    if not (study and workflow.is_main_process) or workflow.output_settings.dryrun:
        return
    from merflow.evaluation.outcome import (
        outcome,
    )  # pandas, and most starts of Snakemake tell nothing

    targets = [str(path) for path in workflow.dag.derived_targetfiles]
    print("\n".join(outcome(targets, study=Path(study))), flush=True)


def all_outputs():
    """Return what the rules make, as patterns with their wildcards."""
    return [
        strip_wildcard_constraints(str(path))
        for rule in workflow.rules
        for path in rule.output
    ]


onsuccess:
    tell_outcome()


show_progress(workflow)  # first: it ends its line before an error is shown
show_errors(workflow.output_settings)
logger.addFilter(NearestResult(all_outputs))
plan.tell_jobs(logger)
