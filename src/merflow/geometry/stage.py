"""Geometry: point clouds of the apex face with their motion, and the sampled points of its eight regions."""

from dataclasses import asdict

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.faces.roles import role_index
from merflow.geometry.clouds import Cloud, CloudSettings, build_cloud
from merflow.geometry.region_points import RegionPoints, RegionSettings, region_points
from merflow.motion.depth_stage import native_depth

CLOUDS_STAGE = "clouds"
REGIONS_STAGE = "regions"


def build_clouds(
    faces: Shard,
    flow: Shard,
    depth_flow: Shard,
    settings: CloudSettings,
    *,
    shard: ShardWriter,
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
    on_bad_clip : {"exclude", "fail"}
        A clip without points becomes a row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """

    def compute(clip: str) -> ClipData:
        cloud = clip_cloud(faces, flow, depth_flow, clip, settings)
        camera = settings.camera(_image_size(faces, clip))
        attrs = {"camera": [camera.focal_px, camera.cx_px, camera.cy_px]}
        return {"xyz": cloud.xyz, "motion": cloud.motion, "pixel": cloud.pixel}, attrs

    add_clips_of([depth_flow, flow, faces], shard, compute, stage=CLOUDS_STAGE, on_bad_clip=on_bad_clip)


def clip_cloud(faces: Shard, flow: Shard, depth_flow: Shard, clip: str, settings: CloudSettings) -> Cloud:
    """Build the cloud of one clip of open shards; raises BadClipError when it has no points."""
    x0, y0 = faces.attrs(clip)["native_origin"]
    return build_cloud(
        apex_depth=native_depth(faces, clip)[role_index(faces, clip, "apex")],
        flow=flow.read(clip, "flow"),
        expression_flow=flow.read(clip, "expression_flow"),
        dz=depth_flow.read(clip, "dz"),
        aligned_from_image=faces.read(clip, "aligned_from_image"),
        native_origin=(int(x0), int(y0)),
        image_size=_image_size(faces, clip),
        settings=settings,
    )


def sample_regions(
    faces: Shard,
    clouds: Shard,
    settings: RegionSettings,
    *,
    shard: ShardWriter,
    on_bad_clip: OnBadClip = "exclude",
) -> None:
    """Write the regions shard of one subject.

    Parameters
    ----------
    faces, clouds : Shard
        Open shards of the subject. A clip that one of them lacks was excluded there, and is absent here.
    settings : RegionSettings
    shard : ShardWriter
        Open shard of kind ``regions``.
    on_bad_clip : {"exclude", "fail"}
        A clip with an empty region becomes a row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """

    def compute(clip: str) -> ClipData:
        return asdict(clip_regions(faces, clouds, clip, settings)), {}

    add_clips_of([clouds, faces], shard, compute, stage=REGIONS_STAGE, on_bad_clip=on_bad_clip)


def clip_regions(faces: Shard, clouds: Shard, clip: str, settings: RegionSettings) -> RegionPoints:
    """Sample the regions of one clip of open shards; raises BadClipError when a region is empty."""
    xyz, motion, pixel = (clouds.read(clip, name) for name in ("xyz", "motion", "pixel"))
    return region_points(
        Cloud(xyz=xyz, motion=motion, pixel=pixel),
        apex_landmarks=faces.read(clip, "landmarks")[role_index(faces, clip, "apex")],
        aligned_from_image=faces.read(clip, "aligned_from_image"),
        clip=clip,
        settings=settings,
    )


def _image_size(faces: Shard, clip: str) -> tuple[int, int]:
    width, height = faces.attrs(clip)["image_size"]
    return int(width), int(height)
