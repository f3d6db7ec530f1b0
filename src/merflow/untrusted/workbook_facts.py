"""Workbook facts that openpyxl does not give while it streams a sheet: merged cells, and formulas."""

import re
import zipfile
from collections.abc import Mapping
from typing import NamedTuple
from xml.parsers import expat

from merflow.untrusted.limits import MAX_MERGED

_PIECE = 2**20
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})", re.ASCII)


class Range(NamedTuple):
    """Rows and columns of a merged cell, from 0, all of them inside."""

    top: int
    left: int
    bottom: int
    right: int


class SheetFacts(NamedTuple):
    """What is known of a sheet besides its values."""

    merged: list[Range]
    has_formulas: bool


def sheet_facts(archive: zipfile.ZipFile, part: str) -> SheetFacts:
    """Read the merged cells of a sheet, and whether it has formulas.

    Parameters
    ----------
    archive : ZipFile
        An ``.xlsx`` that :func:`merflow.untrusted.workbook_limits.check_xlsx` let pass, which parsed all of it.
    part : str
        The sheet's name in the archive.

    Raises
    ------
    ValueError
        When a merged cell is no range, or there are more than :data:`merflow.untrusted.limits.MAX_MERGED`.
    """
    merged: list[Range] = []
    formulas = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal formulas
        local = name.rpartition(" ")[2]
        formulas += local == "f"
        if local == "mergeCell":
            merged.append(_range(attributes.get("ref", "")))
            if len(merged) > MAX_MERGED:
                raise ValueError(f"it has more than {MAX_MERGED} merged cells")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    with archive.open(part) as file:
        while piece := file.read(_PIECE):
            parser.Parse(piece)
    return SheetFacts(merged, formulas > 0)


def column_number(letters: str) -> int:
    """Return the number of a column, from 1: ``A`` is 1, ``AB`` is 28."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _range(reference: str) -> Range:
    match = _RANGE.fullmatch(reference)
    if match is None:
        raise ValueError(f"expected merged cells such as A2:A5, found {reference[:20]!r}")
    left, top, right, bottom = column_number(match[1]), int(match[2]), column_number(match[3]), int(match[4])
    return Range(top - 1, left - 1, bottom - 1, right - 1)
