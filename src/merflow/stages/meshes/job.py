"""The job of the meshes stage."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.job import Job
from merflow.stages.meshes.stage import make_meshes


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Straighten the meshes of each clip, and crop them to the face."""
    make_meshes(job.clips, job.settings, root=job.root, shard=shard, on_bad_clip=job.on_bad_clip)
