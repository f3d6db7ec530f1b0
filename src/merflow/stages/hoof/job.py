"""The job of the hoof stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.hoof.stage import make_hoof
from merflow.stages.job import Job


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Sum up the motion of each clip by direction."""
    make_hoof(upstream["sequences"], upstream["faces"], job.settings, shard=shard, on_bad_clip=job.on_bad_clip)
