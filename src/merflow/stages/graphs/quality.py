"""Quality of graphs: whether the landmarks are in the picture, and whether they move as an expression moves them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.landmarks.groups import BRIDGE
from merflow.quality_columns import Quality, QualityColumn, Value
from merflow.stages.graphs.landmarks import outside

ONSET, APEX, OFFSET = range(3)


def measure(graphs: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``graphs``; `upstream` is not read."""
    landmarks = graphs.read(clip.id, "landmarks")
    beyond = outside(landmarks, int(graphs.attrs(clip.id)["aligned_size"]))
    nodes = [farthest(graphs.read(clip.id, "position"), frame) for frame in (APEX, OFFSET)]
    bridge = landmarks[APEX, list(BRIDGE)] - landmarks[ONSET, list(BRIDGE)]
    return {
        "landmarks_outside": float(beyond.any(axis=0).sum()),
        "node_motion": nodes[0],
        "offset_motion": nodes[1],
        "bridge_motion": float(np.linalg.norm(bridge.mean(axis=0))),
    }


def farthest(position: NDArray[Any], frame: int) -> float:
    """Return how far the node that moves farthest has moved since the onset; `position` is (3, N, 2)."""
    return float(np.linalg.norm(position[frame] - position[ONSET], axis=1).max())


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="landmarks_outside",
            unit="1",
            meaning="Landmarks of the 68 that lie outside the aligned picture in one of the three frames.",
            bad="The face is cut off, or the landmarks are not on it: look at the picture of the graphs.",
            high=0.0,
            why="The aligned picture has room around the face; a clip with a node outside is left out.",
        ),
        QualityColumn(
            name="node_motion",
            unit="aligned px",
            meaning="Motion, magnified where the frames are, of the node that moves farthest from onset to apex.",
            bad="Low: nothing moves, or onset and apex are one frame. High: a landmark jumped, or a wrong frame.",
            low=0.1,
            outlier="high",
            log=True,
            least_spread=0.25,
            why="Skin moves by 0.3 px and more of a face of 256 px.",
        ),
        QualityColumn(
            name="offset_motion",
            unit="aligned px",
            meaning="Motion, magnified where the frames are, of the node that moves farthest from onset to offset.",
            bad="The face is not back at rest, a landmark jumped, or the offset is a wrong frame.",
            outlier="high",
            log=True,
            least_spread=0.25,
            why="At the offset an expression has gone, and how far depends on the coder.",
        ),
        QualityColumn(
            name="bridge_motion",
            unit="aligned px",
            meaning="Mean motion, magnified where the frames are, of the bridge of the nose from onset to apex.",
            bad="Motion of the head is left, or the frames are not of one face.",
            outlier="high",
            least_spread=0.1,
            why="No expression moves the bridge much; how much of the head's motion is left depends on the method.",
        ),
    ),
)
