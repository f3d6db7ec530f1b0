"""The job of the regions stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.job import Job
from merflow.stages.regions.stage import sample_regions


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Divide each cloud into eight regions, and choose the points that represent each."""
    sample_regions(upstream["faces"], upstream["clouds"], job.settings, shard=shard, on_bad_clip=job.on_bad_clip)
