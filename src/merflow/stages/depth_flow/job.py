"""The job of the depth flow stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.depth_flow.stage import compute_depth_flow
from merflow.stages.job import Job


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Measure the change of depth of each clip along the flow."""
    compute_depth_flow(upstream["faces"], upstream["flow"], job.settings, shard=shard, on_bad_clip=job.on_bad_clip)
