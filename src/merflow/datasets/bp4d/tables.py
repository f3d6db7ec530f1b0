"""BP4D tables: what a coder saw in each frame of a sequence."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.reading.text_grids import decoded
from merflow.errors import DatasetError
from merflow.untrusted.limits import MAX_COLUMNS, MAX_ROWS, MAX_TEXT_SHEET_BYTES, check_size, read_as_csv, too_much

NOT_CODABLE = 9
"""In place of 0 or 1: the face was turned away, or covered."""

_NAME = re.compile(r"([FM])0*(\d{1,4})_T(\d{1,2})(?:_AU0*(\d{1,2}))?", re.IGNORECASE | re.ASCII)
_UNIT = re.compile(r"(?:AU)?0*([1-9]\d?)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The coding of one sequence.

    Parameters
    ----------
    path : Path
    frames : ndarray of shape (n,), int64
        Numbers of the coded frames, ascending; some of a sequence are not coded.
    units : mapping of int to ndarray of shape (n,), int64
        Action unit -> 1 present, 0 absent, 9 not codable.
    """

    path: Path
    frames: NDArray[np.int64]
    units: Mapping[int, NDArray[np.int64]]


def sequence_of(stem: str) -> tuple[str, str, int] | None:
    """Return subject, task and unit of a table: ``F001``, ``T1``, 0 of ``F001_T1``; None = it is none.

    The unit is that of a table of intensities, ``F001_T1_AU06``; 0 = a table of occurrences.
    """
    match = _NAME.fullmatch(stem)
    if match is None:
        return None
    return f"{match[1].upper()}{int(match[2]):03d}", f"T{int(match[3])}", int(match[4] or 0)


def read_table(path: Path) -> Table:
    """Read the occurrences of a sequence: the first row names the units, the first column the frames.

    Raises
    ------
    DatasetError
        When the file is too large, no table of whole numbers, repeats a frame or a unit, or has another value than 0, 1
        or 9: names file and row.
    """
    head, values = _numbers(path)
    units = [_unit(path, name) for name in head[1:]]
    if not units or len(set(units)) < len(units):
        raise DatasetError(f"{path}: expected each action unit once in the first row, found {', '.join(head[1:])}.")
    wrong = np.argwhere((values[:, 1:] != 0) & (values[:, 1:] != 1) & (values[:, 1:] != NOT_CODABLE))
    if len(wrong):
        row, column = wrong[0]
        raise DatasetError(
            f"{path}, row {row + 2}, AU {units[column]}: expected 0, 1 or {NOT_CODABLE} (not codable), found "
            f"{values[row, column + 1]}. Take the official file."
        )
    return Table(path, values[:, 0], {unit: values[:, k] for k, unit in enumerate(units, start=1)})


def read_intensities(path: Path) -> Mapping[int, int]:
    """Return frame -> intensity, 0 to 5, of a table of one unit; frames that are not coded (9) are left out.

    Raises
    ------
    DatasetError
        As :func:`read_table`.
    """
    _, values = _numbers(path, header=False)
    if values.shape[1] != 2 or ((values[:, 1] < 0) | ((values[:, 1] > 5) & (values[:, 1] != NOT_CODABLE))).any():
        raise DatasetError(
            f"{path}: expected lines of a frame and its intensity, 0 to 5 or {NOT_CODABLE}, found others."
        )
    return {int(frame): int(value) for frame, value in values if value != NOT_CODABLE}


def _numbers(path: Path, *, header: bool = True) -> tuple[list[str], NDArray[np.int64]]:
    """Return the first row, and the others as whole numbers, their frames ascending."""
    with read_as_csv(path):
        check_size(path, MAX_TEXT_SHEET_BYTES)
        lines = [line for line in decoded(path).splitlines() if line.strip()]
    head = [cell.strip() for cell in lines[0].split(",")] if lines else []
    if len(head) > MAX_COLUMNS or len(lines) > MAX_ROWS:
        raise too_much(path, f"at most {MAX_ROWS} rows and {MAX_COLUMNS} columns", "more")
    skipped = header or not (head and head[0].isdigit())
    if len(lines) <= skipped:
        raise DatasetError(f"{path}: expected rows of numbers, found none. Take the official file.")
    try:
        values = np.loadtxt(io.StringIO("\n".join(lines[skipped:])), delimiter=",", dtype=np.int64, ndmin=2)
    except ValueError as error:
        raise DatasetError(f"{path}: expected whole numbers divided by commas, found others: {error}.") from error
    if not values.size or values.shape[1] != len(head):
        raise DatasetError(
            f"{path}: expected rows of {len(head)} numbers, as the first row has, found {values.shape[0]} rows of "
            f"{values.shape[1]}. Take the official file."
        )
    steps = np.diff(values[:, 0])
    if (steps <= 0).any() or values[0, 0] < 0:
        row = int(np.argmax(steps <= 0)) + 1 + skipped + 1
        raise DatasetError(
            f"{path}, row {row}: expected frames from 0 on that ascend, found {values[row - 1 - skipped, 0]}."
        )
    return head, values


def _unit(path: Path, name: str) -> int:
    match = _UNIT.fullmatch(name)
    if match is None:
        raise DatasetError(
            f"{path}, row 1: expected the numbers of action units, found {name!r}. Take the official file."
        )
    return int(match[1])
