"""docs/scale.md counts jobs and bytes before there is a dataset: against what Snakemake plans and what lies there."""

import csv
import shutil

import pytest
from tests.test_scale_page import totals
from tools.scale.estimate import STAGES, estimate, total
from tools.scale.jobs import planned
from tools.scale.measured import FEW, MANY, Measured
from tools.scale.sizes import Size
from tools.write_scale_page import ROOT

from merflow.config import read_config
from merflow.datasets.counts import Counts

pytestmark = pytest.mark.workflow

SUBJECTS, CLIPS = 3, 4
EXPERIMENTS = ("lite_point_gcn", "gts_gn", "atm_gcn", "ststnet")


def tiny(config_path, experiments):
    """Return the configuration of the tiny dataset, and the dataset as a size."""
    rows = SUBJECTS * CLIPS
    size = Size("tiny", "tiny", MANY, SUBJECTS, rows, Counts(rows=rows, subjects=SUBJECTS), 8, experiments)
    return read_config(config_path), size


def shipped(run):
    """Return where the run's configuration can be read: beside the schema."""
    shutil.copytree(ROOT / "workflow/schemas", run.folder / "workflow/schemas", dirs_exist_ok=True)
    return run.folder / "config.yaml"


def test_jobs_are_those_that_snakemake_plans(copied):
    for path in (copied.folder / "results/tiny").iterdir():
        if path.is_dir() and path.name != "raw":
            shutil.rmtree(path)  # all but the recordings and their index
    config, size = tiny(shipped(copied), EXPERIMENTS)
    expected = totals(planned(config, size))
    del expected["index_dataset"]
    metrics = [f"results/tiny/{name}/metrics.csv" for name in EXPERIMENTS]
    assert copied.planned(*metrics) == expected


def test_disk_is_what_lies_there(copied):
    """The run stands for the measured datasets, and a dataset of its own size is to be predicted from it."""
    results = copied.folder / "results"
    config, size = tiny(shipped(copied), ("lite_point_gcn",))
    lies_there = sum(path.stat().st_size for path in (results / "tiny").rglob("*") if path.is_file())
    lies_there -= sum(path.stat().st_size for path in (results / "tiny/raw").rglob("*") if path.is_file())
    stand_in(results)
    predicted = total(estimate(config, size, Measured(copied.folder, lambda experiment: 0.001)), STAGES).size
    assert predicted == pytest.approx(lies_there, rel=0.03)


def stand_in(results):
    """Let the tiny dataset be both measured datasets, the second with an index of one clip a subject."""
    for name in (MANY, FEW):
        shutil.copytree(results / "tiny", results / name, ignore=shutil.ignore_patterns("raw"))
        for rule in (results / "benchmarks").iterdir():
            if (rule / "tiny").is_dir():
                shutil.copytree(rule / "tiny", rule / name)
            elif (rule / "tiny.tsv").is_file():
                shutil.copy(rule / "tiny.tsv", rule / f"{name}.tsv")
        for found in [*(results / name).iterdir(), *(results / "benchmarks").glob(f"*/{name}/*")]:
            if found.name.startswith("lite_point_gcn"):
                copy(found, f"scale_{found.name}")
    keep_one_clip_a_subject(results / FEW / "clips.csv")


def copy(path, name):
    """Copy a file or folder to another name beside it."""
    (shutil.copytree if path.is_dir() else shutil.copy)(path, path.with_name(name))


def keep_one_clip_a_subject(index):
    with index.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    first = {row["subject"]: row for row in reversed(rows)}
    with index.open("w", newline="") as out:
        table = csv.DictWriter(out, rows[0])
        table.writeheader()
        table.writerows(first.values())
