"""Numbers as people and spreadsheets write them, with a decimal point or comma. What may be two is no number."""

import re
from collections.abc import Mapping
from typing import Any, Literal

_NUMBER = re.compile(r"\d{1,15}(?:[.,]\d{1,20})?", re.ASCII)
"""With as many decimals as a double has: 4 / 30 is 0.13333333333333333 to pandas."""
_COMMA = re.compile(r"([1-9]\d{0,2}),(\d{3})", re.ASCII)
_ONE_DIGIT = re.compile(r"([1-9])\.(\d{3})", re.ASCII)
_POINT = re.compile(r"([1-9]\d{0,2})\.(\d{3})", re.ASCII)
Column = Literal["seconds", "measure", "whole"]
_POINTS: Mapping[Column, tuple[re.Pattern[str], ...]] = {"seconds": (), "measure": (_ONE_DIGIT,), "whole": (_POINT,)}
"""Which points may divide thousands. Seconds have three decimals at 200 frames a second, and 29.970 frames a second or
615.300 px are usual; 1.000 frames a second are not."""


def decimal(text: str) -> float | None:
    """Return the number that a text is, ``29.97`` and ``29,97`` alike; None = it is none, or not of one kind.

    It may stand for two all the same, which :func:`two_numbers` says.
    """
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def two_numbers(text: str, column: Column = "measure") -> str:
    """Return what to say behind a text that may be two numbers; empty = it is one at most.

    A German or French spreadsheet writes 1,000 for one, an English one for a thousand; 1.000 is the other way round.

    Parameters
    ----------
    text : str
        Of the cell; a minus in front of it is passed over.
    column : {"seconds", "measure", "whole"}
        What the numbers of the column are; three decimals behind a point are usual in the first, and where they are
        more than 10 in the second.

    Examples
    --------
    >>> two_numbers("1,000")
    ', which may be 1 or 1000: write 1 or 1000'
    >>> two_numbers("29,970")
    ', which may be 29.97 or 29970: write 29.97 or 29970'
    >>> two_numbers("29,97") + two_numbers("29.970") + two_numbers("0,125") + two_numbers("12.480", "seconds")
    ''
    """
    unsigned = text.removeprefix("-")
    match = next((found for one in (_COMMA, *_POINTS[column]) if (found := one.fullmatch(unsigned))), None)
    if match is None:
        return ""
    small, great = f"{float('.'.join(match.groups())):g}", "".join(match.groups())
    return f", which may be {small} or {great}: write {small} or {great}"


def exact_text(value: Any, text: str) -> str:
    """Return the text of a cell that holds a number, and not the text of one, so that it cannot be another number."""
    return f"{text}0" if isinstance(value, float) and two_numbers(text, "whole") else text
