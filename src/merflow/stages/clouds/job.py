"""The job of the clouds stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.datasets.intrinsics import camera_of_text
from merflow.stages.clouds.back_projection import Camera
from merflow.stages.clouds.stage import build_clouds
from merflow.stages.job import Job


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Back-project the apex face of each clip, each point with its motion."""
    build_clouds(
        upstream["faces"],
        upstream["flow"],
        upstream["depth_flow"],
        job.settings,
        shard=shard,
        cameras={clip.id: Camera(*camera_of_text(clip.camera)) for clip in job.clips if clip.camera},
        on_bad_clip=job.on_bad_clip,
    )
