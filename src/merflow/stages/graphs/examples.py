"""Examples of landmark graphs: features of the nodes, altered copies, and the edges within a frame."""

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.stages.examples import Choice, Features
from merflow.stages.graphs.features import node_features


def graph_features(choice: Choice) -> Features:
    """Return how examples are read from landmark graphs."""

    def features(shard: Shard, clip: str, position: NDArray[np.float32]) -> NDArray[np.float32]:
        attrs = shard.attrs(clip)
        return node_features(
            position,
            shard.read(clip, "neighbour"),
            kind=choice.nodes,
            interocular_px=attrs["interocular_px"],
            size_px=attrs["aligned_size"],
        )

    def read(shard: Shard, clip: str) -> NDArray[np.float32]:
        return features(shard, clip, shard.read(clip, "position"))

    def read_copies(shard: Shard, clip: str) -> NDArray[np.float32]:
        if "copies" not in shard.fields(clip):
            return read(shard, clip)[None][:0]
        return features(shard, clip, shard.read(clip, "copies"))

    dims = ("clip", "frame", "node", "xyda")
    return Features("graphs", dims, read, read_copies, spatial_edges, input={"nodes": choice.nodes})


def spatial_edges(shard: Shard, clip: str) -> tuple[tuple[int, int], ...]:
    """Return the pairs of nodes (a < b) that the clip's graph joins within a frame, in ascending order."""
    nodes = len(shard.read(clip, "node"))
    first, second = shard.read(clip, "edge_index")
    within = (first < nodes) & (second < nodes) & (first < second)
    return tuple(sorted(zip(first[within].tolist(), second[within].tolist(), strict=True)))
