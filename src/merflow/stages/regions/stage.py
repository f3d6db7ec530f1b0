"""Regions: the points that represent eight parts of the face, clip by clip, from a subject's faces and clouds."""

from dataclasses import asdict

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.stages.clouds.point_cloud import Cloud
from merflow.stages.faces.reading import role_index
from merflow.stages.regions.region_points import RegionPoints, RegionSettings, region_points

STAGE = "regions"


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
        size = faces.describe(clip, "aligned_color")["shape"][1]
        return asdict(clip_regions(faces, clouds, clip, settings)), {"aligned_size": size}

    add_clips_of([clouds, faces], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


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
