"""A network and a reader of the user on a real SLURM: each job finds the folder of config.yaml by itself."""

import copy
import shutil

import pandas as pd
import pytest
from tests.cluster.conftest import cluster_config
from tests.plugins.documented import write_package
from tests.workflow.test_plugins_run import write_recordings

pytestmark = [pytest.mark.workflow, pytest.mark.cluster]
FOLD = "results/tiny/mine/folds/spNO.1/predictions.csv"
INDEX = "results/own/clips.csv"


def test_jobs_on_nodes_find_the_plug_ins_beside_the_configuration(finished_here, cluster_workflow, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(finished_here.folder, folder)
    write_package(folder)
    write_recordings(folder)
    config = cluster_config()
    mine = copy.deepcopy(config["experiments"]["ststnet"]) | {
        "model": "my_pkg.net:MyNet",
        "model_params": {"hidden": 4},
    }
    config["experiments"]["mine"] = mine
    config["datasets"]["own"] = {"reader": "my_pkg.data:DATASET", "root": str(folder / "recordings"), "fps": 60}
    run = cluster_workflow(folder, config)
    before = len(run.slurm.jobs())
    run(FOLD, INDEX)
    assert {"train_folds", "index_dataset"} <= {job.rule for job in run.slurm.jobs()[before:]}
    assert len(pd.read_csv(folder / FOLD)) == 3
    assert len(pd.read_csv(folder / INDEX)) == 6
