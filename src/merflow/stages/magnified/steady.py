"""Steady frames: the head's motion since the onset, and the frame brought back onto the onset's head pose.

Head motion is several times the motion of a micro-expression. If it were magnified too, nothing else could be seen.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from merflow.stages.flow.grey import Flow
from merflow.stages.flow.head_motion import HEAD_MOTION_METHODS, Affine, FaceMotion, affine_field
from merflow.stages.magnified.sampling import Image, displaced


def no_head_motion() -> Affine:
    """Affine flow of a head at rest."""
    return np.zeros((2, 3))


@dataclass(frozen=True, slots=True)
class FramePair:
    """An onset, a later frame of the clip on the same aligned grid, and what is known of the motion between them.

    Attributes
    ----------
    onset, frame : ndarray of shape (H, W, 3), uint8, RGB
    head_motion : ndarray of shape (2, 3)
        Flow of the head from onset to frame at (x, y) is this @ (x, y, 1), px.
    flow : ndarray of shape (2, H, W), optional
        Total flow from onset to frame on the onset's grid, px, where it is at hand.
    """

    onset: NDArray[np.uint8]
    frame: NDArray[np.uint8]
    head_motion: Affine = field(default_factory=no_head_motion)
    flow: Flow | None = None

    def __post_init__(self) -> None:
        if self.onset.shape != self.frame.shape or self.onset.ndim != 3 or self.onset.shape[2] != 3:
            raise ValueError(
                f"expected two RGB pictures of one shape (H, W, 3), found {self.onset.shape} and {self.frame.shape}"
            )


def estimate_head_motion(flow: Flow, landmarks: NDArray[np.floating], method: str) -> Affine:
    """Motion of the head, from the total flow over the face.

    Parameters
    ----------
    flow : ndarray of shape (2, H, W)
        From onset to frame, px.
    landmarks : ndarray of shape (68, 2)
        Of the onset, px of the flow's grid.
    method : str
        A key of ``HEAD_MOTION_METHODS`` that needs no landmarks of the frame.

    Returns
    -------
    ndarray of shape (2, 3), float64
        Flow of the head at (x, y) is this @ (x, y, 1).

    Raises
    ------
    BadClipError
        When the face is too small for a fit.
    """
    return HEAD_MOTION_METHODS[method](FaceMotion(flow, landmarks, landmarks))


def steady_frame(pair: FramePair) -> Image:
    """Bring a frame back onto the onset's head pose, so that what still differs is the expression.

    Parameters
    ----------
    pair : FramePair

    Returns
    -------
    ndarray of shape (H, W, 3), float32
        Grey levels, not rounded; the frame itself where the head did not move.
    """
    if not pair.head_motion.any():
        return pair.frame.astype(np.float32)
    height, width = pair.frame.shape[:2]
    return displaced(pair.frame, affine_field(pair.head_motion, (height, width)))
