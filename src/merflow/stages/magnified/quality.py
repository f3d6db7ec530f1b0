"""Quality of magnified frames: whether what moves has become larger, and whether grey levels have run out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.drawing.upstream import frame_index, onset_face_mask
from merflow.imaging.luma import luma
from merflow.quality_columns import Quality, QualityColumn, Value
from merflow.stages.magnified.before import apex_before

_ENDS = (0, 255)


def measure(magnified: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``magnified``; none without its faces."""
    before, face = apex_before(magnified, upstream, clip.id), onset_face_mask(upstream, clip.id)
    if before is None or face is None:
        return {}
    roles = [str(role) for role in magnified.attrs(clip.id)["roles"]]
    onset, after = magnified.read(clip.id, "magnified_color")[[frame_index(roles, role) for role in ("onset", "apex")]]
    return of_frames(onset, before, after, face)


def of_frames(
    onset: NDArray[np.uint8], before: NDArray[np.uint8], after: NDArray[np.uint8], face: NDArray[np.bool_]
) -> dict[str, Value]:
    """Compare the apex before and after magnification.

    Parameters
    ----------
    onset, before, after : ndarray of shape (S, S, 3), uint8
        Onset, and apex without the motion of the head, not magnified and magnified.
    face : ndarray of shape (S, S), bool
    """
    grey = luma(np.stack([onset, before, after])).astype(np.float64)
    small, large = (float(np.sqrt(np.mean((one - grey[0])[face] ** 2))) for one in grey[1:])
    clipped = at_an_end(after) & ~at_an_end(before)
    return {
        "magnified_gain": large / small if small > 0 else float("nan"),
        "magnified_clipped": float(clipped[face].mean()),
    }


def at_an_end(picture: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which pixels of a picture (S, S, 3) have a channel that is 0 or 255."""
    return np.asarray(np.isin(picture, _ENDS).any(axis=-1))


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="magnified_gain",
            unit="1",
            meaning="Root mean square difference of the apex from the onset on the face, magnified over not magnified.",
            bad="Low: light, noise or another frame differs, not motion. High: the method adds what is not there.",
            outlier="both",
            log=True,
            least_spread=0.1,
            why="It depends on the method and its factor; with factor 3 clips without fault have 1.5 to 2.3.",
        ),
        QualityColumn(
            name="magnified_clipped",
            unit="1",
            meaning="Share of the face's pixels that are black or white only after magnification.",
            bad="Grey levels have run out, and the texture is gone there: the face is too bright, or edges overshoot.",
            high=0.02,
            why="Clips without fault have 0.011 at most.",
        ),
    ),
)
