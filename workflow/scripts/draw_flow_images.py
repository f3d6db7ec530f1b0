"""Draw the flow image of one clip.

Settings: labels and expressions of the experiment. Input: clips.csv, flow_images
shards, and the flow and faces shards behind them where there are any.
Output: pictures/flow_images.png.
"""

from pathlib import Path

from _job import configure_logging
from merflow.visualization.draw import draw_first_clip

if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    draw_first_clip(
        "flow_images",
        Path(snakemake.input.clips),
        [Path(path) for path in snakemake.input.shards],
        Path(snakemake.output.flow_images),
        settings=snakemake.params.settings,
    )
