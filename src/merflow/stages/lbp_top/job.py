"""The job of the lbp_top stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.job import Job
from merflow.stages.lbp_top.stage import make_lbp_top


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Count the local binary patterns of each clip."""
    make_lbp_top(upstream["sequences"], job.settings, shard=shard, on_bad_clip=job.on_bad_clip)
