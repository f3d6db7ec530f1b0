"""HOOF: histograms of oriented optical flow, block by block."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_setting
from merflow.imaging.blocks import block_spans
from merflow.stages.hoof.settings import HoofSettings

Array = NDArray[np.float64]


def hoof(flow: NDArray[np.floating], settings: HoofSettings) -> Array:
    """Sum up the motion of each block by direction (Chaudhry et al. 2009, eq. 1).

    Parameters
    ----------
    flow : ndarray of shape (2, H, W)
        u (right) and v (down), px.
    settings : HoofSettings
        Reads ``bins``, ``symmetric``, ``weighting``, ``blocks`` and ``normalise``.

    Returns
    -------
    ndarray of shape (blocks, blocks, bins), float64
        Blocks from above and from the left. A block, or a face, without any motion has zeros.

    Raises
    ------
    ConfigError
        When there are more blocks than pixels.
    """
    size = min(flow.shape[1:])
    check_setting(
        settings.blocks <= size,
        "hoof.blocks",
        expected=f"at most {size}, the px of the sequence",
        found=settings.blocks,
    )
    u, v = np.asarray(flow, dtype=np.float64)
    bins = direction_bins(u, v, bins=settings.bins, symmetric=settings.symmetric)
    length = np.hypot(u, v)
    weights = length if settings.weighting == "magnitude" else (length > 0).astype(np.float64)
    rows, sides = (block_spans(pixels, settings.blocks) for pixels in u.shape)
    sums = np.empty((settings.blocks, settings.blocks, settings.bins))
    for row, (top, bottom) in enumerate(rows):
        for side, (left, right) in enumerate(sides):
            part = np.s_[top:bottom, left:right]
            sums[row, side] = np.bincount(bins[part].ravel(), weights[part].ravel(), minlength=settings.bins)
    return normalised(sums, settings.normalise)


def direction_bins(u: Array, v: Array, *, bins: int, symmetric: bool) -> NDArray[np.int64]:
    """Return the bin of each direction.

    Parameters
    ----------
    u, v : ndarray of one shape
        Motion right and down.
    bins : int
        Equal parts of the directions, counted from straight up, clockwise as the picture shows it.
    symmetric : bool
        Directions are those of the half to the right, and motion to the left is mirrored there. Otherwise they are
        all around.

    Returns
    -------
    ndarray of the same shape, int64
        The bin b of an angle a from -pi/2 (up) has -pi/2 + b w <= a < -pi/2 + (b + 1) w, with w the width of a bin. By
        hand, of 4 symmetric bins of 45 degrees: straight up is 0, right and left 2, straight down 3.
    """
    around = np.pi if symmetric else 2 * np.pi
    angle = np.arctan2(v, np.abs(u) if symmetric else u) + np.pi / 2
    if not symmetric:
        angle = np.where(angle < 0, angle + around, angle)
    found: NDArray[np.int64] = np.floor(angle / (around / bins)).astype(np.int64)
    return found.clip(0, bins - 1)


def normalised(sums: Array, over: Literal["block", "face", "none"]) -> Array:
    """Return histograms (blocks, blocks, bins) that sum to one, each or all together; of no motion zeros."""
    if over == "none":
        return sums
    total = sums.sum(axis=-1 if over == "block" else None, keepdims=True)
    shares: Array = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
    return shares
