"""Quality of projections: how much of each view is face."""

from collections.abc import Mapping

import numpy as np

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value


def measure(projections: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``projections``; `upstream` is not read."""
    return {"view_covered": float(np.min(projections.read(clip.id, "covered")))}


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
    ),
)
