"""Draw one resampled clip as a strip of film.

Settings: labels and expressions of the experiment. Input: clips.csv, sequences
shards, and the faces shards behind them.
Output: pictures/sequences.png.
"""

from pathlib import Path

from _job import configure_logging
from merflow.visualization.draw import draw_first_clip

if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    draw_first_clip(
        "sequences",
        Path(snakemake.input.clips),
        [Path(path) for path in snakemake.input.shards],
        Path(snakemake.output.sequences),
        settings=snakemake.params.settings,
    )
