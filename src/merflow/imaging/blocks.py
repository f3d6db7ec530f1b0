"""Blocks: a picture cut into equal parts along its height and its width, with or without overlap."""

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 1e-9
"""A cut this close below a whole pixel is at it."""


def block_spans(length: int, blocks: int, *, overlap: float = 0.0) -> NDArray[np.int64]:
    """Return where each block begins and ends along one axis.

    Parameters
    ----------
    length : int
        Pixels of the axis.
    blocks : int
        How many, 1 to `length`.
    overlap : float
        Share of a block that it has in common with the next one, 0 to below 1.

    Returns
    -------
    ndarray of shape (blocks, 2), int64
        First pixel, and the one after the last. All pixels are in a block. By hand: 10 px in 3 blocks are [0, 3],
        [3, 6], [6, 10]; in 3 blocks that overlap by a half [0, 5], [2, 7], [5, 10].

    Raises
    ------
    ValueError
        When there are more blocks than pixels, or the overlap is no such share.
    """
    if not 1 <= blocks <= length or not 0 <= overlap < 1:
        raise ValueError(f"expected 1 to {length} blocks that overlap by 0 to below 1, found {blocks} and {overlap}")
    side = length / (blocks - (blocks - 1) * overlap)
    start = np.arange(blocks) * side * (1 - overlap)
    spans = np.floor(np.stack([start, start + side], axis=1) + _ROUNDING).astype(np.int64)
    spans[:, 1] = np.maximum(spans[:, 1], spans[:, 0] + 1)
    spans[-1, 1] = length
    return spans
