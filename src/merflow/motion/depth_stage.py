"""Depth flow: the change of depth along the optical flow, clip by clip, from a subject's faces and flow."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard, ShardWriter
from merflow.errors import BadClipError
from merflow.motion.depth_flow import DepthFlow, DepthFlowSettings, depth_flow

STAGE = "depth_flow"

OnBadClip = Literal["exclude", "fail"]


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
    for clip in faces.clips:
        if clip not in flow:
            continue
        try:
            result = clip_depth_flow(faces, flow, clip, settings)
        except BadClipError as error:
            if on_bad_clip == "fail":
                raise
            shard.exclude(clip, stage=STAGE, reason=error.reason, source=error.source or str(faces.path))
            continue
        shard.add(clip, {"dz": result.dz, "dz_raw": result.dz_raw}, {"nasal_shift_mm": result.nasal_shift_mm})


def clip_depth_flow(faces: Shard, flow: Shard, clip: str, settings: DepthFlowSettings) -> DepthFlow:
    """Compute the depth flow of one clip of open shards; raises BadClipError when it has no usable depth."""
    onset, apex = frame_of(faces, clip, "onset"), frame_of(faces, clip, "apex")
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


def frame_of(faces: Shard, clip: str, role: str) -> int:
    """Return the position of the onset or apex among a clip's kept frames; raises BadClipError when it has none."""
    roles = [str(found) for found in faces.attrs(clip)["roles"]]
    if role not in roles:
        raise BadClipError(f"expected a frame with the role {role!r} among the kept ones, but found {roles}")
    return roles.index(role)


def native_depth(faces: Shard, clip: str) -> NDArray[Any]:
    """Return a clip's depth maps (T, h, w), mm; raises BadClipError when its dataset recorded none."""
    if not faces.has(clip, "native_depth"):
        raise BadClipError("expected a depth map beside the colour frames, but the clip has none")
    return faces.read(clip, "native_depth")
