"""Draw one clip before and after magnification, and both in turns.

Settings: labels and expressions of the experiment. Input: clips.csv, magnified and faces shards.
Output: pictures/magnified.png, pictures/flicker.png.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.artefacts import open_shard
from merflow.datasets.clip_table import read_clips
from merflow.datasets.labels import label_set_named
from merflow.drawing.canvas import save_png
from merflow.stages.magnified.flicker import write_flicker
from merflow.visualization.clips.choice import first_clip
from merflow.visualization.clips.draw import draw_shard


def main(
    clips_csv: Path, shards: Sequence[Path], faces: Sequence[Path], *, out: dict[str, Path], settings: dict[str, Any]
) -> None:
    """Write both pictures of the first clip that is in."""
    path, clip = first_clip(
        shards,
        read_clips(clips_csv),
        kind="magnified",
        label_set=label_set_named(settings["labels"]),
        expressions=settings["expressions"],
    )
    faces_of = {shard.name: shard for shard in faces}
    with open_shard(path, kind="magnified") as shard, open_shard(faces_of[path.name], kind="faces") as faces_shard:
        save_png(draw_shard("magnified", shard, clip, {"faces": faces_shard}), out["magnified"])
        write_flicker(shard, faces_shard, clip, out["flicker"])


if __name__ == "__main__":
    main(
        Path(snakemake.input.clips),
        [Path(path) for path in snakemake.params.shards],
        [Path(path) for path in snakemake.params.faces],
        out={name: Path(path) for name, path in snakemake.output.items()},
        settings=snakemake.params.settings,
    )
