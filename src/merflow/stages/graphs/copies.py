"""Copies of a graph for training: the aligned face cropped at other sizes, and its landmarks detected anew.

GTS-GN, section IV-A: the size of a crop changes the box that the detector finds, and with it the landmarks, by about
a pixel. A network can be trained with this noise. The paper does not say how many crops or
how large: ours (R) are squares whose side is drawn from a range and whose place is drawn from all that fit.
"""

import numpy as np

from merflow.errors import BadClipError
from merflow.seeds import clip_generator
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.flow.grey import Flow
from merflow.stages.graphs.landmarks import Frames, Points, Window, find_landmarks, outside
from merflow.stages.graphs.settings import GraphSettings

DRAWS_PER_COPY = 4
"""Crops tried for each copy that is wanted, before a clip is left with fewer."""


def draw_window(rng: np.random.Generator, size_px: int, scale: tuple[float, float]) -> Window:
    """Draw a square inside a picture: its side from a range of fractions of `size_px`, its place from all that fit."""
    side = round(size_px * float(rng.uniform(*scale)))
    left, top = rng.integers(0, size_px - side, size=2, endpoint=True)
    return Window(int(left), int(top), side)


def cropped_copies(
    frames: Frames, flows: list[Flow] | None, detector: FaceDetector, settings: GraphSettings, *, clip: str
) -> Points:
    """Find the landmarks of a clip anew in several crops of its frames.

    Parameters
    ----------
    frames, flows, detector
        As for ``find_landmarks``; tracked landmarks follow the flow of the whole frames.
    settings : GraphSettings
        Its ``copies``, ``crop_scale`` and ``seed``.
    clip : str
        Clip id: the crops depend on it and the seed alone.

    Returns
    -------
    ndarray of shape (K, F, 68, 2), float32
        Aligned px of the whole frame. A crop in which no face is found is drawn anew; fewer than ``copies`` are left
        when four draws for each of them do not yield enough.
    """
    size_px, rng = frames.shape[1], clip_generator(clip, settings.seed)
    found: list[Points] = []
    for _ in range(DRAWS_PER_COPY * settings.copies):
        if len(found) == settings.copies:
            break
        window = draw_window(rng, size_px, settings.crop_scale)
        try:
            found.append(find_landmarks(frames, flows, detector, window))
        except BadClipError:  # no face in this crop: the clip is as good as before, the next crop is drawn
            continue
    return np.stack(found) if found else np.empty((0, len(frames), 68, 2), dtype=np.float32)


def inside_copies(copies: Points, size_px: int) -> Points:
    """Keep the copies (K, F, N, 2) whose nodes all lie inside the aligned frame."""
    return copies[~outside(copies, size_px).any(axis=(1, 2))]
