"""Sequences of one length of one subject's clips.

Settings: `sequences.<variant>`, `on_bad_clip`. Input: clips.csv, a faces shard, recorded frames. Output: a sequences
shard.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from _job import configure_logging, note_recordings, shard_identity
from merflow.artefacts import ShardWriter, open_shard
from merflow.config import stage_settings
from merflow.datasets.clip_table import read_clips
from merflow.datasets.reading.clip_frames import annotated_frame_hashes, frame_hashes
from merflow.datasets.recorded_state import content_digest
from merflow.files import sha256
from merflow.stages.sequences.stage import frames_to_read, make_sequences


def main(clips_csv: Path, faces: Path, root: Path, *, on_bad_clip: str, recorded: str, shard: dict[str, Any]) -> None:
    """Write the sequences shard of one subject."""
    who = {"dataset": shard["dataset"], "subject": shard["subject"]}
    # The depth of the recording is neither read nor part of what the shard was made of.
    clips = [replace(clip, depth="") for clip in read_clips(clips_csv) if clip.subject == who["subject"]]
    settings = stage_settings("sequences", shard["params"])
    all_frames = annotated_frame_hashes(clips, root, roles=("all",))  # what `recorded` is the state of
    frames = frame_hashes(clips, root, choose=lambda clip, available: frames_to_read(clip, available, settings))
    inputs = {"faces": sha256(faces), **frames}
    with (
        open_shard(faces, kind="faces", **who) as faces_shard,
        ShardWriter(kind="sequences", inputs=inputs, **shard) as writer,
    ):
        make_sequences(faces_shard, clips, settings, root=root, shard=writer, on_bad_clip=on_bad_clip)
    note_recordings(shard, "sequences", state=recorded, content=content_digest(all_frames))


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.clips),
        Path(snakemake.input.faces),
        Path(snakemake.config["datasets"][snakemake.wildcards.dataset]["root"]),
        on_bad_clip=snakemake.config["on_bad_clip"],
        recorded=snakemake.params.recorded,
        shard=shard_identity(snakemake),
    )
