"""Jobs and bytes before they are there, of docs/scale.md and of merflow plan: against Snakemake and what lies there."""

import csv
import shutil
from collections import Counter

import pytest
from tests.test_scale_page import totals
from tests.workflow.conftest import METRICS
from tools.scale.estimate import STAGES, estimate, total
from tools.scale.jobs import planned
from tools.scale.measured import FEW, MANY, NOTED, Measured
from tools.scale.rows import rows
from tools.scale.sizes import Size
from tools.write_scale_page import ROOT

from merflow.config import Config, read_config
from merflow.costs import dry_run
from merflow.costs.jobs import MAKING, Estimator
from merflow.costs.known import Known
from merflow.costs.lookup import Costs
from merflow.costs.table import shipped_costs
from merflow.datasets.counts import Counts
from merflow.plan.foreseen import PlannedJob

pytestmark = pytest.mark.workflow

SUBJECTS, CLIPS = 3, 4
NETWORK = "lite_point_gcn"
EXPERIMENTS = (NETWORK, "gts_gn", "atm_gcn", "ststnet")


def tiny(config_path, experiments):
    """Return the configuration of the tiny dataset, and the dataset as a size."""
    rows = SUBJECTS * CLIPS
    size = Size("tiny", "tiny", MANY, SUBJECTS, rows, Counts(rows=rows, subjects=SUBJECTS), 8, experiments)
    return read_config(config_path), size


def shipped(run):
    """Return where the run's configuration can be read: beside the schema."""
    shutil.copytree(ROOT / "workflow/schemas", run.folder / "workflow/schemas", dirs_exist_ok=True)
    return run.folder / "config.yaml"


def test_jobs_are_those_that_snakemake_plans(copied, monkeypatch):
    for path in (copied.folder / "results/tiny").iterdir():
        if path.is_dir() and path.name != "raw":
            shutil.rmtree(path)  # all but the recordings and their index
    config, size = tiny(shipped(copied), EXPERIMENTS)
    expected = totals(planned(config, size))
    del expected["index_dataset"]
    metrics = [f"results/tiny/{name}/metrics.csv" for name in EXPERIMENTS]
    assert copied.planned(*metrics) == expected
    for table in ("clips.csv", "exclusions.csv"):
        (copied.folder / "results/tiny" / table).unlink()
    found = foreseen(copied, monkeypatch, metrics)  # the index is a checkpoint: Snakemake alone would tell its job only
    assert Counter(job.rule for job in found.jobs) == expected | {"index_dataset": 1}
    assert found.known["tiny"].made_now is not None
    assert not (copied.folder / "results/tiny/clips.csv").exists()


def test_what_is_done_costs_nothing(finished, monkeypatch):
    assert foreseen(finished, monkeypatch, [METRICS]).jobs == []


def foreseen(run, monkeypatch, targets):
    """Return what merflow plan finds in the folder of a workflow, whose Snakemake it starts."""
    monkeypatch.chdir(run.folder)
    monkeypatch.setattr(dry_run, "_snakemake", lambda arguments, variables: run(*arguments, check=False, **variables))
    (shared := run.folder.parent / f"{run.folder.name}_shared").mkdir()
    return dry_run.planned(read_config("config.yaml"), targets, shared=shared)


def test_shipped_costs_tell_the_bytes_of_shards(finished):
    """Within a fifth: people and their faces differ in size."""
    config, tables = read_config(finished.folder / "config.yaml"), finished.folder / "results/tiny"
    estimator = Estimator(config, Costs(shipped_costs()), {"tiny": Known(config, "tiny", tables / "clips.csv")})
    rules = {kind: rule for rule, kind in MAKING.items()}
    for kind, variant in config.chain("regions/sort1024"):
        job = PlannedJob(rules[kind], {"dataset": "tiny", "variant": variant, "batch": "1-3"})
        shards = (tables / "artefacts" / kind / variant).glob("*.h5")
        assert estimator.cost(job).size == pytest.approx(sum(path.stat().st_size for path in shards), rel=0.2), kind


def test_disk_is_what_lies_there(copied):
    """The run stands for the measured datasets, and a dataset of its own size is to be predicted from it."""
    results = copied.folder / "results"
    config, size = tiny(shipped(copied), ("lite_point_gcn",))
    lies_there = sum(path.stat().st_size for path in (results / "tiny").rglob("*") if path.is_file())
    lies_there -= sum(path.stat().st_size for path in (results / "tiny/raw").rglob("*") if path.is_file())
    stand_in(results)
    found = measured_here(config, copied.folder)
    predicted = total(estimate(config, size, Costs(found)), STAGES).size
    assert predicted == pytest.approx(lies_there, rel=0.03)


def measured_here(config, folder):
    """Return the costs that are measured in a folder, the tiny dataset being both measured datasets."""
    plain = dict(config.plain)
    plain["datasets"] = plain["datasets"] | {MANY: plain["datasets"]["tiny"]}
    network = f"scale_{NETWORK}"
    plain["experiments"] = plain["experiments"] | {network: plain["experiments"][NETWORK]}
    measured = Measured(folder, lambda experiment: 0.001)
    given = {"render": lambda layout: (0.0, 0.0), "networks": [network], "baselines": ["flow_svm"]}
    return rows(Config(plain), measured, folder, **given)


def stand_in(results):
    """Let the tiny dataset be both measured datasets, the second with an index of one clip a subject."""
    for log in list((results / "logs").rglob("*.log")):
        log.with_suffix(NOTED).write_text("1.0")  # of the bytes no second is a part
    for name in (MANY, FEW):
        shutil.copytree(results / "tiny", results / name, ignore=shutil.ignore_patterns("raw"))
        for rule in (results / "logs").iterdir():
            if (rule / "tiny").is_dir():
                shutil.copytree(rule / "tiny", rule / name)
            elif (rule / f"tiny{NOTED}").is_file():
                shutil.copy(rule / f"tiny{NOTED}", rule / f"{name}{NOTED}")
        for found in [*(results / name).iterdir(), *(results / "logs").glob(f"*/{name}/*")]:
            if found.name.startswith(NETWORK):
                copy(found, f"scale_{found.name}")
    keep_one_clip_a_subject(results / FEW / "clips.csv")


def copy(path, name):
    """Copy a file or folder to another name beside it."""
    (shutil.copytree if path.is_dir() else shutil.copy)(path, path.with_name(name))


def keep_one_clip_a_subject(index):
    with index.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    first = {row["subject"]: row for row in reversed(rows)}
    index.with_name(f"{index.name}.sha256").unlink()  # a change of one's own
    with index.open("w", newline="") as out:
        table = csv.DictWriter(out, rows[0])
        table.writeheader()
        table.writerows(first.values())
