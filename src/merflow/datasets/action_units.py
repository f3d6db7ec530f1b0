"""Action units: read the sheets' AU strings, and name the objective class of a combination."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from merflow.errors import DatasetError

_SEPARATORS = re.compile(r"[+＋,，、;\s]+")
_UNIT = re.compile(r"(?:AU)?([RLTB]?)([1-9]\d?)([A-E]?)", re.IGNORECASE | re.ASCII)

OBJECTIVE_CLASSES = ("I", "II", "III", "IV", "V", "VI", "VII")

_COMBINATIONS: Mapping[str, str] = {
    "I": "6 12 6+12 6+7+12 7+12",
    "II": "1+2 5 25 1+2+25 25+26 5+24",
    "III": "23 4 4+7 4+5 4+5+7 17+24 4+6+7 4+38",
    "IV": "10 9 4+9 4+40 4+5+40 4+7+9 4+9+17 4+7+10 4+5+7+9 7+10",
    "V": "1 15 1+4 6+15 15+17",
    "VI": "1+2+4 20",
}
"""Lite-Point-GCN Table VII, after Davison et al. 2018; every other combination is VII."""


@dataclass(frozen=True, slots=True)
class ActionUnit:
    """One action unit of FACS.

    Parameters
    ----------
    number : int
        FACS number.
    side : str
        ``L``, ``R``, ``T`` (top) or ``B`` (bottom) when the coder saw it on that side only; empty = both.
    """

    number: int
    side: str = ""


def parse_aus(text: str) -> tuple[ActionUnit, ...]:
    """Parse an AU string of a sheet, in the sheet's order.

    Parameters
    ----------
    text : str
        Units joined by ``+`` or commas, a full-width comma and trailing commas included: ``4+R2``, ``T28+14``,
        ``4,7，``. An intensity letter after the number (``12B``) is read over. Empty = no unit.

    Raises
    ------
    DatasetError
        When a part of the string is no action unit.
    """
    units = []
    for token in filter(None, _SEPARATORS.split(text)):
        match = _UNIT.fullmatch(token)
        if match is None:
            raise DatasetError(
                f"action units {text!r}: expected numbers such as 4, R12 or AU7 joined by + or commas, found {token!r}"
            )
        units.append(ActionUnit(int(match[2]), match[1].upper()))
    return tuple(units)


def _class_of_combination() -> dict[frozenset[int], str]:
    return {
        frozenset(map(int, combination.split("+"))): name
        for name, combinations in _COMBINATIONS.items()
        for combination in combinations.split()
    }


_OBJECTIVE_OF = _class_of_combination()


def objective_from_aus(aus: str) -> str:
    """Return the objective class of an AU string: ``I`` to ``VII``, or ``""`` when it names no unit.

    Sides and order do not matter: ``R12+L6`` is 6+12, class I. Combinations outside the table are VII.

    Raises
    ------
    DatasetError
        When the string cannot be parsed.
    """
    numbers = frozenset(unit.number for unit in parse_aus(aus))
    return _OBJECTIVE_OF.get(numbers, "VII") if numbers else ""
