"""Draw one clip of each class through every stage.

Settings: labels and expressions of the experiment. Input: clips.csv, regions shards. Output: one picture a class.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from _job import configure_logging
from merflow.artefacts import open_shard
from merflow.datasets.clip import read_clips
from merflow.datasets.labels import LABEL_SETS
from merflow.visualization.canvas import save_png
from merflow.visualization.overview import draw_overview


def main(clips_csv: Path, shards: Sequence[Path], folder: Path, *, settings: dict[str, Any]) -> None:
    """Write the first usable clip of each class into `folder`."""
    label_set = LABEL_SETS[settings["labels"]]
    labels = {
        clip.id: label
        for clip in read_clips(clips_csv)
        if clip.expression in settings["expressions"] and (label := label_set.label_of(clip)) is not None
    }
    folder.mkdir(parents=True, exist_ok=True)
    missing = set(labels.values())
    for path in shards:
        with open_shard(path, kind="regions") as shard:
            for clip in shard.clips:
                if labels.get(clip) in missing:
                    missing.remove(labels[clip])
                    name = label_set.classes[labels[clip]]
                    save_png(draw_overview(shard, clip, label=name), folder / f"{clip}.png")
        if not missing:
            break


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.clips),
        [Path(path) for path in snakemake.input.shards],
        Path(snakemake.output.folder),
        settings=snakemake.params.settings,
    )
