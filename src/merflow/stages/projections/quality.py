"""Quality of projections: how much of each view is face, and how much of the face is holes."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value


def measure(projections: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``projections``; `upstream` is not read."""
    seen = np.isfinite(projections.read(clip.id, "depth"))
    hidden = projections.read(clip.id, "hidden") > 0 if projections.has(clip.id, "hidden") else None
    return {
        "view_covered": float(np.min(projections.read(clip.id, "covered"))),
        "view_holes": float(hole_shares(seen if hidden is None else seen | hidden).max()),
        "view_hidden": float("nan") if hidden is None else float(hidden.mean(axis=(1, 2)).max()),
    }


def hole_shares(there: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the share of each face, outline and all within, that is missing.

    Parameters
    ----------
    there : ndarray of shape (pictures, H, W), bool
        Pixels that see the face, or something that hides it.
    """
    from scipy.ndimage import binary_fill_holes

    whole = np.array([binary_fill_holes(one).sum() for one in there])
    return np.asarray(1 - there.sum(axis=(1, 2)) / np.maximum(whole, 1))


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
            name="view_holes",
            unit="1",
            meaning="Share of the face within its outline that is missing, of the pictures the largest.",
            bad="A rough reconstruction: what flickers there is no motion of the face.",
            high=0.015,
            why="Of 4DME's layout: lips and missing spikes .4 to 1.1 % (15 clips), six holes 1.8 to 3.1 % (5 clips).",
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
