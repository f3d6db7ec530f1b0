"""Draw one clip of one kind of artefact.

Settings: labels and expressions of the experiment. Input: clips.csv, shards of the kind, and those behind them.
Output: pictures/<kind>.png.
"""

from pathlib import Path

import _job  # noqa: F401  # log and memory, before anything large
from merflow.visualization.clips.draw import draw_first_clip

if __name__ == "__main__":
    draw_first_clip(
        snakemake.params.kind,
        Path(snakemake.input.clips),
        [Path(path) for path in snakemake.params.shards],
        Path(snakemake.output.picture),
        settings=snakemake.params.settings,
    )
