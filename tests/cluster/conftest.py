"""A real SLURM for the tests of the cluster, and the workflow on it."""

import os

import pytest
from tests.cluster.local_slurm import local_slurm
from tests.cluster.profile_run import ClusterWorkflow
from tests.cluster.slurm_packages import NoSlurmError
from tests.workflow.conftest import Workflow, tiny_config

REQUIRED = "MERFLOW_REQUIRE_SLURM"
"""Set to 1, a machine without SLURM fails these tests where it would skip them."""
METRICS = "results/tiny/ststnet/metrics.csv"


@pytest.fixture(scope="session")
def slurm():
    """A SLURM with two nodes, c1 with a pretend GPU and c2, installed first where that may be."""
    try:
        with local_slurm() as cluster:
            yield cluster
    except NoSlurmError as error:
        if os.environ.get(REQUIRED) == "1":
            raise
        pytest.skip(str(error))


@pytest.fixture
def cluster_workflow(slurm):
    """Return a function that makes a workflow on the cluster, of a folder and a configuration."""
    made = []

    def make(folder, config):
        made.append(ClusterWorkflow(folder, config, slurm))
        return made[-1]

    yield make
    for workflow in made:
        workflow.close()


@pytest.fixture(scope="session")
def finished_here(tmp_path_factory):
    """The dataset of these tests, run without SLURM to the metrics of STSTNet. Tests may look, not change."""
    run = Workflow(tmp_path_factory.mktemp("here"), cluster_config())
    run(METRICS)
    return run


def cluster_config():
    """Return the tiny configuration with two subjects and no baselines: a job costs SLURM some seconds each."""
    config = tiny_config()
    config["datasets"]["tiny"]["synthesis"] |= {"n_subjects": 2, "clips": 3}
    config["execution"]["device"] = "cpu"
    for name in ("lite_point_gcn", "ststnet"):
        config["experiments"][name] |= {"baselines": [], "seeds": [0]}
    config["experiments"]["ststnet"]["training"]["folds_per_job"] = 2
    return config
