"""Change of depth from onset to apex along the flow, for each clip of one subject.

Settings: `depth_flow.<variant>`, `on_bad_clip`. Input: faces and flow shards. Output: a depth_flow shard.
Source: Zhang et al., Lite-Point-GCN, eq. 3.
"""

from pathlib import Path
from typing import Any

from _job import configure_logging, shard_identity
from merflow.artefacts import ShardWriter, open_shard
from merflow.config import stage_settings
from merflow.files import sha256
from merflow.stages.depth_flow.stage import compute_depth_flow


def main(faces: Path, flow: Path, *, on_bad_clip: str, shard: dict[str, Any]) -> None:
    """Write the depth_flow shard of one subject."""
    settings = stage_settings("depth_flow", shard["params"])
    who = {"dataset": shard["dataset"], "subject": shard["subject"]}
    inputs = {"faces": sha256(faces), "flow": sha256(flow)}
    with (
        open_shard(faces, kind="faces", **who) as faces_shard,
        open_shard(flow, kind="flow", **who) as flow_shard,
        ShardWriter(kind="depth_flow", inputs=inputs, **shard) as writer,
    ):
        compute_depth_flow(faces_shard, flow_shard, settings, shard=writer, on_bad_clip=on_bad_clip)


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.faces),
        Path(snakemake.input.flow),
        on_bad_clip=snakemake.config["on_bad_clip"],
        shard=shard_identity(snakemake),
    )
