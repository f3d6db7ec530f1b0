"""The loop of every stage: each clip is added to the shard, or listed with the reason why it is not."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from numpy.typing import NDArray

from merflow.artefacts.shard import Shard
from merflow.artefacts.writer import ShardWriter
from merflow.errors import BadClipError

OnBadClip = Literal["exclude", "fail"]
ClipData = tuple[Mapping[str, NDArray[Any]], Mapping[str, Any]]
"""Arrays and attributes of one clip."""


def add_clips(
    shard: ShardWriter,
    clips: Iterable[str],
    compute: Callable[[str], ClipData],
    *,
    stage: str,
    on_bad_clip: OnBadClip,
    source: str = "",
) -> None:
    """Add each clip that can be computed; exclude the others.

    Parameters
    ----------
    shard : ShardWriter
        Open shard.
    clips : iterable of str
        Clip ids.
    compute : callable
        Returns arrays and attributes of one clip, or raises BadClipError.
    stage : str
        Name of the stage in the table of exclusions.
    on_bad_clip : {"exclude", "fail"}
        Whether a clip that cannot be used is listed, or stops the run.
    source : str
        File to name where the error names none.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """
    for clip in clips:
        try:
            arrays, attrs = compute(clip)
        except BadClipError as error:
            if on_bad_clip == "fail":
                raise BadClipError(f"{clip}: {error.reason}", source=error.source or source) from error
            shard.exclude(clip, stage=stage, reason=error.reason, source=error.source or source)
            continue
        shard.add(clip, arrays, attrs)


def add_clips_of(
    upstream: Iterable[Shard],
    shard: ShardWriter,
    compute: Callable[[str], ClipData],
    *,
    stage: str,
    on_bad_clip: OnBadClip,
) -> None:
    """Add the clips that all upstream shards hold, and pass on what those left out, so that no reason is lost.

    Parameters
    ----------
    upstream : iterable of Shard
        Open shards that the stage reads; the first is the one that its clips are looked up in.
    shard, compute, stage, on_bad_clip
        As for ``add_clips``.

    Raises
    ------
    BadClipError
        As ``add_clips``.
    """
    sources = list(upstream)
    earlier = {(row["clip"], row["stage"]): row for source in sources for row in source.exclusions}
    for row in earlier.values():
        shard.exclude(row["clip"], stage=row["stage"], reason=row["reason"], source=row["source"])
    common = [clip for clip in sources[0].clips if all(clip in source for source in sources)]
    add_clips(shard, common, compute, stage=stage, on_bad_clip=on_bad_clip, source=str(sources[0].path))
