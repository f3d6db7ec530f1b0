"""Which landmarks are nodes, which of them are joined, and which neighbour each is measured to.

GTS-GN, section III-A and Fig. 2. The paper draws its 14 nodes and their edges without listing them; ours (R) are

===  ==================================================================================================================
14   brows 17, 19, 21, 22, 24, 26; nose 27, 30, 31, 35; mouth 48, 51, 54, 57
31   brows 17-26, nose 27-35, outer lips 48-59
68   all of dlib's landmarks
===  ==================================================================================================================

Edges run along the brows, from the brows to the bridge of the nose, along the nose, from the nose to the mouth, round
the mouth and across it; for 68 nodes also along the jaw and from the chin to the lip, from the jaw to the brows, round
the eyes and from their inner corners to the bridge, and round the inner lips.

The designated neighbour of a node (eq. 1 needs one) is the next node on its way to the bridge of the nose, 27, which
moves least; that of 27 is the node below it. So each pair is an edge, and all of them together span the graph.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from merflow.errors import ConfigError

Edges: TypeAlias = tuple[tuple[int, int], ...]
Paths: TypeAlias = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class NodeSet:
    """A choice of landmarks and the edges between them, in 0-based dlib numbers.

    Attributes
    ----------
    landmarks : tuple of int
        One for each node, ascending.
    inwards : tuple of tuple of int
        Paths of edges; each landmark's designated neighbour is the one after it. Together they hold every landmark.
    further : tuple of tuple of int
        Paths of the edges that no node is measured along.
    """

    landmarks: tuple[int, ...]
    inwards: Paths
    further: Paths

    def neighbour(self) -> NDArray[np.int16]:
        """Return the node that each node's distance and angle are measured to, (nodes,)."""
        after = {first: second for path in self.inwards for first, second in pairwise(path)}
        node_of = {landmark: node for node, landmark in enumerate(self.landmarks)}
        return np.array([node_of[after[landmark]] for landmark in self.landmarks], dtype=np.int16)

    def edges(self) -> Edges:
        """Return the pairs of nodes (a < b) that are joined within a frame, each once, ascending."""
        node_of = {landmark: node for node, landmark in enumerate(self.landmarks)}
        pairs = [pair for path in (*self.inwards, *self.further) for pair in pairwise(path)]
        nodes = [tuple(sorted((node_of[a], node_of[b]))) for a, b in pairs]
        return tuple(sorted({(a, b) for a, b in nodes}))


_BROWS_AND_BRIDGE: Paths = ((*range(17, 22), 27), (*range(26, 21, -1), 27), (30, 29, 28, 27, 28))
_NOSE_AND_LIPS: Paths = (
    *((31, 32, 33, 30), (35, 34, 33)),
    *((48, 49, 50, 51, 33), (54, 53, 52, 51), (59, 58, 57, 51), (55, 56, 57)),
)
_ROUND_THE_LIPS: Paths = ((31, 48, 59), (35, 54, 55))
_JAW: Paths = ((*range(9), 57), (*range(16, 7, -1),))
_EYES: Paths = ((36, 37, 38, 39, 27), (41, 40, 39), (45, 44, 43, 42, 27), (46, 47, 42))
_INNER_LIPS: Paths = ((60, 61, 62, 51), (64, 63, 62), (67, 66, 57), (65, 66))

NODE_SETS: Mapping[int, NodeSet] = {
    14: NodeSet(
        landmarks=(17, 19, 21, 22, 24, 26, 27, 30, 31, 35, 48, 51, 54, 57),
        inwards=(
            *((17, 19, 21, 27), (26, 24, 22, 27), (30, 27, 30), (31, 30), (35, 30)),
            *((48, 51, 30), (54, 51), (57, 51)),
        ),
        further=((31, 48, 57, 54, 35),),
    ),
    31: NodeSet(
        landmarks=(*range(17, 36), *range(48, 60)),
        inwards=_BROWS_AND_BRIDGE + _NOSE_AND_LIPS,
        further=_ROUND_THE_LIPS,
    ),
    68: NodeSet(
        landmarks=tuple(range(68)),
        inwards=_BROWS_AND_BRIDGE + _NOSE_AND_LIPS + _JAW + _EYES + _INNER_LIPS,
        further=(*_ROUND_THE_LIPS, (36, 41), (45, 46), (48, 60, 67), (54, 64, 65), (0, 17), (16, 26)),
    ),
}
"""By their number of nodes, as ``graphs.nodes`` names them."""


def node_set(nodes: int) -> NodeSet:
    """Return a node set.

    Raises
    ------
    ConfigError
        When there is none of this size.
    """
    if nodes not in NODE_SETS:
        sizes = ", ".join(map(str, NODE_SETS))
        raise ConfigError(f"graphs.nodes: expected one of {sizes}, but found {nodes!r}. Change it in config.yaml.")
    return NODE_SETS[nodes]


def space_time_edge_index(edges: Edges, *, nodes: int, frames: int) -> NDArray[np.int64]:
    """Return the edges of the graph over all frames.

    Parameters
    ----------
    edges : sequence of (int, int)
        Pairs of nodes that are joined within each frame.
    nodes : int
        Nodes a frame.
    frames : int
        Frames in time order; each node is joined to itself in the frames before and after.

    Returns
    -------
    ndarray of shape (2, E), int64
        Both directions of every edge, sorted by first and second end; node n of frame f has number f * nodes + n.
        By hand: two nodes joined in each of two frames give 0-1, 2-3 in space and 0-2, 1-3 in time.
    """
    spatial = [(f * nodes + a, f * nodes + b) for f in range(frames) for a, b in edges]
    temporal = [(f * nodes + n, (f + 1) * nodes + n) for f in range(frames - 1) for n in range(nodes)]
    both = [pair for a, b in spatial + temporal for pair in ((a, b), (b, a))]
    return np.array(sorted(both), dtype=np.int64).reshape(-1, 2).T
