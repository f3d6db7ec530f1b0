"""Draw the landmark graph of one clip.

Settings: labels and expressions of the experiment. Input: clips.csv, graphs shards,
and the magnified shards behind them.
Output: pictures/graphs.png.
"""

from pathlib import Path

from _job import configure_logging
from merflow.visualization.draw import draw_first_clip

if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    draw_first_clip(
        "graphs",
        Path(snakemake.input.clips),
        [Path(path) for path in snakemake.input.shards],
        Path(snakemake.output.graphs),
        settings=snakemake.params.settings,
    )
