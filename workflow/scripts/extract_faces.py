"""Find the face of each clip of one subject, and cut the frames that later stages need.

Settings: `faces.<variant>`, `on_bad_clip`. Input: clips.csv, recorded frames. Output: a faces shard.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from _job import configure_logging, note_recordings, shard_identity
from merflow.artefacts import ShardWriter
from merflow.config import stage_settings
from merflow.datasets.clip_table import read_clips
from merflow.datasets.reading.clip_frames import annotated_frame_hashes
from merflow.datasets.recorded_state import content_digest
from merflow.files import sha256
from merflow.stages.faces.detector import find_landmark_model
from merflow.stages.faces.stage import extract_faces


def main(clips_csv: Path, root: Path, *, on_bad_clip: str, recorded: str, shard: dict[str, Any]) -> None:
    """Write the faces shard of one subject."""
    clips = [clip for clip in read_clips(clips_csv) if clip.subject == shard["subject"]]
    settings = stage_settings("faces", shard["params"])
    if not settings.depth:  # neither read nor part of what the shard was made of
        clips = [replace(clip, depth="") for clip in clips]
    model = find_landmark_model(settings.landmark_model)
    frames = annotated_frame_hashes(clips, root, roles=settings.frames)
    inputs = {"landmark_model": sha256(model), **frames}
    with ShardWriter(kind="faces", inputs=inputs, **shard) as writer:
        extract_faces(clips, settings, root=root, shard=writer, on_bad_clip=on_bad_clip)
    note_recordings(shard, "faces", state=recorded, content=content_digest(frames))


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.clips),
        Path(snakemake.config["datasets"][snakemake.wildcards.dataset]["root"]),
        on_bad_clip=snakemake.config["on_bad_clip"],
        recorded=snakemake.params.recorded,
        shard=shard_identity(snakemake),
    )
