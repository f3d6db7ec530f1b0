"""How much the face of a clip has moved since the onset, frame by frame."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.clip import Clip
from merflow.datasets.reading.clip_frames import frames_of_roles
from merflow.datasets.reading.frame_source import frames_of
from merflow.datasets.reading.frames import is_grey
from merflow.landmarks.alignment import align_to_mean, transform_points, warp_aligned
from merflow.landmarks.outline import face_mask
from merflow.stages.faces.crops import read_alike
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.flow.dense_flow import DenseFlowSettings, dense_flow
from merflow.stages.flow.head_motion import FaceMotion, remove_head_motion

SIZE_PX = 128
"""Side of the aligned face: half of that of the flow that networks read, in a quarter of the time. One number a frame
is needed, and it is an average over the face."""


class FrameMotion(NamedTuple):
    """What is known of one frame.

    Attributes
    ----------
    number : int
        Of the frame.
    onset, frame : ndarray of shape (S, S, 3), uint8
        Both aligned by the onset's transform.
    flow, expression : ndarray of shape (2, S, S)
        From the onset, aligned px: as measured, and without the motion of the head.
    landmarks : ndarray of shape (68, 2)
        Of the onset, aligned px.
    """

    number: int
    onset: NDArray[np.uint8]
    frame: NDArray[np.uint8]
    flow: NDArray[np.float32]
    expression: NDArray[np.float32]
    landmarks: NDArray[np.float64]


def motion_of_frames(clip: Clip, root: Path) -> Iterator[FrameMotion]:
    """Yield every frame after the onset up to the offset.

    Raises
    ------
    BadClipError
        When there is no face on the onset, a frame does not decode, or the head's motion cannot be fitted.
    """
    source = frames_of(clip, root)
    detector, settings = _detector()
    picture = source.read(clip.onset)
    landmarks = detector.landmarks(picture.rgb, detector.detect(picture.rgb, source=source.where(clip.onset)))
    matrix = align_to_mean(landmarks, size_px=SIZE_PX, margin=settings.margin)
    aligned = transform_points(matrix, landmarks)
    onset = warp_aligned(picture.rgb, matrix, size_px=SIZE_PX)
    shape, grey = picture.rgb.shape[:2], is_grey(picture.rgb)
    for number in frames_of_roles(clip, ("all",), source.numbers):
        if number == clip.onset:
            continue
        rgb = read_alike(source, number, (shape[0], shape[1]), grey=grey, bits=picture.bits)
        frame = warp_aligned(rgb, matrix, size_px=SIZE_PX)
        flow = dense_flow(onset, frame, DenseFlowSettings())
        expression, _ = remove_head_motion(FaceMotion(flow, aligned, aligned), "robust_affine")
        yield FrameMotion(number, onset, frame, flow, expression, aligned)


def expression_length(motion: FrameMotion) -> float:
    """Return the root mean square length of the expression flow over the face, aligned px.

    The square weighs what moves: most of a face rests, and the error of the flow there is the same in every frame.
    """
    height, width = motion.expression.shape[1:]
    inside = face_mask(motion.landmarks, (height, width))
    return float(np.sqrt(np.square(motion.expression[:, inside]).sum(axis=0).mean()))


@lru_cache(maxsize=1)
def _detector() -> tuple[FaceDetector, FaceSettings]:
    settings = FaceSettings(size_px=SIZE_PX)
    return FaceDetector(settings), settings
