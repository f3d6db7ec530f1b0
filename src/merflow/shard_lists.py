"""Lists of shards: what a job that makes several has made, by which the workflow knows that they are there.

A list names the content of each shard (SHA-256). So a shard that is made again with the same bytes leaves its list, and
everything behind it, as it was.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from merflow.errors import ArtefactError
from merflow.files import atomic_path
from merflow.make_command import make_command

BATCHES = "batches"
"""Folder beside the shards that holds the list of each job."""


class Row(NamedTuple):
    """One shard.

    Parameters
    ----------
    subject : str
    clips : int
        Clips that it holds.
    left_out : int
        Clips of the subject that it lists as left out.
    sha256 : str
        Of the whole file.
    """

    subject: str
    clips: int
    left_out: int
    sha256: str


def write_list(path: Path, rows: Iterable[Row]) -> None:
    """Write a list of shards; the same shards give the same bytes."""
    with atomic_path(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(Row._fields)
        table.writerows(rows)


def read_list(path: Path) -> list[Row]:
    """Read a list of shards.

    Raises
    ------
    ArtefactError
        When it is not one that :func:`write_list` wrote.
    """
    try:
        with Path(path).open(encoding="utf-8", newline="") as file:
            heading, *rows = csv.reader(file)
        if tuple(heading) != Row._fields:
            raise ValueError(f"columns {', '.join(heading)}")
        return [Row(subject, int(clips), int(left_out), digest) for subject, clips, left_out, digest in rows]
    except (ValueError, csv.Error) as error:  # UnicodeDecodeError is a ValueError
        raise ArtefactError(
            f"{path}: expected a list of shards with the columns {', '.join(Row._fields)}, but found {error}. "
            "Delete it; the next run writes it again."
        ) from error


def check_listed(shards: Iterable[Path], lists: Iterable[Path], *, digest: Callable[[Path], str]) -> None:
    """Refuse a shard that was replaced after it was listed.

    Parameters
    ----------
    shards : iterable of Path
    lists : iterable of Path
        Those of their variants, each beside the shards that it names.
    digest : callable
        Returns the SHA-256 of a shard.

    Raises
    ------
    ArtefactError
        Names the shard and the command that makes it anew.
    """
    listed = {path.parent / f"{row.subject}.h5": row.sha256 for path in lists for row in read_list(path)}
    for shard in shards:
        if shard not in listed:
            whole = shard.with_name("shards.csv")
            raise ArtefactError(f"{whole}: expected a row of {shard.stem}, but found none. Delete it; run again.")
        if digest(shard) != listed[shard]:
            raise ArtefactError(
                f"{shard}: expected the content that is listed beside it (sha256 {listed[shard][:16]}), but found "
                f"another ({digest(shard)[:16]}): it was replaced after it was made. "
                f"Rebuild: {make_command(shard, force=True)}"
            )


def lists_beside(shard: Path) -> Iterator[Path]:
    """Yield the lists that may name a shard: those of its variant, and none that another job is writing."""
    yield from sorted(shard.parent.joinpath(BATCHES).glob("[!.]*.csv"))  # temporary names begin with a dot
    if (whole := shard.with_name("shards.csv")).is_file():
        yield whole


def forget_others(shard: Path, row: Row) -> None:
    """Remove the lists that name another content of a shard than it has now: what they claim is there no more."""
    for path in lists_beside(shard):
        if any(other.subject == row.subject and other.sha256 != row.sha256 for other in _rows_now(path)):
            path.unlink(missing_ok=True)


def forget_missing(folder: Path) -> None:
    """Remove the lists of a variant that name a shard which is not there.

    Shards may be deleted to save disk. A list that outlives its shards would keep the workflow from making them again
    when something needs them.

    Parameters
    ----------
    folder : Path
        Of the variant; it may not exist.
    """
    for path in lists_beside(folder / "any.h5"):
        if any(not (folder / f"{row.subject}.h5").is_file() for row in _rows_now(path)):
            path.unlink(missing_ok=True)


def _rows_now(path: Path) -> list[Row]:
    """Return the rows of a list; none of one that the job of other subjects has just removed."""
    try:
        return read_list(path)
    except FileNotFoundError:
        return []
