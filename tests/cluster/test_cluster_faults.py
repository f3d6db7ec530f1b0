"""What is killed or goes away on a cluster while a job trains: what SLURM says of it, and the same bytes in the end.

Every test begins with a finished run whose folds were taken away, and trains both of them in one job of SLURM.
"""

import contextlib
import os
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest
from tests.cluster.conftest import cluster_config
from tests.workflow.conftest import digest
from tests.workflow.faulty_jobs import FaultyJobs

pytestmark = [
    pytest.mark.workflow,
    pytest.mark.cluster,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="jobs are caught by their files under /proc"),
]
FOLDS = ("spNO.1", "spNO.2")
FOLDER = "results/tiny/ststnet/folds"
TRAINED = ["results/tiny/ststnet/folds.csv"]
LOGS = "results/logs/train_folds/tiny/ststnet/1-2.log"
ANY_NODE = ("--set-resources", "train_folds:slurm_partition=cpu")
"""In place of all that the profile sets by rule: training asks for no GPU, and may go to either node."""


@pytest.fixture
def faulty(tmp_path):
    return FaultyJobs(tmp_path / "faulty")


@pytest.fixture
def training(cluster_workflow, finished_here, tmp_path):
    """The finished run without its folds, both to be trained by one job of SLURM."""
    folder = tmp_path / "copy"
    shutil.copytree(finished_here.folder, folder)
    workflow = cluster_workflow(folder, config_with(folds_per_job=len(FOLDS)))
    workflow.before = digest(folder)
    shutil.rmtree(folder / FOLDER)
    return workflow


def config_with(*, folds_per_job):
    config = cluster_config()
    config["experiments"]["ststnet"]["training"]["folds_per_job"] = folds_per_job
    return config


def jobs_of(workflow):
    """Return the jobs that SLURM knows of a workflow, in the order of their submission."""
    return [job for job in workflow.slurm.jobs() if Path(job.log).is_relative_to(workflow.folder)]


def start_and_hold(workflow, faulty, *arguments):
    """Start the training; return Snakemake, and the job that has trained one fold and is held within the second."""
    faulty.order("train_folds", "hold", within=FOLDS[1])
    snakemake = workflow.start(*TRAINED, *arguments, source=faulty.site)
    faulty.wait_until_held(snakemake, lambda: snakemake.output)
    assert list(workflow.folder.rglob("*.partial*"))
    (job,) = jobs_of(workflow)
    assert (job.rule, job.state) == ("train_folds", "RUNNING")
    return snakemake, job


@contextlib.contextmanager
def power_cut(slurm, node):
    """Take a node away, and bring it back in the end, whatever happens."""
    slurm.stop_node(node)
    try:
        yield
    finally:
        slurm.start_node(node)


def wait_until_cancelled(workflow, job):
    workflow.slurm.wait_for(lambda other: (other.id, other.state) == (job.id, "CANCELLED"))


def check_same_bytes(workflow):
    """Check that everything is as in the undisturbed run, and that nothing half-written lies about."""
    assert digest(workflow.folder) == workflow.before
    assert not list(workflow.folder.rglob("*.partial*"))
    assert not list(workflow.folder.glob("results/tiny/ststnet/folds/.*"))


def check_first_fold_kept(workflow):
    """Check that the job which ran last trained again what was not finished, and only that."""
    (log,) = workflow.folder.glob(LOGS)
    lines = re.findall(r"fold (\S+): (training|.*kept)", log.read_text())
    assert [(fold, said == "training") for fold, said in lines] == list(zip(FOLDS, (False, True), strict=True))


def test_a_cancelled_job_is_sent_again_by_itself_and_keeps_the_fold_that_was_trained(training, faulty):
    snakemake, job = start_and_hold(training, faulty)
    training.slurm.cancel(job.id)
    assert snakemake.finish().returncode == 0, snakemake.output
    first, second = jobs_of(training)
    assert (first.state, second.state) == ("CANCELLED", "COMPLETED")
    assert {(job.wildcards[-3:], job.gpus, job.node) for job in (first, second)} == {("1-2", 1, "c1")}
    assert f"SLURM-job '{first.id}' failed, SLURM status is: 'CANCELLED'" in snakemake.output
    check_first_fold_kept(training)
    check_same_bytes(training)

    training.write_config(config_with(folds_per_job=1))
    assert training.planned(*TRAINED) == {}


def test_a_job_over_its_memory_is_sent_again_with_more(training, faulty):
    """PyTorch alone takes more than the first job gets, which is held until SLURM has looked."""
    little = ("train_folds:slurm_partition=gpu", "train_folds:gpu=1", "train_folds:mem_mb=250 * attempt ** 3")
    faulty.order("train_folds", "hold")
    snakemake = training.start(*TRAINED, "--set-resources", *little, source=faulty.site)
    training.slurm.wait_for(lambda job: job in jobs_of(training) and job.state == "FAILED")
    (faulty.orders / "go").touch()
    assert snakemake.finish().returncode == 0, snakemake.output
    first, second = jobs_of(training)
    assert (first.state, first.mem_mb, first.gpus) == ("FAILED", 250, 1)
    assert (second.state, second.mem_mb, second.gpus) == ("COMPLETED", 2000, 1)
    assert "exceeded memory limit" in Path(first.log).read_text()
    assert f"SLURM-job '{first.id}' failed" in snakemake.output
    check_same_bytes(training)


def test_a_job_whose_node_went_away_starts_again_when_the_node_is_back(training, faulty):
    """SLURM itself sends the job again, under the same number; Snakemake waits and notices nothing."""
    snakemake, job = start_and_hold(training, faulty)
    with power_cut(training.slurm, job.node):
        waiting = training.slurm.job(job.id)
        assert waiting.state != "RUNNING"
        assert snakemake.poll() is None, snakemake.output
    assert snakemake.finish().returncode == 0, snakemake.output
    (again,) = jobs_of(training)
    assert (again.id, again.state, again.fields["Restarts"]) == (job.id, "COMPLETED", "1")
    check_first_fold_kept(training)
    check_same_bytes(training)


def test_where_slurm_sends_nothing_again_snakemake_does_and_another_node_takes_over(training, faulty):
    snakemake, job = start_and_hold(training, faulty, *ANY_NODE, "--slurm-no-requeue")
    with power_cut(training.slurm, job.node):
        assert snakemake.finish().returncode == 0, snakemake.output
        first, second = jobs_of(training)
    assert (first.state, second.state) == ("NODE_FAIL", "COMPLETED")
    assert {first.node, second.node} == {"c1", "c2"}
    assert f"SLURM-job '{first.id}' failed due to a node failure" in snakemake.output
    check_first_fold_kept(training)
    check_same_bytes(training)


def test_snakemake_killed_while_its_job_runs(training, faulty):
    """What docs/faults.md tells the user to type: scancel by the run's name, --unlock, and the same command."""
    snakemake, job = start_and_hold(training, faulty)
    os.killpg(snakemake.pid, signal.SIGKILL)
    snakemake.wait()
    refused = training(*TRAINED, check=False)
    assert refused.returncode != 0
    assert "--unlock" in refused.output
    assert training.slurm.job(job.id).state == "RUNNING"

    run = re.search(r"SLURM run ID: (\S+)", snakemake.output)[1]
    assert training.slurm.ask("squeue", "--me", "--noheader", "--format=%j %k") == f"{run} {job.comment}\n"
    training.slurm.ask("scancel", f"--name={run}")
    wait_until_cancelled(training, job)
    training("--unlock", *TRAINED)
    training(*TRAINED)
    check_first_fold_kept(training)
    check_same_bytes(training)


def test_an_interrupted_snakemake_cancels_its_job_and_goes_on_with_the_same_command(training, faulty):
    snakemake, job = start_and_hold(training, faulty)
    os.killpg(snakemake.pid, signal.SIGINT)
    assert snakemake.finish().returncode != 0
    wait_until_cancelled(training, job)
    training(*TRAINED)
    check_first_fold_kept(training)
    check_same_bytes(training)
