"""Draw one clip of each class through every stage, and the first clip of each stage in full.

Settings: labels and expressions of the experiment. Input: clips.csv, regions shards. Output: pictures/, the overviews
in a folder for each class.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.artefacts import Shard, open_shard
from merflow.datasets.clip_table import read_clips
from merflow.datasets.labels import label_set_named
from merflow.drawing.canvas import save_png
from merflow.drawing.upstream import open_upstream
from merflow.visualization.clips.draw import draw_shard
from merflow.visualization.clips.overview import draw_overview


def main(clips_csv: Path, shards: Sequence[Path], out: Mapping[str, Path], *, settings: dict[str, Any]) -> None:
    """Write the first usable clip of each class as an overview, and the first of all stage by stage."""
    label_set = label_set_named(settings["labels"])
    labels = {
        clip.id: label
        for clip in read_clips(clips_csv)
        if clip.expression in settings["expressions"] and (label := label_set.label_of(clip)) is not None
    }
    out["clips"].mkdir(parents=True, exist_ok=True)
    missing = set(labels.values())
    for path in shards:
        with open_shard(path, kind="regions") as shard:
            for clip in shard.clips:
                if labels.get(clip) not in missing:
                    continue
                if len(missing) == len(set(labels.values())):
                    draw_stages(shard, clip, out)
                missing.remove(labels[clip])
                name = label_set.text(labels[clip])
                save_png(draw_overview(shard, clip, label=name), out["clips"] / folder_of(name) / f"{clip}.png")
        if not missing:
            break


def folder_of(label: str) -> str:
    """Return a label as the name of a folder: what no file system has in names is left out."""
    return re.sub(r"[^\w.+-]+", "_", label)


def draw_stages(regions: Shard, clip: str, out: Mapping[str, Path]) -> None:
    """Write the picture of each stage of one clip."""
    with open_upstream(regions) as upstream:
        for kind, shard in {**upstream, "regions": regions}.items():
            save_png(draw_shard(kind, shard, clip, upstream), out[kind])


if __name__ == "__main__":
    main(
        Path(snakemake.input.clips),
        [Path(path) for path in snakemake.params.shards],
        {name: Path(path) for name, path in snakemake.output.items()},
        settings=snakemake.params.settings,
    )
