"""Back-project the apex face of each clip of one subject, each point with its motion.

Settings: `clouds.<variant>`, `on_bad_clip`. Input: faces, flow and depth_flow shards. Output: a clouds shard.
Source: Zhang et al., Lite-Point-GCN, eq. 1 and section IV-B1.
"""

from pathlib import Path
from typing import Any

from _job import configure_logging, shard_identity
from merflow.artefacts import ShardWriter, open_shard
from merflow.config import stage_settings
from merflow.files import sha256
from merflow.stages.clouds.stage import build_clouds


def main(faces: Path, flow: Path, depth_flow: Path, *, on_bad_clip: str, shard: dict[str, Any]) -> None:
    """Write the clouds shard of one subject."""
    settings = stage_settings("clouds", shard["params"])
    who = {"dataset": shard["dataset"], "subject": shard["subject"]}
    inputs = {"faces": sha256(faces), "flow": sha256(flow), "depth_flow": sha256(depth_flow)}
    with (
        open_shard(faces, kind="faces", **who) as faces_shard,
        open_shard(flow, kind="flow", **who) as flow_shard,
        open_shard(depth_flow, kind="depth_flow", **who) as depth_flow_shard,
        ShardWriter(kind="clouds", inputs=inputs, **shard) as writer,
    ):
        build_clouds(faces_shard, flow_shard, depth_flow_shard, settings, shard=writer, on_bad_clip=on_bad_clip)


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.faces),
        Path(snakemake.input.flow),
        Path(snakemake.input.depth_flow),
        on_bad_clip=snakemake.config["on_bad_clip"],
        shard=shard_identity(snakemake),
    )
