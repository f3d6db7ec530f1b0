"""Rows that stay in their file until they are read: an array that is too large for memory, one clip a row."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Indices: TypeAlias = NDArray[np.int64] | NDArray[np.bool_]


class LazyRows:
    """Something that is indexed by rows as an array is, and reads no others.

    It holds no open file, so that a process may be forked and a thread started.

    Parameters
    ----------
    shape : tuple of int
        Of the whole, rows first.
    dtype : dtype
    read : callable
        Row number -> array of shape ``shape[1:]``.
    rows : ndarray of int64, optional
        Numbers that `read` knows the rows by; by default 0 to ``shape[0] - 1``.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        read: Callable[[int], NDArray[Any]],
        *,
        rows: NDArray[np.int64] | None = None,
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self._read = read
        self._rows = np.arange(shape[0]) if rows is None else rows

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """Number of axes, rows included."""
        return len(self.shape)

    def __getitem__(self, rows: Indices) -> NDArray[Any]:
        """Read rows into memory, in the order asked for."""
        chosen = self._rows[rows]
        read = np.empty((len(chosen), *self.shape[1:]), dtype=self.dtype)
        for place, row in enumerate(chosen.tolist()):
            read[place] = self._read(row)
        return read

    def take(self, rows: Indices) -> "LazyRows":
        """Return some of the rows, none of them read."""
        chosen = self._rows[rows]
        return LazyRows((len(chosen), *self.shape[1:]), self.dtype, self._read, rows=chosen)


def keep_read(
    read: Callable[[int], NDArray[Any]], shape: tuple[int, ...], dtype: np.dtype[Any], *, up_to: int
) -> Callable[[int], NDArray[Any]]:
    """Return how to read rows that are read again and again: the first ones stay in memory, the others do not.

    Parameters
    ----------
    read : callable
        Row number -> array of shape ``shape[1:]``.
    shape, dtype
        Of the whole, rows first.
    up_to : int
        Bytes of memory. It is taken as rows come.
    """
    row_bytes = dtype.itemsize * math.prod(shape[1:])
    block = np.empty((min(shape[0], up_to // row_bytes), *shape[1:]), dtype=dtype)  # one: no gaps between the rows
    places: dict[int, int] = {}

    def take_or_read(row: int) -> NDArray[Any]:
        if row in places:
            return np.asarray(block[places[row]])
        values = read(row)
        if len(places) < len(block):
            block[len(places)] = values
            places[row] = len(places)
        return values

    return take_or_read


Rows: TypeAlias = NDArray[Any] | LazyRows


def take_rows(x: Rows, rows: Indices) -> Rows:
    """Return some rows of an array, or of rows that stay where they are."""
    return x.take(rows) if isinstance(x, LazyRows) else x[rows]
