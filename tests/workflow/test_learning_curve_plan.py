"""A learning curve as it is planned: draws of folds that are there, nothing of the experiment again."""

import pytest
from tests.workflow.conftest import METRICS

pytestmark = pytest.mark.workflow
CURVE = METRICS.replace("metrics", "learning_curve")


def test_a_curve_trains_its_draws_and_nothing_else(finished):
    assert finished.planned(CURVE) == {"train_learning_curve": 5, "draw_learning_curve": 1}


def test_protocols_without_a_curve_are_refused_before_any_job(finished, new_workflow):
    run = new_workflow(finished.folder)
    protocol = {"name": "kfold_random_leaky", "k": 3}
    run.config["experiments"]["twin"] = {"extends": "lite_point_gcn", "baselines": [], "protocol": protocol}
    run.write_config(run.config)
    try:
        refused = run("-n", CURVE.replace("lite_point_gcn", "twin"), check=False)
    finally:
        new_workflow(finished.folder)  # writes its configuration as it was
    assert refused.returncode != 0
    assert "learning curve of twin on tiny: expected a protocol whose test subjects never train" in refused.output
