"""One interface to every way of magnifying motion.

A method takes an onset and a later frame and returns the frame as it would look had everything moved `factor` times as
far since the onset: out(x + factor e(x)) = onset(x), e being the motion without that of the head. A new one is one
function, one entry of ``METHODS``, and its name in ``MagnificationSettings``.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from merflow.stages.flow.grey import Flow
from merflow.stages.flow.head_motion import Affine
from merflow.stages.magnified.flow_warp import flow_warp
from merflow.stages.magnified.learned import learned
from merflow.stages.magnified.linear import linear
from merflow.stages.magnified.phase import phase
from merflow.stages.magnified.sampling import Image
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.stages.magnified.steady import FramePair, no_head_motion, steady_frame


def none(pair: FramePair, settings: MagnificationSettings) -> Image:
    """Take head motion off and leave the rest as it is."""
    return steady_frame(pair)


METHODS: Mapping[str, Callable[[FramePair, MagnificationSettings], Image]] = {
    "phase": phase,
    "linear": linear,
    "flow_warp": flow_warp,
    "learned": learned,
    "none": none,
}
"""Magnification methods by their name in config.yaml."""


def magnify(
    onset: NDArray[np.uint8],
    frame: NDArray[np.uint8],
    settings: MagnificationSettings,
    *,
    head_motion: Affine | None = None,
    flow: Flow | None = None,
) -> NDArray[np.uint8]:
    """Magnify the motion between two aligned frames.

    Parameters
    ----------
    onset, frame : ndarray of shape (H, W, 3), uint8, RGB
        On one aligned grid.
    settings : MagnificationSettings
    head_motion : ndarray of shape (2, 3), optional
        Flow of the head from onset to frame (``steady.estimate_head_motion``), which is removed; none when left out.
    flow : ndarray of shape (2, H, W), optional
        Total flow from onset to frame where it is at hand; ``flow_warp`` computes it when left out.

    Returns
    -------
    ndarray of shape (H, W, 3), uint8
        On the onset's head pose. By hand: a texture that moved 1 px to the right since the onset is 3 px to the right
        under factor 3.

    Raises
    ------
    ValueError
        When the pictures differ in shape.
    """
    image = magnify_float(onset, frame, settings, head_motion=head_motion, flow=flow)
    return np.rint(np.clip(image, 0, 255)).astype(np.uint8)


def magnify_float(
    onset: NDArray[np.uint8],
    frame: NDArray[np.uint8],
    settings: MagnificationSettings,
    *,
    head_motion: Affine | None = None,
    flow: Flow | None = None,
) -> Image:
    """As ``magnify``, in float32 grey levels, neither rounded nor clipped: what gains and errors are measured on."""
    head = no_head_motion() if head_motion is None else head_motion
    return METHODS[settings.method](FramePair(onset, frame, head, flow), settings)
