"""Quality of LBP-TOP: whether the pictures have texture, and whether they change in time."""

from collections.abc import Mapping

import numpy as np

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value
from merflow.stages.lbp_top.moving import moving_share, settings_told
from merflow.stages.lbp_top.patterns import pattern_columns
from merflow.stages.lbp_top.ring import PLANES


def measure(lbp_top: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``lbp_top``; `upstream` is not read."""
    histogram, settings = lbp_top.read(clip.id, "histogram"), settings_told(lbp_top)
    none_darker = pattern_columns(settings.neighbours, settings.patterns)[-1]
    flat = histogram[:, :, PLANES.index("XY"), none_darker]
    moving = moving_share(histogram[:, :, PLANES.index("XT")], settings)
    return {
        "pattern_flat": float(np.median(flat)),
        "pattern_changes": float("nan") if moving is None else float(np.median(moving)),
    }


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="pattern_flat",
            unit="1",
            meaning="Share of the pixels that have no darker neighbour in XY; of the blocks the median.",
            bad="There is no texture: frames are black, white or without contrast.",
            high=0.35,
            why="Skin in good light has 0.07 to 0.21.",
        ),
        QualityColumn(
            name="pattern_changes",
            unit="1",
            meaning="Share of the pixels whose XT pattern is not the same before and after; of the blocks the median.",
            bad="Nothing changes: the frames are one picture.",
            low=0.1,
            why="Noise of the camera alone changes a fifth of the pixels and more.",
        ),
    ),
)
