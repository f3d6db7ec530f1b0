"""Write the table of docs/tables.md: what of each published table merflow computes, and what that costs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.page_tables import replaced
from tools.scale.sizes import Size, of_tables

from merflow import plan
from merflow.config import Config, read_config
from merflow.plan.batches import fold_seconds

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/tables.md"
TITLES = {
    "casme3": "CAS(ME)^3 A micro", "casme3_macro": "CAS(ME)^3 A micro, macro", "casme2": "CASME II", "samm": "SAMM",
    "smic": "SMIC-HS", "composite": "MEGC 2019", "fourdme": "4DME",
}  # fmt: skip
"""By dataset: the title of its size, in docs/scale.md too if it has a column there. A member of MEGC 2019 costs at most
what the set does."""

HEAD = """| table | rows | of them ours | experiments | trainings | core-hours | command |
| --- | ---: | ---: | ---: | ---: | ---: | --- |"""


def tables_table(config: Config) -> str:
    """Return the table of the page."""
    sizes = {size.title: size for size in of_tables()}
    lines = [_line(config, paper, table, sizes) for paper, table in plan.paper_tables()]
    return "\n".join([HEAD, *lines])


def _line(config: Config, paper: str, table: str, sizes: Mapping[str, Size]) -> str:
    rows = plan.table_rows(config, paper, table)
    asked = {(row["experiment"], row["on"]) for row in rows if row["experiment"]}
    printed = [row for row in rows if row["value"] is not None]
    ours = sum(bool(row["experiment"]) for row in printed)
    cost = [_cost(config, name, dataset, sizes) for name, dataset in sorted(asked)]
    trainings, hours = (sum(part) for part in zip(*cost, strict=True)) if cost else (0, 0.0)
    command = f"`snakemake --cores all results/tables/{paper}/{table}.csv`" if asked else ""
    cells = (f"{paper} {table}", len(printed), ours, len(asked), trainings or "", _hours(hours), command)
    return f"| {' | '.join(map(str, cells))} |"


def _cost(config: Config, name: str, dataset: str, sizes: Mapping[str, Size]) -> tuple[int, float]:
    """Return the trainings of an experiment, folds times seeds, and their time on one core in hours."""
    experiment = config.experiment(name, dataset)
    size = sizes[TITLES.get(dataset, TITLES[dataset.partition("_")[0]])]
    if experiment.is_baseline:
        return 0, 0.0
    folds = _folds(experiment.protocol, size)
    clips = size.labelled(experiment.labels)
    return folds * len(experiment.seeds), folds * fold_seconds(experiment, clips=clips) / 3600


def _folds(protocol: Any, size: Size) -> int:
    if protocol.name.startswith("kfold"):
        return int(protocol.k)
    if protocol.name == "given_folds":
        return size.folds
    return 1 if protocol.one_training else size.subjects


def _hours(hours: float) -> str:
    if not hours:
        return ""
    return f"{hours:.2g}" if hours < 100 else f"{round(hours, -1):.0f}"


def write() -> None:
    """Write the page."""
    text = PAGE.read_text(encoding="utf-8")
    table = tables_table(read_config(ROOT / "config.yaml"))
    PAGE.write_text(replaced(text, "tables", table, page=PAGE), encoding="utf-8")


if __name__ == "__main__":
    write()
