"""The magnification stage: from aligned frames to the same frames with magnified motion and without head motion."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.errors import BadClipError
from merflow.imaging.opencv_threads import opencv_threads
from merflow.landmarks.alignment import transform_points
from merflow.stages.faces.reading import role_index
from merflow.stages.flow.dense_flow import dense_flow
from merflow.stages.magnified.methods import magnify
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.stages.magnified.steady import estimate_head_motion, no_head_motion

STAGE = "magnified"

Arrays = dict[str, NDArray[Any]]


def magnify_clips(
    faces: Shard, settings: MagnificationSettings, *, shard: ShardWriter, on_bad_clip: OnBadClip = "exclude"
) -> None:
    """Write the magnified shard of one subject.

    Parameters
    ----------
    faces : Shard
        Open shard of kind ``faces`` that holds the onset of each clip and one later frame or more.
    settings : MagnificationSettings
        Everything that decides the numbers.
    shard : ShardWriter
        Open shard of kind ``magnified``.
    on_bad_clip : {"exclude", "fail"}
        A clip without an onset or a later frame, or whose head motion cannot be fitted, becomes a row of the shard's
        exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """

    def compute(clip: str) -> ClipData:
        onset = role_index(faces, clip, "onset")
        matrix = faces.read(clip, "aligned_from_image")
        landmarks = transform_points(matrix, faces.read(clip, "landmarks")[onset])
        arrays = magnify_clip(faces.read(clip, "aligned_color"), landmarks, settings, onset=onset)
        return arrays, _attributes(faces.attrs(clip), settings)

    with opencv_threads(1):
        add_clips_of([faces], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def magnify_clip(
    frames: NDArray[np.uint8], landmarks: NDArray[np.floating], settings: MagnificationSettings, *, onset: int = 0
) -> Arrays:
    """Compute the arrays of one clip of a ``magnified`` shard.

    Parameters
    ----------
    frames : ndarray of shape (T, S, S, 3), uint8
        Aligned frames, T of 2 or more.
    landmarks : ndarray of shape (68, 2)
        Of the onset, aligned px.
    settings : MagnificationSettings
    onset : int
        Which frame is the onset.

    Returns
    -------
    dict of str to ndarray
        ``magnified_color`` (T, S, S, 3), the onset as it is, and ``head_motion`` (T, 2, 3), zeros for the onset.

    Raises
    ------
    BadClipError
        When there is no frame but the onset, or the face is too small for the fit of the head's motion.
    """
    if len(frames) < 2:
        raise BadClipError(
            "expected the onset and one later frame or more in the faces artefact, found the onset alone"
        )
    magnified = frames.copy()
    head_motion = np.stack([no_head_motion()] * len(frames))
    for index, frame in enumerate(frames):
        if index == onset:
            continue
        flow = None
        if settings.head_motion != "none":
            flow = dense_flow(frames[onset], frame, settings.flow)
            head_motion[index] = estimate_head_motion(flow, landmarks, settings.head_motion)
        magnified[index] = magnify(frames[onset], frame, settings, head_motion=head_motion[index], flow=flow)
    return {"magnified_color": magnified, "head_motion": head_motion}


def _attributes(faces_attrs: dict[str, Any], settings: MagnificationSettings) -> dict[str, Any]:
    """Which frames these are, by what factor, and the notes of the faces; method ``none`` has the factor 1."""
    kept = {name: faces_attrs[name] for name in ("frames", "roles", "notes")}
    return {**kept, "factor": 1.0 if settings.method == "none" else settings.factor}
