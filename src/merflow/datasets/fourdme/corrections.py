"""The known error of the released sheet of 4DME: two neighbouring rows that have each other's action units.

The public loader of the authors' group (meb, ``datasets.Fourd``) exchanges what stands from the column AUs on in the
rows that it counts as 144 and 145, from 0. The names of these clips were never published. So the place says where to
look, and the rows themselves decide.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

from merflow.datasets.action_units import known_units
from merflow.datasets.fourdme.au_emotions import emotions_of_units
from merflow.datasets.fourdme.cells import EMOTION_COLUMNS, UNIT_COLUMNS, emotion_columns, emotion_words
from merflow.datasets.reading.tables import SheetRow

Exchange = Literal["auto", "always", "never"]

ROWS = 267
"""Rows of the released sheet."""

EXCHANGED = (146, 147)
"""The two rows as Excel counts them; the header is row 1."""

_UNITS = ("AUs", *UNIT_COLUMNS, "eye blink")


class Exchanged(NamedTuple):
    """The rows of a sheet after the correction, the notes on them by row, and what to say of the sheet."""

    rows: Sequence[SheetRow]
    row_notes: Mapping[int, str]
    notes: Sequence[str]


def with_exchange(rows: Sequence[SheetRow], exchange: Exchange) -> Exchanged:
    """Give the two rows each other's action units where these are the ones that their emotions need.

    Parameters
    ----------
    rows : sequence of SheetRow
        Of the whole sheet. A sheet of another length is another one, and nothing is exchanged.
    exchange : {"auto", "always", "never"}
        ``auto``: the action units, where those of neither row give the word of its Emotion by Table 4 and those of
        the other row do; the five columns of the emotions likewise. So a corrected release reads unchanged, and so
        does a sheet that was sorted. ``always``: both, as the public loader does.
    """
    pair = [row for row in rows if row.number in EXCHANGED]
    if exchange == "never" or len(rows) != ROWS or len(pair) < len(EXCHANGED):
        return Exchanged(rows, {}, [])
    groups = {"action units": (_UNITS, _fits_units), "emotions": (tuple(EMOTION_COLUMNS), _fits_columns)}
    always = exchange == "always"
    wrong = {name: columns for name, (columns, fits) in groups.items() if always or _crossed(pair, columns, fits)}
    if not wrong:
        return Exchanged(rows, {}, [_left(pair)])
    first, second = pair
    columns = [column for group in wrong.values() for column in group]
    new = {one.number: _taking(one, other, columns) for one, other in ((first, second), (second, first))}
    note = f"{' and '.join(wrong)} exchanged with row"
    row_notes = {first.number: f"{note} {second.number}", second.number: f"{note} {first.number}"}
    return Exchanged([new.get(row.number, row) for row in rows], row_notes, [])


def _crossed(pair: Sequence[SheetRow], columns: Sequence[str], fits: Callable[[SheetRow], bool]) -> bool:
    """Whether neither row fits its word of the emotion, and both do with each other's cells."""
    first, second = pair
    exchanged = (_taking(first, second, columns), _taking(second, first, columns))
    return not any(map(fits, pair)) and all(map(fits, exchanged))


def _fits_units(row: SheetRow) -> bool:
    units = known_units(row.text("AUs"))
    return units is not None and emotions_of_units(units) == emotion_words(row)


def _fits_columns(row: SheetRow) -> bool:
    return emotion_columns(row) == emotion_words(row)


def _taking(row: SheetRow, other: SheetRow, columns: Sequence[str]) -> SheetRow:
    """Return a row with the cells of another one in some columns."""
    taken = {name: other.cells[name] for name in columns if name in other.cells}
    return SheetRow(row.path, row.number, {**row.cells, **taken})


def _left(pair: Sequence[SheetRow]) -> str:
    named = " and ".join(f"{row.number} ({row.text('Emotion')}: {row.text('AUs')})" for row in pair)
    return (
        f"rows {named}, known to have each other's action units, are left as they are: Emotion and Table 4 do not ask "
        "for an exchange. The setting exchange: always makes it"
    )
