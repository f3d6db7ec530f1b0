"""The landmark graph as matrices: adjacency, the propagation matrix of GTS-GN eq. 5, the graph of all three frames."""

from collections.abc import Sequence

import torch
from torch import Tensor

from merflow.errors import ConfigError

FRAMES = 3
"""Onset, apex, offset."""

CHANNELS = 4
"""Features of a node: x, y, distance D to its designated neighbour, angle alpha to it."""


def check_graph_input(model: str, input_shape: Sequence[int], edges: Sequence[tuple[int, int]]) -> int:
    """Return the number of nodes of a frame.

    Parameters
    ----------
    model : str
        Name for the message.
    input_shape : sequence of int
        Shape of one example; (3, nodes, 4) is expected.
    edges : sequence of (int, int)
        Pairs of nodes that are joined within a frame.

    Raises
    ------
    ConfigError
        When the examples have another shape, when there are no edges, or one joins a node to itself or to none.
    """
    if len(input_shape) != 3 or input_shape[0] != FRAMES or input_shape[2] != CHANNELS:
        raise ConfigError(
            f"{model}: expected examples of shape (3 frames, nodes, 4 features), but found {tuple(input_shape)}. "
            "Use it with the artefact 'graphs'."
        )
    nodes = input_shape[1]
    if not edges:
        raise ConfigError(
            f"{model}: expected the edges of a graph of {nodes} nodes, but found none. "
            "Use it with the artefact 'graphs'."
        )
    for edge in edges:
        a, b = edge
        if a == b or not (0 <= a < nodes and 0 <= b < nodes):
            raise ConfigError(
                f"{model}: expected edges between two different nodes of 0 to {nodes - 1}, but found {tuple(edge)}. "
                "Make the graphs and the examples anew, so that both have the same nodes."
            )
    return nodes


def adjacency_matrix(nodes: int, edges: Sequence[tuple[int, int]]) -> Tensor:
    """Return A of shape (nodes, nodes): 1 where an edge joins two nodes, symmetric, diagonal 0."""
    matrix = torch.zeros(nodes, nodes)
    for a, b in edges:
        matrix[a, b] = matrix[b, a] = 1
    return matrix


def propagation_matrix(adjacency: Tensor) -> Tensor:
    """Return ``I + D^-1/2 A D^-1/2`` of an adjacency A with degrees D: what GTS-GN eq. 5 calls L.

    A node without neighbours keeps its own features only.

    Convention
    ----------
    By hand: two joined nodes have degree 1, so that all four entries are 1; a path 0-1-2 has degrees 1, 2, 1, so that
    neighbours exchange 1/sqrt(2) of their features.
    """
    degree = adjacency.sum(1)
    scale = torch.where(degree > 0, degree.clamp_min(1e-12).rsqrt(), 0)
    return torch.eye(len(adjacency), dtype=adjacency.dtype) + scale[:, None] * adjacency * scale


def space_time_edges(nodes: int, edges: Sequence[tuple[int, int]], *, frames: int = FRAMES) -> list[tuple[int, int]]:
    """Return the edges of the graph of all frames: those of each frame, and each node to itself in the next frame.

    Node n of frame f has the number ``f * nodes + n``.
    """
    spatial = [(f * nodes + a, f * nodes + b) for f in range(frames) for a, b in edges]
    temporal = [(f * nodes + n, (f + 1) * nodes + n) for f in range(frames - 1) for n in range(nodes)]
    return spatial + temporal
