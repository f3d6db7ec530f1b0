"""Draw any clip of any shard: one picture for each kind of artefact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from merflow.artefacts import Shard, open_shard
from merflow.datasets.clip_table import read_clips
from merflow.datasets.labels import label_set_named
from merflow.drawing.canvas import save_png
from merflow.drawing.upstream import Upstream, open_upstream
from merflow.errors import ArtefactError
from merflow.names import named
from merflow.stages import STAGES
from merflow.visualization.clips.choice import first_clip

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw_shard(kind: str, shard: Shard, clip: str, upstream: Upstream | None = None) -> Figure:
    """Draw one clip of a shard.

    Parameters
    ----------
    kind : str
        Of ``merflow.stages.STAGES``.
    shard : Shard
        Open shard of that kind.
    clip : str
        Clip id.
    upstream : mapping of str to Shard, optional
        Open shards further up the chain, by kind; None looks for them beside the shard. A picture whose background
        is not there is drawn without it and says so.

    Raises
    ------
    ArtefactError
        When there is no picture of this kind, or the shard does not hold the clip.
    """
    if kind not in STAGES:
        raise ArtefactError(f"expected an artefact of kind {', '.join(STAGES)}, but found {kind!r}: it has no picture")
    if clip not in shard:
        raise ArtefactError(f"{shard.path}: expected one of the clips {', '.join(shard.clips)}, but found {clip!r}")
    draw: Callable[[Shard, str, Upstream], Figure] = named(STAGES[kind].picture)
    if upstream is not None:
        return draw(shard, clip, upstream)
    with open_upstream(shard) as found:
        return draw(shard, clip, found)


def draw_first_clip(
    kind: str, clips_csv: Path, shards: Sequence[Path], out: Path, *, settings: Mapping[str, Any]
) -> None:
    """Write the picture of the first clip of an experiment that a stage did not leave out.

    Parameters
    ----------
    kind : str
        Kind of the shards; of ``merflow.stages.STAGES``. Shards further up the chain are looked for beside them.
    clips_csv : Path
        Index of the dataset.
    shards : sequence of Path
        One a subject, in the order of the index.
    out : Path
        PNG file.
    settings : mapping
        ``labels`` and ``expressions`` of the experiment.

    Raises
    ------
    DatasetError
        When no shard holds a clip of the experiment.
    """
    path, clip = first_clip(
        shards,
        read_clips(clips_csv),
        kind=kind,
        label_set=label_set_named(settings["labels"]),
        expressions=settings["expressions"],
    )
    with open_shard(path, kind=kind) as shard:
        save_png(draw_shard(kind, shard, clip), out)
