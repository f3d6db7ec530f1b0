"""A stored graph as PyTorch Geometric's ``Data``, for those who bring their own network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.errors import ArtefactError
from merflow.stages.graphs.features import node_features

if TYPE_CHECKING:
    from torch_geometric.data import Data


def to_pyg(
    shard: Shard,
    clip: str,
    *,
    kind: Literal["displacement", "coordinates"] = "displacement",
    label: int | None = None,
    copy: int | None = None,
) -> Data:
    """Read one clip of a ``graphs`` shard as a graph of all its frames.

    Parameters
    ----------
    shard : Shard
        Open shard of kind ``graphs``.
    clip : str
        Clip id.
    kind : {"displacement", "coordinates"}
        Node features, see ``merflow.stages.graphs.features``.
    label : int, optional
        Class index; becomes ``y``.
    copy : int, optional
        Number of the altered copy to take (never for test); the graph itself when left out.

    Returns
    -------
    torch_geometric.data.Data
        Node n of frame f (onset, apex, offset) has number f * N + n. ``x`` (3 N, 4), float32: x, y, D, alpha.
        ``edge_index`` (2, E), int64, both directions, sorted. ``pos`` (3 N, 2), float32, aligned px. ``frame`` and
        ``landmark`` (3 N), int64: position of the node's frame, and its 0-based dlib number. ``y`` (1), int64.

    Raises
    ------
    ArtefactError
        When the shard does not hold the clip or copies of it.
    """
    import torch
    from torch_geometric.data import Data

    node, attrs = shard.read(clip, "node"), shard.attrs(clip)
    position = shard.read(clip, "position") if copy is None else _copy(shard, clip, copy)
    x = node_features(
        position,
        shard.read(clip, "neighbour"),
        kind=kind,
        interocular_px=attrs["interocular_px"],
        size_px=attrs["aligned_size"],
    )
    frames = len(position)
    data = Data(
        x=torch.from_numpy(x.reshape(-1, x.shape[-1])),
        edge_index=torch.from_numpy(shard.read(clip, "edge_index").astype(np.int64)),
        pos=torch.from_numpy(position.reshape(-1, 2).astype(np.float32)),
        frame=torch.arange(frames).repeat_interleave(len(node)),
        landmark=torch.from_numpy(node.astype(np.int64)).repeat(frames),
    )
    if label is not None:
        data.y = torch.tensor([label])
    return data


def _copy(shard: Shard, clip: str, number: int) -> NDArray[np.float32]:
    """Return the nodes of one altered copy, counted from 0."""
    copies: NDArray[np.float32] = shard.read(clip, "copies")
    if not 0 <= number < len(copies):
        raise ArtefactError(f"{shard.path}: {clip}: expected a copy from 0 to {len(copies) - 1}, but found {number}")
    chosen: NDArray[np.float32] = copies[number]
    return chosen
