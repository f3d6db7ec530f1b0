"""Magnification by warping: every point is moved on along the optical flow.

With e the expression's flow (total minus the head's), the point at x of the onset shall be seen at x + factor e(x).
"""

import numpy as np

from merflow.stages.flow.dense_flow import dense_flow
from merflow.stages.flow.head_motion import affine_field
from merflow.stages.magnified.sampling import Image, displaced, inverse_displacement
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.stages.magnified.steady import FramePair


def flow_warp(pair: FramePair, settings: MagnificationSettings) -> Image:
    """Move every point `factor` times as far as the flow says.

    Parameters
    ----------
    pair : FramePair
    settings : MagnificationSettings
        Reads ``factor``, ``flow`` and ``flow_warp``.

    Returns
    -------
    ndarray of shape (H, W, 3), float32
        Grey levels, not rounded.
    """
    flow = pair.flow if pair.flow is not None else dense_flow(pair.onset, pair.frame, settings.flow)
    height, width = flow.shape[1:]
    expression = (flow - affine_field(pair.head_motion, (height, width))).astype(np.float32)
    # What is seen at y of the result is the onset's point x = y - back(y), and there factor e(x) = back(y).
    back = inverse_displacement(settings.factor * expression)
    if settings.flow_warp.source == "onset":
        return displaced(pair.onset, -back)
    # That point lies at x + e(x) on the onset's head pose, and there the head's flow leads into the frame.
    kept = (1 / settings.factor - 1) * back
    y, x = np.mgrid[:height, :width]
    linear, shift = pair.head_motion[:, :2], pair.head_motion[:, 2]
    at = np.stack([x, y]) + kept
    head = np.einsum("ij,jhw->ihw", linear, at) + shift[:, None, None]
    return displaced(pair.frame, kept + head)
