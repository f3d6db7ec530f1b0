"""Cells of a sheet. A cell whose value cannot be known is not the same as an empty one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from merflow.checks import few

Kind = Literal["formula", "error", "date", "merged"]

_ADVICE: Mapping[Kind, str] = {
    "formula": "Formulas: open the file in Excel or LibreOffice, which compute them, and save it.",
    "error": "Errors: correct the formula, or empty the cell where nothing is known.",
    "date": "Dates, into which Excel turns what looks like one: format the column as text and type the value again.",
    "merged": "Merged cells: unmerge them (Home > Merge & Center > Unmerge Cells) and fill the value into each row.",
}
_SHOWN = 5

HEADER_ROWS = 30
"""Rows from the top among which a table's header is looked for."""

_ERROR = re.compile(r"#[^\s\d]\S*")
"""How programs write a value that Excel could not compute, in the language of its user (#N/A, #NV, #BEZUG!)."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that is filled, and whose value cannot be known.

    Parameters
    ----------
    kind : {"formula", "error", "date", "merged"}
        Why: a formula of which no result is stored; an error in place of a result; a date, which stands for what was
        typed; a part of a merged cell, of which the first part alone holds the value.
    found : str
        What stands there, for messages.
    """

    kind: Kind
    found: str

    def __str__(self) -> str:
        return self.found


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The cells of one sheet.

    Parameters
    ----------
    name : str
        Of the sheet; empty for a table in text.
    rows : list of list
        Cells from A1 on, each row up to its last filled cell: text, numbers, truth values, :class:`Unreadable`; an
        empty cell is ``""``.
    """

    name: str
    rows: list[list[Any]]

    @property
    def is_text(self) -> bool:
        """Whether it is a table in text, which has no name of its own."""
        return not self.name


def filled(value: Any) -> Any:
    """Return a value as it is, and a text that stands for an error as :class:`Unreadable`."""
    text = value.strip() if isinstance(value, str) else ""
    return Unreadable("error", text) if _ERROR.fullmatch(text) else value


def cell_text(value: Any) -> str:
    """Return a cell as text: whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def column_key(name: object) -> str:
    """Return a column's or a sheet's name as names are compared: without regard to case and blanks."""
    return re.sub(r"\s+", "", str(name)).casefold()


def address(row: int, column: int) -> str:
    """Return a cell as Excel names it.

    Parameters
    ----------
    row, column : int
        From 0.

    Examples
    --------
    >>> address(1, 27)
    'AB2'
    """
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def unreadable_cells(found: Sequence[tuple[str, Unreadable]]) -> str:
    """Return what to say of cells that cannot be read: how many, which, and what to do in Excel.

    Parameters
    ----------
    found : sequence of (str, Unreadable)
        Address and cell, at least one.
    """
    count = "1 that cannot and is" if len(found) == 1 else f"{len(found)} that cannot and are"
    named = few([f"{place}: {cell}" for place, cell in found], _SHOWN)
    kinds = {cell.kind for _, cell in found}
    advice = " ".join(text for kind, text in _ADVICE.items() if kind in kinds)
    return f"expected cells that can be read, found {count} not empty: {named}. {advice}"
