"""Draw the flow image of one clip.

Settings: labels and expressions of the experiment. Input: clips.csv, flow_images shards, and the flow and faces shards
behind them where there are any. Output: pictures/flow_images.png.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from _job import configure_logging
from merflow.artefacts import open_shard
from merflow.datasets.clip import read_clips
from merflow.datasets.labels import LABEL_SETS
from merflow.visualization.canvas import save_png
from merflow.visualization.choice import first_clip
from merflow.visualization.draw import draw_shard


def main(clips_csv: Path, shards: Sequence[Path], out: Path, *, settings: dict[str, Any]) -> None:
    """Write the picture of the first clip that is in."""
    path, clip = first_clip(
        shards,
        read_clips(clips_csv),
        kind="flow_images",
        label_set=LABEL_SETS[settings["labels"]],
        expressions=settings["expressions"],
    )
    with open_shard(path, kind="flow_images") as shard:
        save_png(draw_shard("flow_images", shard, clip), out)


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.clips),
        [Path(path) for path in snakemake.input.shards],
        Path(snakemake.output.flow_images),
        settings=snakemake.params.settings,
    )
