"""Examples as other libraries take them: PyTorch, PyTorch Geometric, pandas. Each is loaded when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from merflow.extras import told_missing

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor
    from torch.utils.data import Dataset
    from torch_geometric.data import Data

    from merflow.artefacts.examples import Examples


def as_torch(examples: Examples) -> Dataset[tuple[Tensor, ...]]:
    """Return what ``Examples.to_torch`` says."""
    with told_missing():
        from merflow.artefacts.examples_torch import ExamplesDataset
    return ExamplesDataset(examples)


def as_pyg(examples: Examples) -> list[Data]:
    """Return what ``Examples.to_pyg`` says."""
    if examples.dims[1:3] != ("frame", "node"):
        raise ValueError(
            f"expected examples of graphs, with the axes clip, frame, node, but found {', '.join(examples.dims)}. "
            "Use to_torch() for others."
        )
    with told_missing():
        import torch
        from torch_geometric.data import Data
    _, frames, nodes, features = examples.x.shape
    edge_index = torch.from_numpy(graph_of_frames(examples.edges, frames=frames, nodes=nodes))
    found = []
    for row, clip in enumerate(examples.clip.tolist()):
        x = torch.from_numpy(examples.x[np.array([row])].reshape(-1, features))
        y = torch.tensor(examples.label[row : row + 1], dtype=torch.float32 if examples.multi else torch.int64)
        found.append(Data(x=x, edge_index=edge_index, y=y, clip=clip, subject=str(examples.subject[row])))
    return found


def as_frame(examples: Examples) -> pd.DataFrame:
    """Return what ``Examples.to_frame`` says."""
    import pandas as pd

    frame = pd.DataFrame({name: getattr(examples, name) for name in ("clip", "subject", "expression")})
    if examples.fold.any():
        frame["fold"] = examples.fold
    if examples.multi:
        for column, label in enumerate(examples.classes):
            frame[label] = examples.label[:, column]
    else:
        frame["label"] = examples.label
        frame["class"] = np.array(examples.classes, dtype=np.str_)[examples.label]
    for column, unit in enumerate(examples.au_numbers):
        shown = pd.Series(examples.aus[:, column], dtype="UInt8")
        frame[f"AU{unit}"] = shown.mask(~examples.aus_known)
    return frame


def graph_of_frames(edges: tuple[tuple[int, int], ...], *, frames: int, nodes: int) -> NDArray[np.int64]:
    """Return the edges of a clip's graph, both directions, sorted: within each frame, and of a node to its next frame.

    Parameters
    ----------
    edges : tuple of (int, int)
        Pairs of nodes that are joined within every frame.
    frames, nodes : int
        Node n of frame f has the number f * nodes + n.

    Returns
    -------
    ndarray of shape (2, E), int64
    """
    within = np.array(edges, dtype=np.int64).reshape(-1, 2)
    node = np.arange(nodes * (frames - 1))
    pairs = np.concatenate(
        [*(within + frame * nodes for frame in range(frames)), np.stack([node, node + nodes], axis=1)]
    )
    both = np.concatenate([pairs, pairs[:, ::-1]])
    return np.ascontiguousarray(both[np.lexsort((both[:, 1], both[:, 0]))].T)


def summary(examples: Examples) -> str:
    """Return one line that says what examples are of."""
    counts = (
        examples.label.sum(axis=0) if examples.multi else np.bincount(examples.label, minlength=len(examples.classes))
    )
    classes = ", ".join(f"{name} {count}" for name, count in zip(examples.classes, counts.tolist(), strict=True))
    axes = ", ".join(examples.dims)
    return (
        f"Examples({len(examples)} clips of {len(set(examples.subject.tolist()))} subjects; x {examples.x.dtype} "
        f"{tuple(examples.x.shape)} = ({axes}); {examples.label_set}: {classes})"
    )
