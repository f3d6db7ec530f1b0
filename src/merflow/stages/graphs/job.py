"""The job of the graphs stage."""

from collections.abc import Mapping
from pathlib import Path

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.faces.detector import find_landmark_model
from merflow.stages.graphs.settings import GraphSettings
from merflow.stages.graphs.stage import build_graphs
from merflow.stages.job import Job


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Build the landmark graph of each clip."""
    build_graphs(upstream["magnified"], job.settings, shard=shard, on_bad_clip=job.on_bad_clip)


def files_read(settings: GraphSettings) -> dict[str, Path]:
    """Return the landmark model."""
    return {"landmark_model": find_landmark_model(settings.landmark_model)}
