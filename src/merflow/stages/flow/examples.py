"""Examples of flow: its mean in each cell of a grid over the face."""

import numpy as np
from numpy.typing import NDArray

from merflow.stages.examples import Choice, Features

FLOW_CELLS = 8


def flow_features(_choice: Choice) -> Features:
    """Return how examples are read from flow."""
    return Features("flow", ("clip", "feature"), lambda shard, clip: flow_grid(shard.read(clip, "expression_flow")))


def flow_grid(flow: NDArray[np.floating], *, cells: int = FLOW_CELLS) -> NDArray[np.float32]:
    """Return the mean flow of each cell of a grid over the face: all u row by row, then all v.

    Parameters
    ----------
    flow : ndarray of shape (2, S, S), aligned px
    cells : int
        Cells along a side; S must be a multiple of it.

    Returns
    -------
    ndarray of shape (2 * cells * cells,), float32
    """
    height, width = flow.shape[1:]
    if height % cells or width % cells:
        raise ValueError(f"expected a flow whose sides are multiples of {cells}, but got {height} x {width}")
    blocks = flow.astype(np.float32).reshape(2, cells, height // cells, cells, width // cells)
    means: NDArray[np.float32] = blocks.mean(axis=(2, 4), dtype=np.float32)
    return means.ravel()
