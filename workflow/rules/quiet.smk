"""Errors reach the screen whatever is quiet: `--quiet all` hides them too, and a run would fail without a word."""

import logging
import sys

from snakemake.logging import DefaultFormatter, logger
from snakemake.settings.enums import Quietness


def show_errors(settings):
    """Send Snakemake's errors to the screen, where the settings of its output would hide them."""
    if settings.dryrun or Quietness.ALL not in (settings.quiet or ()):
        return  # a dry run hides none
    errors = logging.StreamHandler(sys.stderr)
    errors.setLevel(logging.ERROR)
    errors.setFormatter(DefaultFormatter(settings.quiet, settings.show_failed_logs))
    logger.addHandler(errors)


show_errors(workflow.output_settings)
