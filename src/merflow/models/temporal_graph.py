"""The graph over the frames of a clip: which nodes have edges, with which weights. Source: ATM-GCN, eq. 3 to 8.

Nodes are the frames after the onset, each as its difference to the onset: node k is frame k + 1 of frames 0 to L - 1.
Row i of a matrix holds the edges of node i, from which it takes its input. Nodes that pad a short clip have no edges.
"""

import math

import torch
from torch import Tensor

from merflow.errors import DatasetError

ALIKE = 1e-6
"""Cosines nearer than this to 1 or -1 count as 1 or -1: there the slope of arccos has no bound."""

SHORTEST = 1e-6
"""Vectors shorter than this have no direction."""


def check_apex_and_length(apex_and_length: Tensor, frames: int) -> None:
    """Raise DatasetError unless every clip has 2 to `frames` frames, the apex among them.

    Parameters
    ----------
    apex_and_length : Tensor of shape (batch, 2), int64
        Index of the apex and number of frames, both in frames with the onset as 0.
    frames : int
        Frames of an example, padding included.
    """
    apex, n_frames = apex_and_length.unbind(1)
    wrong = (n_frames < 2) | (n_frames > frames) | (apex < 0) | (apex >= n_frames)
    if bool(wrong.any()):
        found = tuple(apex_and_length[wrong][0].tolist())
        raise DatasetError(
            f"expected 2 to {frames} frames with the apex among them, but found (apex, n_frames) {found}. "
            "Delete examples.h5 and run the workflow again."
        )


def real_nodes(n_frames: Tensor, nodes: int) -> Tensor:
    """Return which nodes (batch, nodes) are frames of the clip, not padding."""
    return torch.arange(nodes, device=n_frames.device) < n_frames[:, None] - 1


def global_nodes(apex: Tensor, nodes: int) -> Tensor:
    """Return which node (batch, nodes) is the global one (eq. 4): the apex, or the first where that is the onset."""
    return torch.arange(nodes, device=apex.device) == (apex - 1).clamp_min(0)[:, None]


def edge_mask(apex: Tensor, n_frames: Tensor, *, nodes: int, window: int) -> Tensor:
    """Return where the graph has edges (eq. 3 to 5).

    Every node looks at itself and at the nodes up to `window` before and after it (eq. 3: j from i - w to i + w), and
    at the global node, the apex (eq. 4); the global node looks at all (eq. 5).

    Parameters
    ----------
    apex : Tensor of shape (batch,), int64
        Frame of the apex. 0: it is the onset, which has no node, and the first node is the global one.
    n_frames : Tensor of shape (batch,), int64
        Frames that are the clip's.
    nodes, window : int

    Returns
    -------
    Tensor of shape (batch, nodes, nodes), bool
        Row i: the edges of node i.

    Convention
    ----------
    By hand: 4 nodes (frames 1 to 4), w = 1, apex frame 4: node 0 looks at 0, 1, 3; node 1 at 0, 1, 2, 3; node 2 at
    1, 2, 3; node 3 at all.
    """
    index = torch.arange(nodes, device=apex.device)
    near = (index[:, None] - index).abs() <= window
    is_global = global_nodes(apex, nodes)
    real = real_nodes(n_frames, nodes)
    joined = near | is_global[:, None, :] | is_global[:, :, None]
    return joined & real[:, None, :] & real[:, :, None]


def initial_adjacency(
    features: Tensor, edges: Tensor, apex: Tensor, *, tau: float, lambda_local: float, lambda_global: float
) -> Tensor:
    """Return A_0 (eq. 6 to 8): angular similarity, times the decay with distance in time, times lambda.

    Parameters
    ----------
    features : Tensor of shape (batch, nodes, f)
        h_0 of the nodes.
    edges : Tensor of shape (batch, nodes, nodes), bool
        As from `edge_mask`.
    apex : Tensor of shape (batch,), int64
    tau : float
        Frames over which a weight falls to 1/e.
    lambda_local, lambda_global : float
        Factor of the rows of local nodes, and of that of the global node.

    Returns
    -------
    Tensor of shape (batch, nodes, nodes)
        In 0 to max(lambda); 0 where there is no edge.
    """
    index = torch.arange(features.shape[1], device=features.device)
    decay = torch.exp(-(index[:, None] - index).abs() / tau)
    is_global = global_nodes(apex, len(index))
    factor = torch.where(is_global, lambda_global, lambda_local)[:, :, None]
    return angular_similarity(features) * decay * factor * edges


def angular_similarity(features: Tensor) -> Tensor:
    """Return ``1 - arccos(cosine) / pi`` of all pairs of nodes (eq. 6), with a gradient that is finite everywhere.

    The slope of arccos grows beyond bounds towards 1 and -1, where identical and opposite nodes are: there the value is
    set, exactly 1 or 0, and passes no gradient. A node is identical to itself. A vector without length has no
    direction: it counts as at a right angle to all others, 0.5, without a gradient.

    Parameters
    ----------
    features : Tensor of shape (batch, nodes, f)

    Returns
    -------
    Tensor of shape (batch, nodes, nodes)
        In 0 to 1, the diagonal 1.
    """
    length = torch.linalg.vector_norm(features, dim=-1, keepdim=True)
    unit = torch.where(length > SHORTEST, features / length.clamp_min(SHORTEST), 0.0)
    cosine = unit @ unit.transpose(1, 2)
    same = torch.eye(features.shape[1], dtype=torch.bool, device=features.device)
    at_end = (cosine.abs() > 1 - ALIKE) | same
    end = torch.where((cosine > 0) | same, 1.0, 0.0)
    between = 1 - torch.arccos(torch.where(at_end, 0.0, cosine)) / math.pi
    return torch.where(at_end, end, between)
