"""The picture of a predicted clip: through every stage where the chain ends in regions, else its last artefact."""

from collections.abc import Mapping
from pathlib import Path

from merflow.artefacts import Shard


def draw_clip(shards: Mapping[str, Shard], clip: str, out: Path, *, label: str) -> None:
    """Write the picture of one clip.

    Parameters
    ----------
    shards : mapping of str to Shard
        Open, of the whole chain, by kind, recordings' side first.
    clip : str
        Clip id.
    out : Path
        PNG file.
    label : str
        What was predicted, for the title.
    """
    from merflow.drawing.canvas import save_png
    from merflow.visualization.clips.draw import draw_shard
    from merflow.visualization.clips.overview import draw_overview

    *above, kind = shards
    upstream, last = {name: shards[name] for name in above}, shards[kind]
    if kind == "regions":
        figure = draw_overview(last, clip, upstream, label=f"predicted: {label or 'no label'}")
    else:
        figure = draw_shard(kind, last, clip, upstream)
    save_png(figure, out)
