"""The job that makes flow images from flow."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.flow_images.stage import make_flow_images
from merflow.stages.job import Job


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Make one small picture of each clip: horizontal and vertical flow, and optical strain."""
    make_flow_images(upstream["flow"], job.settings, shard=shard, on_bad_clip=job.on_bad_clip)
