"""Landmark graphs of one subject's clips.

Settings: `graphs.<variant>`, `on_bad_clip`. Input: a magnified shard. Output: a graphs shard.
Source: Wei et al., GTS-GN, section III-A, fig. 2 and eq. 1.
"""

from pathlib import Path
from typing import Any

from _job import configure_logging, shard_identity
from merflow.artefacts import ShardWriter, open_shard
from merflow.config import stage_settings
from merflow.files import sha256
from merflow.stages.faces.detector import find_landmark_model
from merflow.stages.graphs.stage import build_graphs


def main(magnified: Path, *, on_bad_clip: str, shard: dict[str, Any]) -> None:
    """Write the graphs shard of one subject."""
    settings = stage_settings("graphs", shard["params"])
    who = {"dataset": shard["dataset"], "subject": shard["subject"]}
    inputs = {"magnified": sha256(magnified), "landmark_model": sha256(find_landmark_model(settings.landmark_model))}
    with (
        open_shard(magnified, kind="magnified", **who) as magnified_shard,
        ShardWriter(kind="graphs", inputs=inputs, **shard) as writer,
    ):
        build_graphs(magnified_shard, settings, shard=writer, on_bad_clip=on_bad_clip)


if __name__ == "__main__":
    configure_logging(snakemake.log[0])
    main(
        Path(snakemake.input.magnified),
        on_bad_clip=snakemake.config["on_bad_clip"],
        shard=shard_identity(snakemake),
    )
