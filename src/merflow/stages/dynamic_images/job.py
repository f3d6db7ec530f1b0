"""The jobs of the dynamic_images stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.dynamic_images.sources import views_of_projections, views_of_sequence
from merflow.stages.dynamic_images.stage import make_dynamic_images
from merflow.stages.job import Job


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Pool the projections of each clip over time."""
    make_dynamic_images(
        upstream["projections"], views_of_projections, job.settings, shard=shard, on_bad_clip=job.on_bad_clip
    )


def make_of_sequences(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Pool the sequence of each clip over time."""
    make_dynamic_images(
        upstream["sequences"], views_of_sequence, job.settings, shard=shard, on_bad_clip=job.on_bad_clip
    )
