"""Optical flow of each clip of one subject, in all and without the head's motion.

Settings: `flow.<variant>`, `on_bad_clip`. Input: a faces shard. Output: a flow shard.
Source: Zach, Pock and Bischof 2007 (TV-L1); Zhang et al., Lite-Point-GCN, section III-B.
"""

from pathlib import Path
from typing import Any

from _job import configure_logging, shard_identity
from merflow.artefacts import ShardWriter, open_shard
from merflow.config import stage_settings
from merflow.files import sha256
from merflow.stages.flow.stage import compute_flow


def main(faces: Path, *, threads: int, on_bad_clip: str, shard: dict[str, Any]) -> None:
    """Write the flow shard of one subject."""
    settings = stage_settings("flow", shard["params"])
    with (
        open_shard(faces, kind="faces", dataset=shard["dataset"], subject=shard["subject"]) as source,
        ShardWriter(kind="flow", inputs={"faces": sha256(faces)}, **shard) as writer,
    ):
        compute_flow(source, settings, shard=writer, threads=threads, on_bad_clip=on_bad_clip)


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.faces),
        threads=snakemake.threads,
        on_bad_clip=snakemake.config["on_bad_clip"],
        shard=shard_identity(snakemake),
    )
