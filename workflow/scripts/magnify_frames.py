"""Magnified frames of one subject's clips.

Settings: `magnified.<variant>`, `on_bad_clip`. Input: a faces shard; for the learned method its weights.
Output: a magnified shard.
"""

from pathlib import Path
from typing import Any

from _job import configure_logging, shard_identity
from merflow.artefacts import ShardWriter, open_shard
from merflow.config import stage_settings
from merflow.files import sha256
from merflow.stages.magnified.stage import magnify_clips


def main(faces: Path, *, weights: str, on_bad_clip: str, shard: dict[str, Any]) -> None:
    """Write the magnified shard of one subject; `weights` is the SHA-256 of those that the learned method takes."""
    settings = stage_settings("magnified", shard["params"])
    who = {"dataset": shard["dataset"], "subject": shard["subject"]}
    inputs = {"faces": sha256(faces)} | ({"weights": weights} if weights else {})
    with (
        open_shard(faces, kind="faces", **who) as faces_shard,
        ShardWriter(kind="magnified", inputs=inputs, **shard) as writer,
    ):
        magnify_clips(faces_shard, settings, shard=writer, on_bad_clip=on_bad_clip)


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.faces),
        weights=sha256(Path(snakemake.input.weights)) if snakemake.input.weights else snakemake.params.weights,
        on_bad_clip=snakemake.config["on_bad_clip"],
        shard=shard_identity(snakemake),
    )
