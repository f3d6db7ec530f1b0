"""TV-L1 of one pair of pictures."""

import numpy as np

from merflow.stages.flow.grey import Flow, Grey
from merflow.stages.flow.tvl1.constants import GREY_LEVELS, SHARPNESS, SMALLEST_SQUARE, number_of_levels
from merflow.stages.flow.tvl1.settings import TvL1Settings


def tvl1_flow(first: Grey, second: Grey, settings: TvL1Settings) -> Flow:
    """TV-L1 flow from one grey picture to another, by the compiled kernel.

    Parameters
    ----------
    first, second : ndarray of shape (H, W), float32
        In [0, 1] or about it; any size from 1 x 1.
    settings : TvL1Settings

    Returns
    -------
    ndarray of shape (2, H, W), float32
        u (right) and v (down), px, on the grid of the first picture. By hand: a picture whose content moves 2 px to the
        right has u = 2. The same bytes in every run, whatever other threads do.

    Raises
    ------
    ValueError
        When the pictures differ in shape, have no pixel, or hold a value that is not finite.
    """
    from merflow.stages.flow.tvl1.kernel import solve

    pair = [np.ascontiguousarray(picture, dtype=np.float32) for picture in (first, second)]
    if pair[0].shape != pair[1].shape or pair[0].ndim != 2 or not pair[0].size:
        raise ValueError(f"expected two pictures of one shape (H, W), found {first.shape} and {second.shape}")
    if not all(np.isfinite(picture).all() for picture in pair):
        raise ValueError("expected pictures without NaN or infinity: grey values are in [0, 1]")
    p = settings
    numbers = (p.data_weight * p.theta, p.theta, p.tau / p.theta, SHARPNESS, SMALLEST_SQUARE)
    flow: Flow = solve(
        pair[0] * np.float32(GREY_LEVELS),
        pair[1] * np.float32(GREY_LEVELS),
        number_of_levels(pair[0].shape, p.scales),
        p.warps,
        p.iterations,
        *(np.float32(number) for number in numbers),
    )
    return flow
