"""A finding of the doctor, and all of them as text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "--", "do"]
"""As it must be; not there, which is no fault; to be mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, and what to do.

    Parameters
    ----------
    what, found : str
    state : {"ok", "--", "do"}
    advice : str
        A sentence; not empty where something is to be mended.
    """

    what: str
    found: str
    state: State = "ok"
    advice: str = ""


def format_findings(findings: Iterable[Finding]) -> str:
    """Return the findings as text, one line each, and a last line that says what is to be mended."""
    rows = list(findings)
    width = max((len(row.what) for row in rows), default=0)
    lines = [f"{row.state}  {row.what:<{width}}  {row.found}{f'. {row.advice}' if row.advice else ''}" for row in rows]
    faults = [row.what for row in rows if row.state == "do"]
    last = f"To be mended: {', '.join(faults)}." if faults else "Nothing has to be mended. Lines with -- are no fault."
    return "\n".join([*lines, last])
