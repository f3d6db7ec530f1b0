"""Landmarks of onset, apex and offset on their aligned frames: followed by optical flow, or detected in each.

dlib answers in whole pixels and with an error that differs from frame to frame. Detected in each frame (P), the motion
of a landmark since the onset has an error larger than the motion. Detected on the onset only and followed from there
(R, default), the onset's error is the same in all frames, and the motion has that of the flow: ``docs/landmarks.md``.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError
from merflow.imaging.interpolation import bilinear
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.flow.grey import Flow

Frames = NDArray[np.uint8]
"""Aligned frames (F, S, S, 3), RGB, the onset first."""

Points = NDArray[np.float32]

LEFT_EYE, RIGHT_EYE = slice(36, 42), slice(42, 48)


class Window(NamedTuple):
    """A square of the aligned face, px: its upper left pixel and its side."""

    left: int
    top: int
    side: int

    def cut(self, image: Frames) -> Frames:
        """Cut the square out of a picture (S, S, 3); no value is resampled."""
        return np.ascontiguousarray(image[self.top : self.top + self.side, self.left : self.left + self.side])


def find_landmarks(
    frames: Frames, flows: list[Flow] | None, detector: FaceDetector, window: Window | None = None
) -> Points:
    """Find the landmarks of all frames of a clip.

    Parameters
    ----------
    frames : ndarray of shape (F, S, S, 3), uint8
    flows : list of F - 1 ndarrays of shape (2, S, S), or None
        Flow from the onset to each later frame, which the onset's landmarks are followed along; None detects them in
        every frame.
    detector : FaceDetector
        The face's box is found once, on the onset.
    window : Window, optional
        Part of the frames that the detector sees; all of them when left out.

    Returns
    -------
    ndarray of shape (F, 68, 2), float32
        (x, y) in aligned px of the whole frame, 0-based dlib order; whole pixels where detected.

    Raises
    ------
    BadClipError
        When no face is found in the window.
    """
    seen = window or Window(0, 0, frames.shape[1])
    looked_at = [seen.cut(frame) for frame in (frames if flows is None else frames[:1])]
    box = detector.detect(looked_at[0])
    detected = np.stack([detector.landmarks(picture, box) for picture in looked_at])
    detected += np.array([seen.left, seen.top], dtype=np.float32)
    if flows is None:
        return detected
    return np.concatenate([detected, *(follow(detected[0], flow)[None] for flow in flows)])


def follow(points: NDArray[np.floating], flow: NDArray[np.floating]) -> Points:
    """Move points along a flow.

    Parameters
    ----------
    points : ndarray of shape (N, 2)
        (x, y), px of the flow's grid. One outside it moves as the pixel nearest to it does.
    flow : ndarray of shape (2, H, W)
        u right, v down, px.

    Returns
    -------
    ndarray of shape (N, 2), float32
        Points plus the flow at them, interpolated bilinearly. No neighbourhood is averaged: the flow is smooth
        already, and brows and lips move otherwise than the skin beside them.
    """
    height, width = flow.shape[1:]
    x, y = np.clip(points[:, 0], 0, width - 1), np.clip(points[:, 1], 0, height - 1)
    return np.asarray(points + bilinear(flow, x, y).T, dtype=np.float32)


def eye_distance_px(landmarks: NDArray[np.floating]) -> float:
    """Distance between the middles of the eyes of (68, 2) landmarks, in their unit."""
    middles = [landmarks[eye].mean(axis=0, dtype=np.float64) for eye in (LEFT_EYE, RIGHT_EYE)]
    return float(np.linalg.norm(middles[1] - middles[0]))


def outside(points: NDArray[np.floating], size_px: int) -> NDArray[np.bool_]:
    """Tell which points (..., 2) lie outside a square picture, whose pixels reach from -0.5 to size - 0.5."""
    return np.asarray(((points < -0.5) | (points > size_px - 0.5)).any(axis=-1))


def refuse_outside(position: Points, landmarks: tuple[int, ...], roles: tuple[str, ...], *, size_px: int) -> None:
    """Refuse a clip one of whose nodes lies outside the aligned frame, where there is nothing to follow or detect.

    Parameters
    ----------
    position : ndarray of shape (F, N, 2)
        Nodes, aligned px.
    landmarks : tuple of N int
        Landmark of each node.
    roles : tuple of F str
        Role of each frame.
    size_px : int
        Side of the aligned frame.

    Raises
    ------
    BadClipError
        Names the first such landmark and where it is.
    """
    wrong = np.argwhere(outside(position, size_px))
    if len(wrong):
        frame, node = wrong[0]
        x, y = position[frame, node]
        raise BadClipError(
            f"expected every node inside the aligned frame of {size_px}x{size_px} px, but found landmark "
            f"{landmarks[node]} at ({x:.1f}, {y:.1f}) on the {roles[frame]} ({len(wrong)} such points). Look at the "
            "clip's faces picture; a larger faces.margin takes in more of the face"
        )
