"""Action units: read the sheets' AU strings, and name the objective class of a combination."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from merflow.errors import DatasetError

_SEPARATORS = re.compile(r"[+＋,，、;\s]+")
_OR = re.compile(r"\s*(?:or|/)\s*", re.IGNORECASE)
_BLANK_IN_UNIT = re.compile(r"(?<=A[UD])\s+(?=[RLTB]?\s*\d)|(?<=\d)\s+(?=[A-E]\b)", re.IGNORECASE | re.ASCII)
_BLANK_AFTER_SIDE = re.compile(r"(?:(?<![A-Z\d])|(?<=A[UD]))([RLTB])\s+(?=\d)", re.IGNORECASE | re.ASCII)
"""After the other blanks are gone: in ``7 B 23`` the letter is then the intensity of 7, not the side of 23."""
_UNIT = re.compile(r"(?:A[UD])?([RLTB]?)([1-9]\d?)(?:[A-E]?)", re.IGNORECASE | re.ASCII)
_UNKNOWN = "?"

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


_Part = tuple[ActionUnit | None, ...]
"""What one place of an AU string may be, in the sheet's order; None = a unit that the coder did not know."""


def parse_aus(text: str) -> tuple[ActionUnit, ...]:
    """Parse an AU string of a sheet, in the sheet's order.

    Parameters
    ----------
    text : str
        Units joined by ``+`` or commas, a full-width comma and trailing commas included: ``4+R2``, ``R 2``,
        ``T28+14``, ``4,7，``. An intensity letter after the number (``12B``) is read over. Of ``12 or 14`` and
        ``12/14`` the first is taken, the coder's first choice. ``?`` names no unit. Empty = no unit. An action
        descriptor (``AD19``) is a unit of its number, since FACS numbers units and descriptors in one series. A
        movement code is none, since its number is also that of another unit (``M57``, 57).

    Raises
    ------
    DatasetError
        When a part of the string is no action unit.
    """
    return tuple(part[0] for part in _parts(text) if part[0] is not None)


def readable_units(text: str) -> frozenset[int] | None:
    """Return the numbers of the units of a sheet's string, sides dropped; None = it cannot be read."""
    try:
        return frozenset(unit.number for unit in parse_aus(text))
    except DatasetError:
        return None


def unit_numbers(text: str) -> frozenset[int]:
    """Return the numbers of the units of a sheet's string, sides dropped: ``R12+L6`` gives 6 and 12.

    A string that cannot be read gives the empty set, like one that names no unit. The notes of the dataset's index
    name the clips that have one, so that nobody need ask again here.
    """
    return readable_units(text) or frozenset()


def _parts(text: str) -> list[_Part]:
    joined = _OR.sub("|", _BLANK_AFTER_SIDE.sub(r"\1", _BLANK_IN_UNIT.sub("", text)))
    return [_alternatives(token, text) for token in _SEPARATORS.split(joined) if token]


def _alternatives(token: str, text: str) -> _Part:
    """Return the units that a part of a string may mean: ``12|14`` either, ``4?`` perhaps 4, ``?`` nobody knows."""
    units: list[ActionUnit | None] = []
    for name in token.split("|"):
        if name != _UNKNOWN:
            units.append(_unit(name.removesuffix(_UNKNOWN), text))
        if name.endswith(_UNKNOWN):
            units.append(None)
    return tuple(units)


def _unit(name: str, text: str) -> ActionUnit:
    match = _UNIT.fullmatch(name)
    if match is None:
        raise DatasetError(
            f"action units {text!r}: expected numbers such as 4, R12 or AU7 joined by + or commas, found {name!r}"
        )
    return ActionUnit(int(match[2]), match[1].upper())


def _class_of_combination() -> dict[frozenset[int], str]:
    return {
        frozenset(map(int, combination.split("+"))): name
        for name, combinations in _COMBINATIONS.items()
        for combination in combinations.split()
    }


_OBJECTIVE_OF = _class_of_combination()


def objective_from_aus(aus: str) -> str:
    """Return the objective class of an AU string: ``I`` to ``VII``, or ``""`` when the string does not settle it.

    Sides and order do not matter: ``R12+L6`` is 6+12, class I. Combinations outside the table are VII. A string that
    names no unit, or one that is not known (``?``), or that cannot be read settles nothing; nor does ``4 or 12``,
    whose readings lie in two classes.
    """
    if readable_units(aus) is None:
        return ""
    classes = {_objective_of_reading(units) for units in product(*_parts(aus))}
    return classes.pop() if len(classes) == 1 else ""


def _objective_of_reading(units: _Part) -> str:
    numbers = frozenset(unit.number for unit in units if unit is not None)
    return _OBJECTIVE_OF.get(numbers, "VII") if numbers and None not in units else ""
