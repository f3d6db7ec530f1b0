"""Depth flow: the change of depth along the optical flow, clip by clip, from a subject's faces and flow."""

import numpy as np

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.stages.depth_flow.depth_change import DepthFlow, DepthFlowSettings, depth_flow
from merflow.stages.faces.reading import native_depth, role_index

STAGE = "depth_flow"


def compute_depth_flow(
    faces: Shard,
    flow: Shard,
    settings: DepthFlowSettings,
    *,
    shard: ShardWriter,
    on_bad_clip: OnBadClip = "exclude",
) -> None:
    """Write the depth_flow shard of one subject.

    Parameters
    ----------
    faces, flow : Shard
        Open shards of the subject. A clip that one of them lacks was excluded there, and is absent here.
    settings : DepthFlowSettings
    shard : ShardWriter
        Open shard of kind ``depth_flow``.
    on_bad_clip : {"exclude", "fail"}
        A clip without depth becomes a row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """

    def compute(clip: str) -> ClipData:
        result = clip_depth_flow(faces, flow, clip, settings)
        return {"dz": result.dz, "dz_raw": result.dz_raw}, {"nasal_shift_mm": result.nasal_shift_mm}

    add_clips_of([faces, flow], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def clip_depth_flow(faces: Shard, flow: Shard, clip: str, settings: DepthFlowSettings) -> DepthFlow:
    """Compute the depth flow of one clip of open shards; raises BadClipError when it has no usable depth."""
    onset, apex = role_index(faces, clip, "onset"), role_index(faces, clip, "apex")
    depth = native_depth(faces, clip)
    return depth_flow(
        onset_depth=depth[onset],
        apex_depth=depth[apex],
        flow=flow.read(clip, "flow"),
        aligned_from_image=faces.read(clip, "aligned_from_image"),
        native_origin=np.asarray(faces.attrs(clip)["native_origin"]),
        onset_landmarks=faces.read(clip, "landmarks")[onset],
        settings=settings,
    )
