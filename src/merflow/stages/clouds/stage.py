"""Clouds: the apex face as points in space, clip by clip, from a subject's faces, flow and depth flow."""

from collections.abc import Mapping

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.stages.clouds.back_projection import Camera
from merflow.stages.clouds.eye_distance import check_eye_distance, eye_distance
from merflow.stages.clouds.point_cloud import Cloud, CloudSettings, build_cloud
from merflow.stages.faces.reading import image_size, native_depth, role_index

STAGE = "clouds"


def build_clouds(
    faces: Shard,
    flow: Shard,
    depth_flow: Shard,
    settings: CloudSettings,
    *,
    shard: ShardWriter,
    cameras: Mapping[str, Camera] | None = None,
    on_bad_clip: OnBadClip = "exclude",
) -> None:
    """Write the clouds shard of one subject.

    Parameters
    ----------
    faces, flow, depth_flow : Shard
        Open shards of the subject. A clip that one of them lacks was excluded there, and is absent here.
    settings : CloudSettings
    shard : ShardWriter
        Open shard of kind ``clouds``.
    cameras : mapping of str to Camera, optional
        By clip id: of clips whose own camera is known. The others have that of the settings.
    on_bad_clip : {"exclude", "fail"}
        A clip without points becomes a row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """

    def compute(clip: str) -> ClipData:
        own = (cameras or {}).get(clip)
        cloud = clip_cloud(faces, flow, depth_flow, clip, settings, own)
        camera = own or settings.camera(image_size(faces, clip))
        return {"xyz": cloud.xyz, "motion": cloud.motion, "pixel": cloud.pixel}, {"camera": [*camera]}

    add_clips_of([depth_flow, flow, faces], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def clip_cloud(
    faces: Shard, flow: Shard, depth_flow: Shard, clip: str, settings: CloudSettings, own: Camera | None = None
) -> Cloud:
    """Build the cloud of one clip of open shards, seen by its own camera or that of the settings.

    Raises
    ------
    BadClipError
        When it has no points, or cannot be a face.
    """
    x0, y0 = faces.attrs(clip)["native_origin"]
    origin, apex = (int(x0), int(y0)), role_index(faces, clip, "apex")
    depth, landmarks = native_depth(faces, clip)[apex], faces.read(clip, "landmarks")[apex]
    camera = own or settings.camera(image_size(faces, clip))
    eyes = eye_distance(depth, landmarks, camera, origin=origin)
    check_eye_distance(eyes, camera, settings.eye_distance_mm, own=own is not None)
    return build_cloud(
        apex_depth=depth,
        flow=flow.read(clip, "flow"),
        expression_flow=flow.read(clip, "expression_flow"),
        dz=depth_flow.read(clip, "dz"),
        aligned_from_image=faces.read(clip, "aligned_from_image"),
        native_origin=origin,
        image_size=image_size(faces, clip),
        settings=settings,
        camera=own,
    )
