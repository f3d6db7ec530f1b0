"""Action units: which units a clip shows, where its sheet settles that, and the objective class of a combination."""

import re
from collections.abc import Iterable, Mapping

from merflow.datasets.au_strings import parse_aus

CODED_UNITS = re.compile(r"[1-9]\d?(?: [1-9]\d?)*", re.ASCII)
"""What `Clip.coded_units` may be beside empty."""

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


def known_units(aus: str, *, static: bool = True) -> frozenset[int] | None:
    """Return the numbers of the units of a sheet's string, sides dropped: ``R12+L6`` gives 6 and 12.

    Parameters
    ----------
    aus : str
    static : bool
        Whether units that were there before the onset count, ``4(k)``; without them a known string may show none.

    Returns
    -------
    frozenset of int, or None
        None = the string does not settle which units the clip shows: it is empty, a part of it is open (``4+?``) or
        cannot be read (``4+M57``), or it names two choices (``12 or 14``). Such a clip teaches nothing about action
        units: to take what is not known for absent would be wrong for every unit that the coder did see.
    """
    found = parse_aus(aus)
    readings = set(found.number_sets())
    known = (readings.pop() or None) if len(readings) == 1 else None
    if known is None or static:
        return known
    moving = set(found.number_sets(static=False))
    return moving.pop() if len(moving) == 1 else None


def coded_text(units: Iterable[int]) -> str:
    """Return units that a coder looked for as `Clip.coded_units` has them: ``1 2 4``."""
    return " ".join(map(str, sorted(units)))


def not_coded(units: Iterable[int], coded_units: str) -> tuple[int, ...]:
    """Return those of some units that the coder did not look for, ascending.

    Parameters
    ----------
    units : iterable of int
    coded_units : str
        As in `Clip.coded_units`: empty = the coder looked for all.
    """
    coded = {int(unit) for unit in coded_units.split()}
    return tuple(sorted(set(units) - coded)) if coded else ()


def unit_note(aus: str) -> str:
    """Return what a person should know of how a sheet's string was read; empty = nothing.

    An empty string has no note: the column itself tells.
    """
    found = parse_aus(aus)
    if found.unread:
        return f"action units {aus!r} not read, masked in the AU loss"
    if aus and known_units(aus) is None:
        return f"action units {aus!r} left open, masked in the AU loss"
    return f"action units {aus!r} read without {', '.join(found.passed_over)}" if found.passed_over else ""


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
    whose readings lie in two classes. ``6 or 12`` does: both are class I.
    """
    classes = {_OBJECTIVE_OF.get(numbers, "VII") if numbers else "" for numbers in parse_aus(aus).number_sets()}
    return classes.pop() if len(classes) == 1 else ""
