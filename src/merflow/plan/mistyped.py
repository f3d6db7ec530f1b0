"""A target that no rule makes, such as ``metric.csv``: Snakemake says no more, so the nearest result is told behind.

A filter of Snakemake's own log. It looks at the rules only when Snakemake has given up: it can shadow no rule, and a
plan that goes well does not wait for it.
"""

import logging
import re
from collections.abc import Callable, Iterable

from merflow.checks import nearest

_TARGET = re.compile(r"No rule to produce (\S+)")
_WILDCARD = re.compile(r"\\\{\w+\\\}")


class NearestResult(logging.Filter):
    """Tells the nearest result behind Snakemake's refusal of a target.

    Parameters
    ----------
    patterns : function without arguments
        Returns what the rules make, wildcards in braces and without their constraints.
    """

    def __init__(self, patterns: Callable[[], Iterable[str]]) -> None:
        super().__init__()
        self._patterns = patterns

    def filter(self, record: logging.LogRecord) -> bool:
        """Take an event of Snakemake; every one passes."""
        refused = getattr(record, "exception", "") == "MissingRuleException"
        if refused and (target := _TARGET.search(record.getMessage())):
            record.msg = f"{record.getMessage()}{nearest_result(target[1], self._patterns())}"
        return True


def nearest_result(target: str, patterns: Iterable[str]) -> str:
    """Return a hint at the name that a target has mistyped; empty where it is not one name, or none is near.

    Parameters
    ----------
    target : str
        Path that no rule makes.
    patterns : iterable of str
        As of `NearestResult`.
    """
    parts = target.split("/")
    known: dict[str, list[str]] = {}
    for pattern in patterns:
        names = pattern.split("/")
        if len(names) == len(parts):
            others = [pair for pair in zip(parts, names, strict=True) if not _fits(*pair)]
            if len(others) == 1 and "{" not in others[0][1]:
                known.setdefault(others[0][0], []).append(others[0][1])
    return next(filter(None, (nearest(part, names) for part, names in known.items())), "")


def _fits(part: str, name: str) -> bool:
    """Return whether a part of a path is one of a pattern."""
    return re.fullmatch(_WILDCARD.sub(".+", re.escape(name)), part) is not None
