"""docs/scale.md: what is computed from measurements, on measurements that one can multiply by hand."""

import dataclasses
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tools.page_tables import END
from tools.scale import estimate as est
from tools.scale import tables
from tools.scale.jobs import RULE_OF_KIND, planned
from tools.scale.measured import line_through
from tools.scale.passes import EPOCHS, measuring_config
from tools.scale.rows import BASELINES, PREFIX
from tools.scale.sizes import frames_read, published
from tools.write_scale_page import COSTS, PAGE, ROOT, tables_of

from merflow.artefacts import KINDS
from merflow.config import Config, read_config
from merflow.costs.lookup import Costs, Found
from merflow.costs.table import UnitCost, read_costs


class ByHand(Costs):
    """A job starts in 2 s; a clip takes 1 s and 1000 bytes; an experiment's pictures are 500 bytes."""

    def __init__(self):
        super().__init__([self.row(0, 0, 0, on=size.measured) for size in published()])

    def row(self, start, each, size, *, frames=8.0, on=""):
        return UnitCost("shards", "", {}, on, 1, 1, start, each, size, frames, "", "", "")

    def shards(self, config, kind, variant, *, pixels=0):
        return Found(self.row(2.0, 1.0, 1000.0, frames=8.0 if kind == "sequences" else 0.0), "measured")

    def examples(self, experiment):
        return Found(self.row(2.0, 0.1, 100.0), "measured")

    def training(self, experiment):
        return Found(self.row(3.0, 0.001, 10.0), "measured")

    def job(self, rule):
        return Found(self.row(2.0, 0.1, 500.0 if rule == "draw_curves" else 0.0), "measured")


@pytest.fixture(scope="module")
def config():
    """The shipped configuration, but for one fold a job everywhere."""
    return with_folds_per_job(1)


@pytest.fixture(scope="module")
def sizes():
    return {size.title: size for size in published()}


@pytest.fixture(scope="module")
def casme3(sizes):
    return sizes["CAS(ME)^3 A micro"]


def with_folds_per_job(folds):
    plain = read_config(ROOT / "config.yaml").plain
    for experiment in plain["experiments"].values():
        experiment["training"]["folds_per_job"] = folds
        for changes in experiment["overrides"].values():
            changes.get("training", {}).pop("folds_per_job", None)
    return Config(plain)


def totals(work):
    """Return the number of jobs by rule."""
    counted = Counter()
    for part in work:
        counted[part.rule] += part.jobs
    return dict(counted)


def test_a_job_notes_its_cpu_seconds(tmp_path):
    work = "end = time.process_time() + 0.2\nwhile time.process_time() < end: pass\ntime.sleep(0.3)"
    job = f"import time, types\nsnakemake = types.SimpleNamespace(log=['job.log'])\n{work}\n"
    (tmp_path / "job.py").write_text(job)
    spied = {**os.environ, "PYTHONPATH": str(ROOT / "tools/scale/spy")}
    start = time.perf_counter()
    subprocess.run([sys.executable, "job.py"], cwd=tmp_path, env=spied, check=True)
    assert 0.2 <= float((tmp_path / "job.cpu").read_text()) < time.perf_counter() - start - 0.29


def test_two_measurements_tell_the_start_from_the_clips():
    assert line_through(2, 3.0, 12, 8.0) == pytest.approx((2.0, 0.5))
    assert line_through(2, 3.0, 12, 2.5) == (2.5, 0.0)
    assert line_through(2, 1.0, 12, 12.0) == (0.0, 1.0)


def test_frames_of_a_sequence():
    assert frames_read(0.5, 30.0) == 16
    assert frames_read(0.5, 200.0) == frames_read(0.5, 100.0) == 17  # thinned to 16, and the apex lies between two
    assert 16 <= frames_read(4.0, 30.0) <= 31  # between two neighbours, each of the 13 that are not hit exactly


def test_clips_with_a_label(sizes):
    assert sizes["CAS(ME)^3 A micro"].labelled("emotion3") == 457 + 55 + 187
    assert sizes["CAS(ME)^3 A micro, macro"].labelled("emotion3") == 457 + 55 + 187 + 3346
    assert sizes["CASME II"].labelled("objective6") == 255 - 1
    assert sizes["CASME II"].labelled("emotion3") == 255 - 99  # no published table: from its emotions
    assert sizes["SAMM"].labelled("objective4") == 84 + 24 + 20 + 13
    assert sizes["MEGC 2019"].labelled("emotion3") == 442
    assert sizes["SMIC-HS"].larger(10).labelled("emotion3") == 1640


def test_each_kind_has_its_rule_and_stage():
    assert set(RULE_OF_KIND) == set(KINDS)
    assert len(set(est.SHARDS)) == len(KINDS)
    assert {"depth flow", "landmark graphs", "magnified frames"} < set(est.SHARDS)


def test_jobs_of_casme3(config, casme3):
    jobs = totals(planned(config, casme3))
    assert jobs["index_dataset"] == 1
    assert jobs["extract_faces"] == 2 * 24  # aligned256 and onset, four subjects a job
    assert jobs["compute_flow"] == jobs["sample_regions"] == jobs["resample_sequences"] == 24
    assert jobs["train_folds"] == 3 * 94  # a fold a job
    assert jobs["fit_baselines"] == 5  # all folds of majority, flow_svm, sequence_majority, flow_image_{majority,svm}
    assert jobs["build_examples"] == jobs["list_folds"] == jobs["score_experiment"] == 8


def test_folds_that_share_a_job(config, casme3):
    fewer = totals(planned(with_folds_per_job(10), casme3))
    assert fewer["train_folds"] == 3 * 10  # nine of ten folds and one of four


def test_a_composite_computes_no_artefact_again(config, sizes):
    assert not any(work.kind for work in planned(config, sizes["MEGC 2019"]))


def test_passes_by_hand(config, casme3):
    size = dataclasses.replace(casme3, subjects=10, clips=100, counts=dataclasses.replace(casme3.counts, label_sets={}))
    size = dataclasses.replace(size, counts=dataclasses.replace(size.counts, emotions={}, rows=100))
    seeds = len(config.experiments["lite_point_gcn"].seeds)
    assert est.clip_passes(config, "lite_point_gcn", size) == 10 * 30 * 90 * seeds


@pytest.mark.parametrize("title", [size.title for size in published()])
def test_twice_the_subjects_and_clips(config, sizes, title):
    size = sizes[title]
    once, twice = (est.estimate(config, one, ByHand()) for one in (size, size.larger(2)))
    assert list(once) == list(twice)
    for name in set(est.SHARDS) & set(once):
        assert twice[name].size == 2 * once[name].size
        assert twice[name].jobs <= 2 * once[name].jobs  # jobs of four subjects, the last of fewer, and a list a variant
        assert twice[name].seconds == pytest.approx(
            2 * once[name].seconds, abs=3 * 2.0
        )  # the start of one job of each variant
    for name in set(est.TRAININGS) & set(once):
        assert twice[name].jobs == 2 * once[name].jobs
        assert twice[name].seconds > 1.9 * once[name].seconds
    assert twice["train ATM-GCN"].seconds == pytest.approx(4 * once["train ATM-GCN"].seconds, rel=0.15)
    assert twice["examples"].size == 2 * once["examples"].size


def test_folds_of_subjects_keep_the_cost_of_training_in_step_with_the_clips(config, casme3):
    divided = tables.with_folds(config, casme3, 10)
    once, tenfold = (est.estimate(divided, one, ByHand()) for one in (casme3, casme3.larger(10)))
    assert once["train ATM-GCN"].jobs == tenfold["train ATM-GCN"].jobs == 10
    start = 10 * 3.0  # of the jobs, as many in both
    assert tenfold["train ATM-GCN"].seconds - start == pytest.approx(
        10 * (once["train ATM-GCN"].seconds - start), rel=0.01
    )


def test_seconds_and_bytes_of_a_stage_by_hand(config, casme3):
    stages = est.estimate(config, casme3, ByHand())
    assert dataclasses.astuple(stages["clouds"])[:3] == (24 + 1, 24 * 2.0 + 860 * 1.0, 860 * 1000.0)  # and their list
    assert stages["sequences"].seconds == 24 * 2.0 + 860 * 16 / 8  # 16 frames read, where 8 were measured
    assert stages["faces"].seconds == 2 * (24 * 2.0 + 860)  # two variants
    together = est.total(stages, est.STAGES)
    assert together.jobs == sum(work.jobs for work in planned(config, casme3))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0123, "0.012"),
        (0.999, "1.0"),
        (3, "3.0"),
        (9.96, "10"),
        (37.6, "38"),
        (814.9, "810"),
        (99.6, "100"),
    ],
)
def test_two_digits(value, text):
    assert tables.digits(value) == text


def test_a_line_a_stage_a_column_a_dataset():
    costs = {"a": {"index": est.Stage(1), "faces": est.Stage(94)}, "b": {"index": est.Stage(1)}}
    assert tables.stage_table(costs, lambda stage: str(stage.jobs), {"all": est.STAGES}).splitlines() == [
        "| stage | a | b |",
        "| --- | ---: | ---: |",
        "| index | 1 | 1 |",
        "| faces | 94 |  |",
        "| **all** | **95** | **1** |",
    ]


def test_the_page_says_what_follows_from_configuration_and_costs():
    """If not: python -m tools.write_scale_page --page-only, or make scale, which measures too."""
    text = PAGE.read_text(encoding="utf-8")
    for mark, table in tables_of(Costs(read_costs(COSTS))).items():
        assert text.split(f"<!-- table: {mark} -->\n")[1].split(f"\n{END}")[0] == table, mark
    assert "<!-- table: compression -->" in text


def test_planning_is_a_start_and_so_much_a_job_and_a_clip():
    for measured in (tables.PLANNED_S, tables.PLANNED_BYTES):
        assert [tables.planning(measured, *one) for one in tables.PLANNED] == pytest.approx(measured)
        start = tables.planning(measured, 0, 0)
        assert start > 0
        one_job, one_clip = tables.planning(measured, 1, 0) - start, tables.planning(measured, 0, 1) - start
        assert tables.planning(measured, 100, 1000) == pytest.approx(start + 100 * one_job + 1000 * one_clip)


def test_each_network_is_measured():
    config = measuring_config(ROOT)
    targets = {Path(target).parts[2] for target in (ROOT / "tools/scale/targets.txt").read_text().split()}
    assert {*EPOCHS, *BASELINES} <= targets & set(config.experiments)
    assert {row.name for row in read_costs(COSTS) if row.what == "training"} == {
        name.removeprefix(PREFIX) for name in EPOCHS
    }


def test_the_page_needs_measured_costs_alone(config, sizes):
    """Of the networks of the page none is declared, and of the stages none is like another."""
    costs = Costs(read_costs(COSTS))
    for size in sizes.values():
        for name in size.experiments:
            found = costs.training(config.experiment(name, size.dataset))
            different = {"gts_gn": "gts_gn as measured with other parameters"}  # the layer of its fusion, on SAMM
            assert found.basis == "measured" or found.differs == different[name]
        for work in planned(config, size):
            if work.kind:
                pixels = est.measured_pixels(costs, size)
                assert costs.shards(config, work.kind, work.name, pixels=pixels).basis == "measured"
