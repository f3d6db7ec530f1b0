"""Read the ready flow images of one subject.

Settings: `flow_images.<variant>.size_px`, the dataset's `channels`, `on_bad_clip`. Input: clips.csv, the pictures.
Output: a flow_images shard.
"""

from pathlib import Path
from typing import Any

from _job import configure_logging, note_recordings, shard_identity
from merflow.artefacts import ShardWriter
from merflow.datasets.clip_table import read_clips
from merflow.datasets.reading.clip_frames import picture_hashes
from merflow.datasets.recorded_state import content_digest
from merflow.stages.flow_images.stage import import_flow_images


def main(clips_csv: Path, root: Path, *, on_bad_clip: str, recorded: str, shard: dict[str, Any]) -> None:
    """Write the flow_images shard of one subject."""
    clips = [clip for clip in read_clips(clips_csv) if clip.subject == shard["subject"]]
    pictures = picture_hashes(clips, root)
    with ShardWriter(kind="flow_images", inputs=pictures, **shard) as writer:
        import_flow_images(
            clips,
            root=root,
            size_px=shard["params"]["size_px"],
            channels=shard["params"]["channels"],
            shard=writer,
            on_bad_clip=on_bad_clip,
        )
    note_recordings(shard, "flow_images", state=recorded, content=content_digest(pictures))


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.clips),
        Path(snakemake.config["datasets"][snakemake.wildcards.dataset]["root"]),
        on_bad_clip=snakemake.config["on_bad_clip"],
        recorded=snakemake.params.recorded,
        shard=shard_identity(snakemake),
    )
