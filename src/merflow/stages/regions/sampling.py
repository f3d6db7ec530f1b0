"""Choose a fixed number of points of a region: those that move most, the central ones, or any.

Lite-Point-GCN, eq. 4 and Table IV. All three return an order, not just a set, because the network's deeper levels keep
the first 512 and the first 128 points.
"""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Selection = Literal["sort", "center", "random"]
Index = NDArray[np.intp]


def top_k(key: NDArray[Any], k: int) -> Index:
    """Return the positions of the k largest keys, largest first, ties by position.

    Equal to the first k of a stable descending sort, but only those k are sorted.

    Parameters
    ----------
    key : ndarray of shape (N,)
    k : int

    Returns
    -------
    ndarray of shape (min(k, N),), intp
    """
    values = -np.asarray(key, dtype=np.float64)
    if k >= len(values):
        return np.argsort(values, kind="stable")
    limit = np.partition(values, k - 1)[k - 1]
    sure = np.flatnonzero(values < limit)
    tied = np.flatnonzero(values == limit)[: k - len(sure)]
    chosen = np.concatenate([sure, tied])
    return chosen[np.lexsort((chosen, values[chosen]))]


def sample_region(
    members: NDArray[Any],
    *,
    k: int,
    selection: Selection,
    motion: NDArray[Any],
    xyz: NDArray[Any],
    rng: np.random.Generator,
) -> Index:
    """Choose k points of one region.

    Parameters
    ----------
    members : ndarray of shape (n,), n >= 1
        The region's rows of the cloud.
    k : int
        Points wanted; when the region has fewer, they repeat from the first in the same order.
    selection : {"sort", "center", "random"}
        ``sort``: largest length of the motion first. ``center``: nearest the mean of the region's points first.
        ``random``: without repetition while there are enough.
    motion : ndarray of shape (N, c)
        Channels of the motion to rank by, of the whole cloud.
    xyz : ndarray of shape (N, 3)
        Points of the whole cloud.
    rng : numpy.random.Generator
        Drawn from by ``random`` only.

    Returns
    -------
    ndarray of shape (k,), intp
        Rows of the cloud.
    """
    if selection == "sort":
        order = top_k((np.asarray(motion[members], dtype=np.float64) ** 2).sum(axis=1), k)
    elif selection == "center":
        points = np.asarray(xyz[members], dtype=np.float64)
        order = top_k(-((points - points.mean(axis=0)) ** 2).sum(axis=1), k)
    else:
        order = rng.permutation(len(members))[:k]
    return np.resize(members[order], k).astype(np.intp)
