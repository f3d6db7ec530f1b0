"""The job that reads flow images that came ready."""

from collections.abc import Mapping

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.flow_images.stage import import_flow_images
from merflow.stages.job import Job


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Read the ready picture of each clip; there is no upstream shard."""
    import_flow_images(
        job.clips,
        root=job.root,
        size_px=job.params["size_px"],
        channels=job.params["channels"],
        shard=shard,
        on_bad_clip=job.on_bad_clip,
    )
