"""Draw one resampled clip as a strip of film.

Settings: labels and expressions of the experiment. Input: clips.csv, sequences and faces shards.
Output: pictures/sequences.png.
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


def main(
    clips_csv: Path, shards: Sequence[Path], faces: Sequence[Path], out: Path, *, settings: dict[str, Any]
) -> None:
    """Write the picture of the first clip that is in."""
    path, clip = first_clip(
        shards,
        read_clips(clips_csv),
        kind="sequences",
        label_set=LABEL_SETS[settings["labels"]],
        expressions=settings["expressions"],
    )
    above = {shard.name: shard for shard in faces}[path.name]
    with open_shard(path, kind="sequences") as shard, open_shard(above, kind="faces") as faces_shard:
        save_png(draw_shard("sequences", shard, clip, {"faces": faces_shard}), out)


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.clips),
        [Path(path) for path in snakemake.input.shards],
        [Path(path) for path in snakemake.input.faces],
        Path(snakemake.output.sequences),
        settings=snakemake.params.settings,
    )
