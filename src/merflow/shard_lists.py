"""Lists of shards: what a job that makes several has made. They lie in the folder of the variant."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from merflow.errors import ArtefactError
from merflow.job_lists import Lists
from merflow.make_command import make_command


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


def _parse(cells: Sequence[str]) -> Row:
    subject, clips, left_out, digest = cells
    return Row(subject, int(clips), int(left_out), digest)


SHARD_LISTS = Lists("shards", Row._fields, _parse)


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
    listed = {path.parent / f"{row.subject}.h5": row.sha256 for path in lists for row in SHARD_LISTS.read(path)}
    for shard in shards:
        if shard not in listed:
            whole = shard.with_name(SHARD_LISTS.whole)
            raise ArtefactError(f"{whole}: expected a row of {shard.stem}, but found none. Delete it; run again.")
        if digest(shard) != listed[shard]:
            raise ArtefactError(
                f"{shard}: expected the content that is listed beside it (sha256 {listed[shard][:16]}), but found "
                f"another ({digest(shard)[:16]}): it was replaced after it was made. "
                f"Rebuild: {make_command(shard, force=True)}"
            )


def forget_others(shard: Path, row: Row) -> None:
    """Remove the lists that name another content of a shard than it has now: what they claim is there no more."""
    SHARD_LISTS.forget(shard.parent, lambda other: other.subject == row.subject and other.sha256 != row.sha256)


def forget_missing_shards(folder: Path) -> None:
    """Remove the lists of a variant that name a shard which is not there.

    Shards may be deleted to save disk. A list that outlives its shards would keep the workflow from making them again
    when something needs them.

    Parameters
    ----------
    folder : Path
        Of the variant; it may not exist.
    """
    SHARD_LISTS.forget(folder, lambda row: not (folder / f"{row.subject}.h5").is_file())
