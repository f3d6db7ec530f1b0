"""Eight regions of each cloud of one subject, and the points that represent each.

Settings: `regions.<variant>`, `on_bad_clip`. Input: faces and clouds shards. Output: a regions shard.
Source: Zhang et al., Lite-Point-GCN, section III-C, eq. 4 and Table I.
"""

from pathlib import Path
from typing import Any

from _job import configure_logging, shard_identity
from merflow.artefacts import ShardWriter, open_shard
from merflow.config import stage_settings
from merflow.files import sha256
from merflow.stages.regions.stage import sample_regions


def main(faces: Path, clouds: Path, *, on_bad_clip: str, shard: dict[str, Any]) -> None:
    """Write the regions shard of one subject."""
    settings = stage_settings("regions", shard["params"])
    who = {"dataset": shard["dataset"], "subject": shard["subject"]}
    inputs = {"faces": sha256(faces), "clouds": sha256(clouds)}
    with (
        open_shard(faces, kind="faces", **who) as faces_shard,
        open_shard(clouds, kind="clouds", **who) as clouds_shard,
        ShardWriter(kind="regions", inputs=inputs, **shard) as writer,
    ):
        sample_regions(faces_shard, clouds_shard, settings, shard=writer, on_bad_clip=on_bad_clip)


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.faces),
        Path(snakemake.input.clouds),
        on_bad_clip=snakemake.config["on_bad_clip"],
        shard=shard_identity(snakemake),
    )
