"""Channels of the motion of a point: all three, or the two of the flow, without the change of depth.

Lite-Point-GCN, Table V, compares optical flow alone with optical flow and structural motion (dz). dz reaches a network
in three ways: it is a channel of the input, it ranks the points (eq. 4), and it takes part in the joint scale of the
motion (IV-B1). A variant of the regions can close the last two, ``input.motion`` the first.
"""

from typing import Any, Literal, TypeAlias

from numpy.typing import NDArray

Motion: TypeAlias = Literal["all", "flow"]

_FLOW = 2
"""Channels of u, v, dz that are the flow: the first two."""


def deciding(motion: NDArray[Any], channels: Motion) -> NDArray[Any]:
    """Return the channels of motion u, v, dz (..., 3) that are asked for: (..., 3), or u and v alone, (..., 2)."""
    return motion[..., :_FLOW] if channels == "flow" else motion
