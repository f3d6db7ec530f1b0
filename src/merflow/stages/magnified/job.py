"""The job of the magnified stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.job import Job
from merflow.stages.magnified.stage import magnify_clips


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Magnify the motion in the frames of each clip."""
    magnify_clips(upstream["faces"], job.settings, shard=shard, on_bad_clip=job.on_bad_clip)
