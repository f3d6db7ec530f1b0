"""Sheet choice: which sheet of a file holds the columns that a reader needs, and in which row."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from merflow.datasets.reading.cells import HEADER_ROWS, Grid, column_key
from merflow.errors import DatasetError


class Chosen(NamedTuple):
    """A sheet, the position of its header, and what to say of the choice."""

    grid: Grid
    header: int
    note: str


def choose_sheet(
    path: Path, grids: Sequence[Grid], wanted: str | None, required: Sequence[str], optional: Sequence[str] = ()
) -> Chosen:
    """Find the sheet that has the required columns: the official one, else the only other one, noted.

    Parameters
    ----------
    path : Path
        For messages.
    grids : sequence of Grid
        The sheets of a file, in its order.
    wanted : str or None
        Official name; None = the official one is the first.
    required, optional : sequence of str
        Columns; the required ones decide.

    Raises
    ------
    DatasetError
        When no sheet has the required ones: names the best row of the official sheet, the columns that it lacks and the
        sheets that are there. When the official sheet has not, and several others have: it would be a guess.
    """
    headers = [_header(grid, required) for grid in grids]
    fits = [(grid, header) for grid, header in zip(grids, headers, strict=True) if header is not None]
    named = [grid for grid in grids if wanted is not None and column_key(grid.name) == column_key(wanted)]
    official = [one for one in fits if one[0] in (grids[:1] if wanted is None else named)]
    if len(fits) > 1 and not official:
        raise _a_guess(path, wanted, grids, [grid for grid, _ in fits])
    if not fits and wanted is not None and not named and len(grids) > 1:
        raise DatasetError(f"{path.name}: expected the sheet {wanted!r}, found {_names(grids)}. Name it {wanted!r}.")
    if not fits:
        raise _no_columns(path, named or grids, grids, required)
    grid, header = (official or fits)[0]
    repeated = _repeated(grid.rows[header], [*required, *optional])
    note = "; ".join([*_notes(path, grid, grids, [one for one, _ in fits]), *repeated])
    return Chosen(grid, header, note)


def positions_of(header: Sequence[Any], columns: Sequence[str]) -> Mapping[str, int]:
    """Return the position of each column that a header has; of several of one name the first."""
    positions = {column_key(name): position for position, name in reversed(list(enumerate(header)))}
    return {name: positions[column_key(name)] for name in columns if column_key(name) in positions}


def with_nearest(name: str, found: Sequence[str]) -> str:
    """Return a missing column and the nearest of those that are there, for messages; case and blanks do not count."""
    by_key = {column_key(value): value for value in found}
    nearest = difflib.get_close_matches(column_key(name), by_key, n=1)
    return f"{name!r} (nearest: {by_key[nearest[0]]!r})" if nearest else repr(name)


def _header(grid: Grid, required: Sequence[str]) -> int | None:
    """Return the first row with all required columns."""
    wanted = set(map(column_key, required))
    rows = enumerate(grid.rows[:HEADER_ROWS])
    return next((number for number, row in rows if wanted <= set(map(column_key, row))), None)


def _a_guess(path: Path, wanted: str | None, grids: Sequence[Grid], fits: Sequence[Grid]) -> DatasetError:
    """Complain that several sheets have the columns, and the official one has not."""
    if wanted is None:
        expected, advice = f"the columns in the first sheet, {grids[0].name},", "Move the right one to the front"
    else:
        expected, advice = f"the sheet {wanted!r},", f"Name the right one {wanted!r}"
    return DatasetError(
        f"{path.name}: expected {expected} found {_names(grids)}; {_names(fits)} have the columns, and it would be a "
        f"guess which one is meant. {advice}."
    )


def _no_columns(path: Path, asked: Sequence[Grid], grids: Sequence[Grid], required: Sequence[str]) -> DatasetError:
    """Complain about the row that has most of the columns."""
    rows = [(row, number, grid) for grid in asked for number, row in enumerate(grid.rows[:HEADER_ROWS], start=1)]
    if not rows:
        return DatasetError(
            f"{path.name}: expected the columns {', '.join(required)}, found an empty sheet. Take the official file."
        )

    def lacks(row: Sequence[Any]) -> list[str]:
        keys = set(map(column_key, row))
        return [name for name in required if column_key(name) not in keys]

    row, number, grid = min(rows, key=lambda one: len(lacks(one[0])))
    missing, found = lacks(row), [str(value).strip() for value in row if str(value).strip()]
    where = f" of sheet {grid.name} (the file's sheets: {_names(grids)})" if len(grids) > 1 else ""
    return DatasetError(
        f"{path.name}: expected the column{'s' if len(missing) > 1 else ''} "
        f"{', '.join(with_nearest(name, found) for name in missing)}; found {', '.join(found)} "
        f"in row {number}{where}. Rename the column, or take the official file."
    )


def _notes(path: Path, grid: Grid, grids: Sequence[Grid], fits: Sequence[Grid]) -> Iterator[str]:
    """Say what is read, and what lies beside it and is not."""
    yield f"annotation from {path.name}, {'a table in text' if grid.is_text else f'sheet {grid.name}'}"
    same = [one for one in fits if one is not grid]
    others = [one for one in grids if one is not grid and one not in same and any(one.rows)]
    if same:
        yield f"sheets with the same columns that are not read: {_names(same)}"
    if others:
        yield f"other sheets in it: {_names(others)}"


def _repeated(header: Sequence[Any], columns: Sequence[str]) -> Iterator[str]:
    """Say which columns are there more than once."""
    counts = Counter(map(column_key, header))
    for name in columns:
        if counts[column_key(name)] > 1:
            yield f"column {name} is there {counts[column_key(name)]} times, the first is read"


def _names(grids: Sequence[Grid]) -> str:
    return ", ".join(grid.name for grid in grids)
