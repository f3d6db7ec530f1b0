"""Lists of what jobs have made, by which the workflow knows that it is there.

A job that makes several things is one job of the plan. Its output is a list, with the content (SHA-256) of each thing.
So what is made again with the same bytes leaves its list, and everything behind it, as it was.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from merflow.errors import ArtefactError
from merflow.files import atomic_path

BATCHES = "batches"
"""Folder that holds the list of each job, beside the list of all."""


class Listed(Protocol):
    """A row of a list: what it names, and its content."""

    @property
    def sha256(self) -> str:
        """Digest of the content."""
        ...

    def __iter__(self) -> Iterator[object]:
        """Iterate over the cells."""
        ...


Row = TypeVar("Row", bound=Listed)


@dataclass(frozen=True, slots=True)
class Lists(Generic[Row]):
    """The lists of one kind of things, which lie together in a folder.

    Parameters
    ----------
    of : str
        What is listed, for messages: ``shards``.
    columns : sequence of str
    parse : callable
        Makes a row of its cells; raises ValueError for others.
    """

    of: str
    columns: Sequence[str]
    parse: Callable[[Sequence[str]], Row]

    @property
    def whole(self) -> str:
        """Name of the list of all."""
        return f"{self.of}.csv"

    def write(self, path: Path, rows: Iterable[Row]) -> None:
        """Write a list; the same things give the same bytes."""
        with atomic_path(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(self.columns)
            table.writerows(rows)

    def read(self, path: Path) -> list[Row]:
        """Read a list.

        Raises
        ------
        ArtefactError
            When it is not one that :meth:`write` wrote.
        """
        try:
            with path.open(encoding="utf-8", newline="") as file:
                heading, *rows = csv.reader(file)
            if heading != list(self.columns):
                raise ValueError(f"columns {', '.join(heading)}")
            return [self.parse(cells) for cells in rows]
        except (TypeError, ValueError, csv.Error) as error:  # UnicodeDecodeError is a ValueError
            raise ArtefactError(
                f"{path}: expected a list of {self.of} with the columns {', '.join(self.columns)}, but found {error}. "
                "Delete it; the next run writes it again."
            ) from error

    def of_jobs(self, folder: Path) -> list[Path]:
        """Return the lists of jobs in a folder, and none that a job is writing."""
        return sorted(folder.joinpath(BATCHES).glob("[!.]*.csv"))  # temporary names begin with a dot

    def lie_in(self, folder: Path) -> Iterator[Path]:
        """Yield the lists in a folder: those of jobs and that of all."""
        yield from self.of_jobs(folder)
        if (whole := folder / self.whole).is_file():
            yield whole

    def forget(self, folder: Path, wrong: Callable[[Row], bool]) -> None:
        """Remove the lists in a folder that have a row of which `wrong` is true."""
        for path in self.lie_in(folder):
            if any(map(wrong, self._rows_now(path))):
                path.unlink(missing_ok=True)

    def _rows_now(self, path: Path) -> list[Row]:
        """Return the rows of a list; none of one that another job has just removed."""
        try:
            return self.read(path)
        except FileNotFoundError:
            return []
