"""Quality of dynamic images: whether enough was pooled, and whether what changes is of the size of an expression."""

from collections.abc import Mapping

import numpy as np

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value


def measure(dynamic_images: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of this kind; `upstream` is not read."""
    width = np.ptp(dynamic_images.read(clip.id, "range"), axis=-1)
    return {
        "pooled_frames": float(dynamic_images.attrs(clip.id)["n_frames"]),
        "pooled_filled": float(dynamic_images.read(clip.id, "filled").max()),
        "pooled_still": float((width == 0).sum()),
        "pooled_range": float(width[:, 0].max()),
    }


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="pooled_frames",
            unit="frames",
            meaning="Frames that are pooled.",
            bad="Most frames of the clip are missing: look at its numbers and at its folder.",
            low=3.0,
            why="Of two frames a dynamic image is no more than their difference.",
        ),
        QualityColumn(
            name="pooled_filled",
            unit="1",
            meaning="Share of the pooled values that are interpolated in time, of the views the largest.",
            bad="Holes come and go: what changes there is the hole, not the face.",
            high=0.1,
            why="Scans of 4DME's layout have 0.01 at most.",
        ),
        QualityColumn(
            name="pooled_still",
            unit="1",
            meaning="Pictures (views times domains) in which nothing changes.",
            bad="All frames are one picture, or what the domain shows is missing.",
            high=0.0,
            why="Between recorded frames noise alone changes.",
        ),
        QualityColumn(
            name="pooled_range",
            unit="mm, level or grey level",
            meaning="What black and white of the first domain are apart, of the views the largest.",
            bad="Light, a moved head or a wrong frame has the range, and skin that moves is of one grey.",
            outlier="high",
            why="It depends on the domain, and on how strong the expressions of the dataset are.",
        ),
    ),
)
