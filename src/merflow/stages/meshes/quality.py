"""Quality of meshes: how well the landmarks fit the mean face, and how much of the surface is missing."""

from collections.abc import Mapping

import numpy as np

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value


def measure(meshes: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``meshes``; `upstream` is not read."""
    missing = np.isnan(meshes.read(clip.id, "vertices")).any(axis=-1)
    return {
        "mesh_residual_mm": float(meshes.read(clip.id, "residual").max()),
        "vertices_missing": float(missing.mean()),
    }


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="mesh_residual_mm",
            unit="mm",
            meaning="Distance of the 3D landmarks from the mean face after the fit, of the frames the largest.",
            bad="Landmarks are in another order or unit, or those of one frame are wrong.",
            outlier="high",
            least_spread=0.5,
            why="3 to 5 mm are the differences between faces.",
        ),
        QualityColumn(
            name="vertices_missing",
            unit="1",
            meaning="Share of the vertices of all frames that are missing.",
            bad="A rough reconstruction, or spike_ratio is too low for a coarse mesh.",
            high=0.01,
            why="Scans of 4DME's layout lack fewer than 1 in 1 000.",
        ),
    ),
)
