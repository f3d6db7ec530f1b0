"""Numbers of TV-L1 that are no settings, and the number of levels that a picture has."""

from collections.abc import Sequence

GREY_LEVELS = 255.0
"""Grey values are counted in levels of 255, as OpenCV does, so that its parameters mean the same here."""

SHARPNESS = -0.65
"""Slope of the cubic interpolation (Keys 1981) at distance 1. -0.5 blurs and -0.75 sharpens between pixels, and the
error of the total motion is smallest between the two (docs/stages/flow.md)."""

COARSEST_SIDE = 16
"""No level has a side below this: there the face would be a few pixels."""

SMALLEST_SQUARE = 1e-6
"""Squared gradient (levels per px) that the division takes at least."""


def number_of_levels(shape: Sequence[int], scales: int) -> int:
    """Return how many levels of at most `scales` a picture (height, width) has: one, or no side below 16 px.

    By hand: 256 x 250 px halve to 128 x 125, 64 x 62, 32 x 31 and no further: 4 levels where scales is 5.
    """
    levels, side = 1, min(shape)
    while levels < scales and side >= 2 * COARSEST_SIDE:
        levels, side = levels + 1, side // 2
    return levels
