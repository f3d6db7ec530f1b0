"""The job of the flow stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.flow.stage import compute_flow
from merflow.stages.job import Job


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Measure the optical flow of each clip, in all and without the head's motion."""
    compute_flow(upstream["faces"], job.settings, shard=shard, threads=job.threads, on_bad_clip=job.on_bad_clip)
