"""Horizontal and vertical flow and optical strain of each clip of one subject as one small picture.

Settings: `flow_images.<variant>`, `on_bad_clip`. Input: a flow shard. Output: a flow_images shard.
Source: Liong et al. 2019 (STSTNet); Shreve et al. 2011 (optical strain).
"""

from pathlib import Path
from typing import Any

from _job import configure_logging, shard_identity
from merflow.artefacts import ShardWriter, open_shard
from merflow.config import stage_settings
from merflow.files import sha256
from merflow.stages.flow_images.stage import make_flow_images


def main(flow: Path, *, on_bad_clip: str, shard: dict[str, Any]) -> None:
    """Write the flow_images shard of one subject."""
    settings = stage_settings("flow_images", shard["params"])
    with (
        open_shard(flow, kind="flow", dataset=shard["dataset"], subject=shard["subject"]) as source,
        ShardWriter(kind="flow_images", inputs={"flow": sha256(flow)}, **shard) as writer,
    ):
        make_flow_images(source, settings, shard=writer, on_bad_clip=on_bad_clip)


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.flow),
        on_bad_clip=snakemake.config["on_bad_clip"],
        shard=shard_identity(snakemake),
    )
