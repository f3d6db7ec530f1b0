"""The job of the projections stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.job import Job
from merflow.stages.projections.stage import make_projections, make_projections_of_faces


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Project each mesh of each clip to every view."""
    make_projections(upstream["meshes"], job.settings, shard=shard, on_bad_clip=job.on_bad_clip)


def make_of_faces(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Project each depth frame of each clip to every view."""
    make_projections_of_faces(upstream["faces"], job.clips, job.settings, shard=shard, on_bad_clip=job.on_bad_clip)
