"""Quality of regions: whether each region really has the points that a network is given."""

from collections.abc import Mapping

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value


def measure(regions: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``regions``; `upstream` is not read."""
    samples = regions.describe(clip.id, "points")["shape"][1]
    return {"region_filled": min(1.0, float(regions.read(clip.id, "count").min()) / samples)}


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="region_filled",
            unit="1",
            meaning="Points of the region that has fewest, over those that are taken; 1 = none repeats.",
            bad="Points repeat: the face is small, depth is missing, or the landmarks are beside the face.",
            low=0.5,
            why="Below a half each point of the region stands there twice or more.",
        ),
    ),
)
