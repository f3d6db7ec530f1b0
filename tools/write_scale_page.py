"""Write the tables of docs/scale.md from what small embedded datasets cost here. Run by make scale.

With ``--plan-only``, only those that need no measurement: sizes and jobs.
"""

import argparse
from functools import partial
from pathlib import Path

from tools.page_tables import replaced
from tools.scale import tables
from tools.scale.compression import compared
from tools.scale.estimate import SHARDS, STAGES, TRAININGS, counted, estimate
from tools.scale.measured import MANY, Measured
from tools.scale.passes import measuring_config, pass_seconds
from tools.scale.sizes import published

from merflow import paths
from merflow.config import read_config

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/scale.md"
COMPRESSED = (
    "faces/aligned256", "faces/three_frames", "flow/tvl1", "depth_flow/denoised", "clouds/denoised", "regions/sort1024",
    "magnified/flow_warp3", "graphs/tracked14", "sequences/seq16", "flow_images/uvs28",
)  # fmt: skip
_ALL = {"all but training": tuple(name for name in STAGES if name not in TRAININGS), "all": STAGES}
_DISK = {"artefacts": SHARDS, "all": STAGES}


def planned_tables() -> dict[str, str]:
    """Return each table that needs no measurement by its mark."""
    config, sizes = read_config(ROOT / "config.yaml"), published()
    jobs = {size.title: counted(config, size) for size in sizes}
    return {
        "sizes": tables.size_table(sizes),
        "jobs": tables.stage_table(jobs, lambda stage: str(stage.jobs), {"all": STAGES}),
        "GPU jobs": tables.gpu_job_table(jobs),
    }


def measured_tables(root: Path) -> dict[str, str]:
    """Return each other table by its mark.

    Parameters
    ----------
    root : Path
        Folder that holds ``results`` with the datasets of ``tools/scale/config.yaml``.
    """
    config, sizes = read_config(ROOT / "config.yaml"), published()
    measured = Measured(root, partial(pass_seconds, measuring_config(ROOT), root))
    costs = {size.title: estimate(config, size, measured) for size in sizes}
    subject = measured.clips(MANY)[0].subject
    stored = {}
    for artefact in COMPRESSED:
        kind, variant = artefact.split("/")
        stored[artefact] = compared(root / paths.shard(MANY, kind, variant, subject), kind)
    return {
        "a clip": tables.clip_table(config, measured, sizes),
        "an epoch": tables.epoch_table(config, measured),
        "core-hours": tables.stage_table(costs, tables.hours, _ALL),
        "disk": tables.stage_table(costs, tables.gigabytes, _DISK),
        "GPU": tables.gpu_table(costs),
        "larger": tables.larger_table(config, measured, sizes[0]),
        "compression": tables.compression_table(stored),
    }


def main(*, plan_only: bool) -> None:
    """Replace what stands between the apex_and_length of the page."""
    found = planned_tables() | ({} if plan_only else measured_tables(ROOT))
    text = PAGE.read_text(encoding="utf-8")
    for mark, table in found.items():
        text = replaced(text, mark, table, page=PAGE)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plan-only", action="store_true", help="only the tables that need no measurement")
    main(plan_only=parser.parse_args().plan_only)
