"""Quality of depth flow: the shift at the nose that was taken off."""

from collections.abc import Mapping

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value


def measure(depth_flow: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``depth_flow``; `upstream` is not read."""
    return {"nasal_shift_mm": float(depth_flow.attrs(clip.id)["nasal_shift_mm"])}


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="nasal_shift_mm",
            unit="mm",
            meaning="Change of depth of the nose from onset to apex, which is taken off.",
            bad="The head moved towards or away from the camera, or depth is wrong at the nose.",
            low=-5.0,
            high=5.0,
            why="Beyond it the head's rotation changes depth by more than an expression does.",
        ),
    ),
)
