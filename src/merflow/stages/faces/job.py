"""The job of the faces stage."""

from collections.abc import Mapping
from pathlib import Path

from merflow.artefacts import Shard, ShardWriter
from merflow.stages.faces.detector import find_landmark_model
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.faces.stage import extract_faces
from merflow.stages.job import Job


def make(job: Job, upstream: Mapping[str, Shard], shard: ShardWriter) -> None:
    """Find the face of each clip, and cut the frames that later stages need."""
    extract_faces(job.clips, job.settings, root=job.root, shard=shard, on_bad_clip=job.on_bad_clip)


def files_read(settings: FaceSettings) -> dict[str, Path]:
    """Return the landmark model."""
    return {"landmark_model": find_landmark_model(settings.landmark_model)}
