"""Motion: optical flow from onset to apex of each clip, and the part of it that the head does not explain."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.errors import BadClipError
from merflow.imaging.opencv_threads import opencv_threads
from merflow.landmarks.alignment import transform_points
from merflow.stages.faces.reading import role_index
from merflow.stages.flow.head_motion import FaceMotion, remove_head_motion
from merflow.stages.flow.optical_flow import FlowSettings, estimate_flow

STAGE = "flow"

Arrays = dict[str, NDArray[Any]]
MotionInput = tuple[NDArray[np.uint8], NDArray[np.float64]]


def compute_flow(
    faces: Shard,
    settings: FlowSettings,
    *,
    shard: ShardWriter,
    threads: int = 1,
    on_bad_clip: OnBadClip = "exclude",
) -> None:
    """Write the flow shard of one subject.

    Parameters
    ----------
    faces : Shard
        Open shard of kind ``faces`` that holds onset and apex of each clip.
    settings : FlowSettings
        Everything that decides the numbers.
    shard : ShardWriter
        Open shard of kind ``flow``.
    threads : int
        Clips worked on at once. Changes the time and nothing else: each clip is one single-threaded computation, and
        clips are written in the order of their ids.
    on_bad_clip : {"exclude", "fail"}
        A clip without onset or apex, or whose head motion cannot be fitted, becomes a row of the shard's exclusions, or
        stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """
    with opencv_threads(1), ThreadPoolExecutor(max_workers=max(threads, 1)) as pool:
        ahead: dict[str, Future[Arrays]] = {}

        def compute(clip: str) -> ClipData:
            """Start the next clips, which read the file in this thread, then wait for this one."""
            position = faces.clips.index(clip)
            for coming in faces.clips[position : position + max(threads, 1)]:
                if coming not in ahead:
                    ahead[coming] = pool.submit(_flow_of_input, _read_motion_input(faces, coming), settings)
            return ahead.pop(clip).result(), {}

        add_clips_of([faces], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def flow_of_clip(
    aligned_color: NDArray[np.uint8], aligned_landmarks: NDArray[np.floating], settings: FlowSettings
) -> Arrays:
    """Compute the arrays of one clip of a ``flow`` shard.

    Parameters
    ----------
    aligned_color : ndarray of shape (2, S, S, 3), uint8
        Onset and apex.
    aligned_landmarks : ndarray of shape (2, 68, 2)
        Their landmarks, aligned px.
    settings : FlowSettings

    Returns
    -------
    dict of str to ndarray
        ``flow``, ``expression_flow`` (2, S, S) and ``head_motion`` (2, 3).
    """
    flow = estimate_flow(aligned_color[0], aligned_color[1], settings)
    motion = FaceMotion(flow, aligned_landmarks[0], aligned_landmarks[1])
    expression_flow, head_motion = remove_head_motion(motion, settings.head_motion)
    return {"flow": flow, "expression_flow": expression_flow, "head_motion": head_motion}


def _read_motion_input(faces: Shard, clip: str) -> MotionInput | BadClipError:
    """Read aligned colour and aligned landmarks of onset and apex, or say why they are not there."""
    try:
        pair = [role_index(faces, clip, role) for role in ("onset", "apex")]
    except BadClipError as error:
        return error
    matrix = faces.read(clip, "aligned_from_image")
    landmarks = transform_points(matrix, faces.read(clip, "landmarks")[pair])
    return faces.read(clip, "aligned_color")[pair], landmarks


def _flow_of_input(data: MotionInput | BadClipError, settings: FlowSettings) -> Arrays:
    """Compute one clip; what is wrong with it is raised when its turn comes, not when it is read."""
    if isinstance(data, BadClipError):
        raise data
    return flow_of_clip(*data, settings)
