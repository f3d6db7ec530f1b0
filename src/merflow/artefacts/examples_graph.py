"""The graph of a clip as one: its frames joined."""

import numpy as np
from numpy.typing import NDArray


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
