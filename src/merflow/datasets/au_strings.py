"""AU strings: what a coder wrote into the cell of a sheet, and what it may mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

_LONGEST, _MOST_READINGS = 200, 64
"""Longer strings, and strings of more readings, are not read, so that no cell takes long."""

_REMARK_WORDS = "soft focus|trace|slight|marked|pronounced|severe|extreme|maximum"
"""What coders add in words and what names no unit: the picture's quality, and FACS's words for the intensities A to E.
Any other word may say that a unit is doubtful or absent, so that it leaves the string open."""
_REMARK = re.compile(rf"\bref\s*\([^()]*\)|\(\s*(?:{_REMARK_WORDS})\s*\)|\b(?:{_REMARK_WORDS})\b", re.IGNORECASE)
"""``ref(24)`` names a unit of the frame that the coder compared with: it is no part of the expression."""

_BLANK_IN_UNIT = re.compile(r"(?<=A[UD])\s+(?=[ARLTB]?\s*\d)|(?<=\d)\s+(?=[A-E]\b)", re.IGNORECASE | re.ASCII)
_SIDE = r"(?:(?<![A-Z\d])|(?<=A[UD]))([ARLTB])"
_BLANK_AFTER_SIDE = re.compile(rf"{_SIDE}\s+(?=\d)", re.IGNORECASE | re.ASCII)
"""After the other blanks are gone: in ``7 B 23`` the letter is then the intensity of 7, not the side of 23."""
_OR = re.compile(r"\s*(?:/|(?<![A-Z])or(?![A-Z]{2})|(?<=\d[A-E])or(?![A-Z]{2}))\s*", re.IGNORECASE)
_OTHER_SIDES = re.compile(rf"{_SIDE}(?:\|[ARLTB])+(?=\d)", re.IGNORECASE)
_OTHER_INTENSITIES = re.compile(r"(?<=\d)([A-E])(?:\|[A-E](?![A-Z\d]))+", re.IGNORECASE | re.ASCII)

_KEPT = "\ue000"
"""Stands for ``(k)`` while brackets are looked for: no sheet has this character."""
_STATIC = re.compile(r"(?<=[\dA-E])\s*[(（]\s*k\s*[)）]", re.IGNORECASE | re.ASCII)
"""``4(k)``: the unit was there before the onset (4DME: kept)."""

_BRACKET = re.compile(r"\(([^()]*)\)")
_OUTSIDE_BRACKETS = r"(?![^(]*\))"
_SEPARATORS = re.compile(rf"[+＋,，、;\s]+{_OUTSIDE_BRACKETS}")
_EITHER = re.compile(rf"\|{_OUTSIDE_BRACKETS}")
_UNIT = re.compile(rf"(?:A[UD])?([ARLTB]?)([1-9]\d?)[A-E]?({_KEPT}?)", re.IGNORECASE | re.ASCII)
_UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class ActionUnit:
    """One action unit of FACS.

    Parameters
    ----------
    number : int
        FACS number.
    side : str
        ``L``, ``R``, ``T`` (top) or ``B`` (bottom) when the coder saw it on that side only, ``A`` when it was stronger
        on one side (asymmetric); empty = both.
    static : bool
        Whether it was there before the onset, ``4(k)``.
    """

    number: int
    side: str = ""
    static: bool = False


Reading: TypeAlias = tuple[ActionUnit | str, ...]
"""What a string may mean, in the sheet's order. Text in place of a unit is a part of which no unit is known."""


@dataclass(frozen=True, slots=True)
class AuString:
    """A string of a sheet, read.

    Parameters
    ----------
    readings : tuple of Reading
        All that it may mean, the coder's first choice first; at least one.
    passed_over : tuple of str
        What was read over: remarks as the sheet spells them, and ``brackets`` where there are some.
    """

    readings: tuple[Reading, ...]
    passed_over: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[ActionUnit, ...]:
        """The units of the coder's first choice, those that are not known left out."""
        return tuple(part for part in self.readings[0] if isinstance(part, ActionUnit))

    @property
    def unread(self) -> tuple[str, ...]:
        """The parts that are no action units, each once; ``?``, by which a coder leaves one open, is not among them."""
        texts = (part for reading in self.readings for part in reading if isinstance(part, str))
        return tuple(dict.fromkeys(text for text in texts if text != _UNKNOWN))

    def number_sets(self, *, static: bool = True) -> Iterator[frozenset[int] | None]:
        """Yield the numbers of the units of each reading, sides dropped; None = a unit of it is not known.

        Without `static` the units that were there before the onset are left out.
        """
        for reading in self.readings:
            units = [part for part in reading if isinstance(part, ActionUnit)]
            known = len(units) == len(reading)
            yield frozenset(unit.number for unit in units if static or not unit.static) if known else None


def parse_aus(text: str) -> AuString:
    """Parse an AU string of a sheet.

    Parameters
    ----------
    text : str
        Units joined by ``+`` or commas, a full-width comma and trailing commas included: ``4+R2``, ``R 2``,
        ``T28+14``, ``4,7，``. Empty = no unit.

    Returns
    -------
    AuString
        An intensity letter after the number is read over, and so are alternatives of it (``12B``, ``4A/B``); a letter
        before it is the side (``R12``, ``A12``; of ``A/L12`` the first). ``12 or 14`` and ``12/14`` have two readings,
        and so has ``4?``. ``4(k)`` is static. Other brackets hold parts together. ``ref(24)`` and
        remarks such as ``soft focus`` are passed over.
        An action descriptor (``AD19``) is a unit of its number, since FACS numbers units and descriptors in one
        series. A movement code is not read, since its number is also that of another unit (``M57``, 57).
    """
    if len(text) > _LONGEST:
        return AuString(((text,),))
    remarks = [match.group().strip() for match in _REMARK.finditer(text)]
    joined = _joined(_REMARK.sub(" ", text))
    joined = _STATIC.sub(_KEPT, joined)
    brackets = ["brackets"] if _BRACKET.search(joined) else []
    readings = tuple(_readings(joined)) or ((text,),)
    return AuString(readings, (*remarks, *brackets))


def _joined(text: str) -> str:
    """Return a string without blanks inside units, with ``|`` between alternatives, the first side and intensity."""
    unit_by_unit = _BLANK_AFTER_SIDE.sub(r"\1", _BLANK_IN_UNIT.sub("", text))
    return _OTHER_INTENSITIES.sub(r"\1", _OTHER_SIDES.sub(r"\1", _OR.sub("|", unit_by_unit)))


def _readings(text: str) -> list[Reading]:
    """Return all that parts joined by ``+`` may mean together; empty = too much to tell."""
    readings: list[Reading] = [()]
    for part in filter(None, _SEPARATORS.split(text)):
        choices = [choice for name in _EITHER.split(part) for choice in _meanings(name)]
        if len(readings) * len(choices) > _MOST_READINGS:
            return []
        readings = [(*before, *choice) for before in readings for choice in choices]
    return readings


def _meanings(name: str) -> list[Reading]:
    """Return what one alternative may mean: ``4?`` perhaps 4, and nothing (``4 or``) is as open as ``?``."""
    if bracket := _BRACKET.fullmatch(name):
        return _readings(bracket[1]) or [(_as_written(name),)]
    if name in ("", _UNKNOWN):
        return [(_UNKNOWN,)]
    match = _UNIT.fullmatch(name.removesuffix(_UNKNOWN))
    if match is None:
        return [(_as_written(name),)]
    unit: Reading = (ActionUnit(int(match[2]), match[1].upper(), static=bool(match[3])),)
    return [unit, (_UNKNOWN,)] if name.endswith(_UNKNOWN) else [unit]


def _as_written(part: str) -> str:
    return part.replace(_KEPT, "(k)")
