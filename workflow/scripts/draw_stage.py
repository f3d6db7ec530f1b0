"""Draw one clip of one kind of artefact.

Settings: labels and expressions of the experiment. Input: clips.csv, shards of the kind, and those behind them.
Output: pictures/<kind>.png.
"""

from pathlib import Path

from _job import configure_logging
from merflow.visualization.clips.draw import draw_first_clip

if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    draw_first_clip(
        snakemake.params.kind,
        Path(snakemake.input.clips),
        [Path(path) for path in snakemake.params.shards],
        Path(snakemake.output.picture),
        settings=snakemake.params.settings,
    )
