"""Quality of flow images: whether each channel has a range, and the largest strain."""

from collections.abc import Mapping

import numpy as np

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value


def measure(flow_images: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``flow_images``; `upstream` is not read."""
    image = flow_images.read(clip.id, "image")
    blank = sum(float(np.ptp(image[..., channel])) == 0 for channel in range(image.shape[-1]))
    return {"blank_channels": float(blank), "strain": float(flow_images.read(clip.id, "range")[2, 1])}


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="blank_channels",
            unit="1",
            meaning="Channels of the flow image (u, v, strain) that have one value everywhere.",
            bad="Nothing moves, or onset and apex are one frame.",
            high=0.0,
            why="Between two recorded frames noise alone gives each channel a range.",
        ),
        QualityColumn(
            name="strain",
            unit="aligned px per aligned px",
            meaning="Upper end of the strain channel; n/a where the picture came ready.",
            bad="Skin is not stretched that far: a wrong frame, or something before the face.",
            high=1.0,
            why="A strain of 1 doubles a length.",
        ),
    ),
)
