"""The tiny dataset on a real SLURM through the shipped profile: what SLURM says of the jobs, and the same bytes."""

from collections import Counter

import pytest
from tests.cluster.conftest import METRICS, cluster_config
from tests.cluster.profile_run import ClusterWorkflow
from tests.workflow.conftest import ROOT, digest

pytestmark = [pytest.mark.workflow, pytest.mark.cluster]
JOBS = {
    "synthesise_dataset": 1, "index_dataset": 1, "extract_faces": 1, "compute_flow": 1, "compute_flow_images": 1,
    "build_examples": 1, "draw_flow_images": 1, "train_folds": 1, "draw_curves": 1, "score_experiment": 1,
}  # fmt: skip
"""How often each rule runs for two subjects: one job makes the shards of both, and trains both folds. Jobs of
list_shards and list_folds run where snakemake runs."""


@pytest.fixture(scope="module")
def on_slurm(slurm, tmp_path_factory):
    """The tiny dataset, run on SLURM from an empty folder to its metrics. Tests may look, not change."""
    before = len(slurm.jobs())
    run = ClusterWorkflow(tmp_path_factory.mktemp("on_slurm"), cluster_config(), slurm)
    try:
        run.log = run(METRICS).output
        run.jobs = slurm.jobs()[before:]
        yield run
    finally:
        run.close()


def test_each_job_of_the_plan_was_a_job_of_slurm_and_local_rules_were_not(on_slurm):
    assert Counter(job.rule for job in on_slurm.jobs) == JOBS
    assert {job.state for job in on_slurm.jobs} == {"COMPLETED"}
    assert "list_folds" in on_slurm.log
    assert {job.wildcards for job in on_slurm.jobs if job.rule == "compute_flow"} == {"tiny_tvl1_1-2"}


def test_training_had_a_gpu_and_everything_else_had_none(on_slurm):
    for job in on_slurm.jobs:
        asked = (job.gpus, job.partition)
        assert asked == ((1, "gpu") if job.rule == "train_folds" else (0, "cpu")), job
    assert {job.node for job in on_slurm.jobs if job.rule == "train_folds"} == {"c1"}
    assert {job.node for job in on_slurm.jobs if job.rule != "train_folds"} == {"c2"}  # the node without a GPU


def test_memory_time_and_threads_are_those_of_the_profile_and_of_the_rules(on_slurm):
    found = {job.rule: (job.mem_mb, job.minutes, job.cpus) for job in on_slurm.jobs}
    assert found == {
        "synthesise_dataset": (4000, 20, 8),
        "index_dataset": (1000, 20, 1),
        "extract_faces": (2000, 2 * 30, 1),
        "compute_flow": (2000, 2 * 30, 1),
        "compute_flow_images": (1000, 2 * 10, 1),
        "build_examples": (4000, 30, 1),
        "draw_flow_images": (2000, 20, 1),
        "train_folds": (4000, 2 * 120, 1),
        "draw_curves": (2000, 20, 1),
        "score_experiment": (2000, 20, 1),
    }


def test_logs_lie_where_the_profile_says(on_slurm):
    for job in on_slurm.jobs:
        folder = on_slurm.folder / f"results/logs/slurm/rule_{job.rule}" / job.wildcards
        assert job.log == str(folder / f"{job.id}.log")
        assert not list(folder.glob("*.log"))  # slurm-keep-successful-logs: false
    assert (on_slurm.folder / "results/logs/extract_faces/tiny/aligned256/1-2.log").is_file()
    assert not list((ROOT / "results/logs").glob(f"slurm/**/{on_slurm.jobs[-1].id}.log"))


def test_a_second_run_has_nothing_to_do_and_submits_nothing(on_slurm):
    before = len(on_slurm.slurm.jobs())
    assert "Nothing to be done" in on_slurm(METRICS).output
    assert len(on_slurm.slurm.jobs()) == before


def test_results_are_those_of_a_local_run_to_the_byte(on_slurm, finished_here):
    expected = digest(finished_here.folder)
    assert {path.rpartition(".")[2] for path in expected} >= {"h5", "csv", "png", "pt"}
    assert digest(on_slurm.folder) == expected
