"""The audit of results: each file against its record, and the commands that mend what is missing or damaged."""

from merflow.audit.check import check_results
from merflow.audit.report import format_findings

__all__ = ["check_results", "format_findings"]
