"""The job of the sequences stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.job import Job
from merflow.stages.sequences.stage import make_sequences


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Resample each clip in time to one length."""
    make_sequences(upstream["faces"], job.clips, job.settings, root=job.root, shard=shard, on_bad_clip=job.on_bad_clip)
