"""Measure what small embedded datasets cost here, and write the table of costs and docs/scale.md. Run by make scale.

With ``--page-only``, only the page, of the table of costs that is there. The table of compressions is left as it is.
"""

import argparse
from functools import partial
from pathlib import Path

from tools.page_tables import replaced
from tools.scale import tables
from tools.scale.compression import compared
from tools.scale.estimate import SHARDS, STAGES, TRAININGS, counted, estimate
from tools.scale.measured import MANY, Measured
from tools.scale.other_table import other_table
from tools.scale.passes import measuring_config, pass_seconds
from tools.scale.rendering import render_seconds
from tools.scale.rows import rows
from tools.scale.sizes import published

from merflow import paths
from merflow.config import read_config
from merflow.costs.lookup import Costs
from merflow.costs.table import TABLE, UnitCost, read_costs, write_costs
from merflow.datasets.clip_table import read_clips

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/scale.md"
COSTS = ROOT / "src/merflow/costs" / TABLE
COMPRESSED = (
    "faces/aligned256", "faces/three_frames", "flow/tvl1", "depth_flow/denoised", "clouds/denoised", "regions/sort1024",
    "magnified/flow_warp3", "graphs/tracked14", "sequences/seq16", "flow_images/uvs28",
)  # fmt: skip
_ALL = {"all but training": tuple(name for name in STAGES if name not in TRAININGS), "all": STAGES}
_DISK = {"artefacts": SHARDS, "all": STAGES}


def tables_of(costs: Costs) -> dict[str, str]:
    """Return each table that follows from sizes, jobs and costs, by its mark."""
    config, sizes = read_config(ROOT / "config.yaml"), published()
    jobs = {size.title: counted(config, size) for size in sizes}
    stages = {size.title: estimate(config, size, costs) for size in sizes}
    return {
        "sizes": tables.size_table(sizes),
        "origin": tables.origin_table(costs),
        "a clip": tables.clip_table(config, costs, sizes),
        "an epoch": tables.epoch_table(costs),
        "jobs": tables.stage_table(jobs, lambda stage: str(stage.jobs), {"all": STAGES}),
        "GPU jobs": tables.gpu_job_table(jobs),
        "core-hours": tables.stage_table(stages, tables.hours, _ALL),
        "GPU": tables.gpu_table(stages),
        "disk": tables.stage_table(stages, tables.gigabytes, _DISK),
        "others": other_table(config, costs),
        "larger": tables.larger_table(config, costs, sizes[0]),
    }


def measured_rows(root: Path) -> list[UnitCost]:
    """Return the costs that are measured here.

    Parameters
    ----------
    root : Path
        Folder that holds ``results`` with the datasets of ``tools/scale/config.yaml``.
    """
    config = measuring_config(ROOT)
    measured = Measured(root, partial(pass_seconds, config, root))
    return rows(config, measured, root, render=render_seconds)


def compressions(root: Path) -> dict[str, str]:
    """Return the table of compressions, of the shards of one subject that lie there."""
    subject = read_clips(root / paths.clips(MANY))[0].subject
    stored = {}
    for artefact in COMPRESSED:
        kind, variant = artefact.split("/")
        stored[artefact] = compared(root / paths.shard(MANY, kind, variant, subject), kind)
    return {"compression": tables.compression_table(stored)}


def main(*, page_only: bool) -> None:
    """Write the table of costs, and replace what stands between the marks of the page."""
    found = {}
    if not page_only:
        write_costs(measured_rows(ROOT), COSTS)
        found = compressions(ROOT)
    found |= tables_of(Costs(read_costs(COSTS)))
    text = PAGE.read_text(encoding="utf-8")
    for mark, table in found.items():
        text = replaced(text, mark, table, page=PAGE)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page-only", action="store_true", help="only the page, of the costs that are there")
    main(page_only=parser.parse_args().page_only)
