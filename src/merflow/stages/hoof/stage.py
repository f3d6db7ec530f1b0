"""HOOF of one subject, from its sequences and the landmarks of their onsets."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.errors import BadClipError
from merflow.imaging.opencv_threads import opencv_threads
from merflow.landmarks.alignment import transform_points
from merflow.landmarks.outline import face_mask
from merflow.stages.faces.reading import role_index
from merflow.stages.flow.head_motion import FaceMotion, remove_head_motion
from merflow.stages.flow.optical_flow import FlowSettings, estimate_flow
from merflow.stages.hoof.histograms import hoof
from merflow.stages.hoof.settings import HoofSettings
from merflow.stages.sequences.frames import sequence_frames

STAGE = "hoof"


def make_hoof(
    sequences: Shard, faces: Shard, settings: HoofSettings, *, shard: ShardWriter, on_bad_clip: OnBadClip = "exclude"
) -> None:
    """Write the hoof shard of one subject.

    Parameters
    ----------
    sequences : Shard
        Open shard of kind ``sequences``. A clip that it lacks was excluded there, and is absent here.
    faces : Shard
        Open shard of kind ``faces`` that the sequences were made of: the landmarks of the onset.
    settings : HoofSettings
    shard : ShardWriter
        Open shard of kind ``hoof``.
    on_bad_clip : {"exclude", "fail"}
        A clip whose apex is its onset, under ``pairs: apex``, or whose head motion cannot be fitted becomes a row of
        the shard's exclusions, or stops the run.

    Raises
    ------
    ConfigError
        When there are more blocks than pixels.
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """

    def compute(clip: str) -> ClipData:
        frames = sequence_frames(sequences.read(clip, "onset_color"), sequences.read(clip, "difference"))
        attrs = sequences.attrs(clip)
        length = int(attrs["n_frames"]) if settings.time == "mean" else len(frames)
        chosen = frame_pairs(length, int(attrs["apex"]), settings.pairs)
        landmarks = onset_landmarks(faces, clip, size_px=frames.shape[1])
        arrays = {"histogram": hoof_of_pairs(frames, chosen, landmarks, settings), "pairs": np.array(chosen)}
        return arrays, {"notes": attrs["notes"]}

    with opencv_threads(1):
        add_clips_of([sequences, faces], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def frame_pairs(length: int, apex: int, pairs: str) -> list[tuple[int, int]]:
    """Return the frames (from, to) that flow is measured between.

    Parameters
    ----------
    length : int
        Frames of the sequence. Of a padded one, those that repeat the last are among them, so that all clips have as
        many pairs; a mean over the pairs leaves them out.
    apex : int
        Position of the apex, 0 = the onset.
    pairs : {"apex", "onset", "successive"}
        ``HoofSettings.pairs``. By hand: of 4 frames with the apex at 2 these are (0, 2); (0, 1), (0, 2), (0, 3); or
        (0, 1), (1, 2), (2, 3).

    Raises
    ------
    BadClipError
        When motion to the apex is asked for and the apex is the onset.
    """
    if pairs == "apex":
        if apex == 0:
            raise BadClipError("apex == onset: expected an apex after the onset, or there is no motion to measure")
        return [(0, apex)]
    return [(0 if pairs == "onset" else frame - 1, frame) for frame in range(1, length)]


def onset_landmarks(faces: Shard, clip: str, *, size_px: int) -> NDArray[np.float64]:
    """Return the landmarks (68, 2) of the onset, px of a sequence of `size_px`."""
    points = transform_points(
        faces.read(clip, "aligned_from_image"), faces.read(clip, "landmarks")[role_index(faces, clip, "onset")]
    )
    return np.asarray((points + 0.5) * (size_px / faces.read(clip, "aligned_color").shape[1]) - 0.5)


def hoof_of_pairs(
    frames: NDArray[np.uint8],
    pairs: Sequence[tuple[int, int]],
    landmarks: NDArray[np.floating],
    settings: HoofSettings,
) -> NDArray[np.float32]:
    """Measure the flow of each pair of frames without the motion of the head, and sum it up.

    Parameters
    ----------
    frames : ndarray of shape (L, S, S, 3), uint8
    pairs : sequence of (int, int)
        Frames (from, to).
    landmarks : ndarray of shape (68, 2)
        Of the onset, px of the frames. Frames are aligned by one matrix, so they serve each pair.
    settings : HoofSettings

    Returns
    -------
    ndarray of shape (pairs, blocks, blocks, bins), float32
        One pair under ``time: mean``.

    Raises
    ------
    BadClipError
        When the face is too small for the fit of the head's motion.
    """
    how = FlowSettings(method=settings.method, normalise_sd_px=settings.normalise_sd_px, tvl1=settings.tvl1)
    shape = (frames.shape[1], frames.shape[2])
    counted = face_mask(landmarks, shape) if settings.face_only else np.ones(shape, dtype=bool)
    found = []
    for first, second in pairs:
        motion = FaceMotion(estimate_flow(frames[first], frames[second], how), landmarks, landmarks)
        expression, _ = remove_head_motion(motion, settings.head_motion)
        found.append(hoof(expression * counted, settings))
    histograms: NDArray[Any] = np.stack(found)
    if settings.time == "mean":
        histograms = histograms.mean(axis=0, keepdims=True)
    return histograms.astype(np.float32)
