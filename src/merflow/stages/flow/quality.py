"""Quality of flow: how much is the head's, how much is left, and whether it is where the labelled units act."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.datasets.action_units import known_units
from merflow.datasets.clip import Clip
from merflow.drawing.upstream import aligned_landmarks
from merflow.landmarks.outline import face_mask, face_up, hull_mask, interocular_px
from merflow.quality_columns import Quality, QualityColumn, Value

_BROWS = frozenset({1, 2, 3, 4})
_LIDS = frozenset({5, 6, 7, 9, 41, 42, 43, 44, 45, 46, 61, 62, 63, 64})
_NOSE = frozenset({4, 9, 10, 11, 38, 39})
_CHEEKS = frozenset({6, 7, 9, 10, 11, 12, 13, 14, 15, 20, 33, 34, 35})
_MOUTH = frozenset(range(8, 36))
AREAS: tuple[tuple[frozenset[int], tuple[int, ...]], ...] = (
    (_BROWS, tuple(range(17, 27))),
    (_LIDS | _BROWS, (*range(17, 27), *range(36, 48))),
    (_NOSE, (21, 22, *range(27, 36), 39, 42)),
    (_CHEEKS, (1, 2, 3, 4, 5, 31, 41, 36, 48)),
    (_CHEEKS, (11, 12, 13, 14, 15, 35, 46, 45, 54)),
    (_MOUTH, (*range(4, 13), *range(31, 36), *range(48, 68))),
)
"""Action units (Ekman and Friesen 2002) and the landmarks around the skin that they move."""
_LIFT = 0.35
"""Of the distance of the outer eye corners: brows move the skin of the forehead above them."""


def measure(flow: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``flow``; none without its faces."""
    landmarks = aligned_landmarks(upstream, clip.id, "onset")
    if landmarks is None:
        return {}
    length = np.hypot(*flow.read(clip.id, "expression_flow"))
    face = face_mask(landmarks, length.shape)
    y, x = np.mgrid[: face.shape[0], : face.shape[1]]
    head = np.tensordot(flow.read(clip.id, "head_motion"), np.stack([x, y, np.ones_like(x)]), axes=1)
    values: dict[str, Value] = {
        "head_px": float(np.hypot(*head)[face].mean()),
        "flow_median": float(np.median(length[face])),
        "flow_p99": float(np.percentile(length[face], 99)),
    }
    units = known_units(clip.aus)
    if units:
        values["flow_outside_units"] = outside_units(length, face, landmarks, units)
    return values


def outside_units(
    length: NDArray[Any], face: NDArray[np.bool_], landmarks: NDArray[np.float64], units: frozenset[int]
) -> float:
    """Return the share of the motion's energy (length squared) that is where none of the units acts.

    Parameters
    ----------
    length : ndarray of shape (S, S), aligned px
        Of the expression flow.
    face : ndarray of shape (S, S), bool
    landmarks : ndarray of shape (68, 2), aligned px
    units : frozenset of int
        That the clip shows. Where none of them has an area, NaN.
    """
    lift = _LIFT * interocular_px(landmarks) * face_up(landmarks)
    inside = np.zeros_like(face)
    for acting, corners in AREAS:
        if units & acting:
            points = landmarks[list(corners)]
            if units & acting & _BROWS:
                points = np.concatenate([points, landmarks[17:27] + lift])
            inside |= hull_mask(points, face.shape)
    energy = np.where(face, np.asarray(length, dtype=np.float64) ** 2, 0.0)
    if not inside.any() or not energy.any():
        return float("nan")
    return float(energy[~inside].sum() / energy.sum())


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="head_px",
            unit="aligned px",
            meaning="Mean motion of the head from onset to apex on the face; it is taken off.",
            bad="The head moved much, or a frame is of another moment: what is taken off errs more.",
            outlier="high",
            log=True,
            least_spread=0.35,
            why="How still a head is held depends on the recording.",
        ),
        QualityColumn(
            name="flow_median",
            unit="aligned px",
            meaning="Median length of the expression flow on the face.",
            bad="More than half of the face moves: head motion or a change of light is left.",
            high=0.8,
            why="In a micro-expression most of the face rests; a wrinkled nose (AU 9) of the demo gives 0.6.",
        ),
        QualityColumn(
            name="flow_p99",
            unit="aligned px",
            meaning="Length of the expression flow that 1 % of the face exceeds.",
            bad="High: a wrong frame, a blink or something before the face. Low: nothing moves.",
            high=4.0,
            outlier="low",
            log=True,
            least_spread=0.25,
            why="Skin moves by 0.3 to 3 px of a face of 256 px.",
        ),
        QualityColumn(
            name="flow_outside_units",
            unit="1",
            meaning="Share of the motion's energy where none of the labelled action units acts.",
            bad="Something else moved, or the label is of another clip.",
            high=0.5,
            why="Units pull on the skin around them: on the demo the median is 0.03 and the largest share 0.41.",
        ),
    ),
)
