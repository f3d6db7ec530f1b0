"""Quality of projections: how much of each view is face."""

from collections.abc import Mapping

import numpy as np

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value


def measure(projections: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``projections``; `upstream` is not read."""
    there = projections.has(clip.id, "hidden")
    return {
        "view_covered": float(np.min(projections.read(clip.id, "covered"))),
        "view_hidden": float(projections.read(clip.id, "hidden").mean(axis=(1, 2)).max()) if there else float("nan"),
    }


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="view_covered",
            unit="1",
            meaning="Share of the pixels that see the face, of the views the smallest.",
            bad="Large holes, or a face that is cut off.",
            low=0.2,
            why="A whole face covers 30 to 50 %.",
        ),
        QualityColumn(
            name="view_hidden",
            unit="1",
            meaning="Of depth frames: share of the pixels that the camera could not see, of the views the largest.",
            bad="The head is turned away from the camera, or its depth has large holes.",
            outlier="high",
            least_spread=0.02,
            why="Of a frontal head it is the side behind the cheek.",
        ),
    ),
)
