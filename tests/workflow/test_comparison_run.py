"""Two experiments of the tiny dataset compared, as a user would ask for it."""

import re

import pandas as pd
import pytest
from tests.evaluation.scored_fixture import row_of
from tests.workflow.conftest import Workflow, tiny_config

from merflow.evaluation import read_metrics

pytestmark = pytest.mark.workflow


def compare(first, second, ending=".csv"):
    return f"results/tiny/compare/{first}-vs-{second}{ending}"


def test_table_and_picture_are_made_of_what_is_there(copied):
    target = compare("flow_svm", "lite_point_gcn")
    assert copied.planned(target) == {"compare_experiments": 1}
    copied(target)
    table = pd.read_csv(copied.folder / target).set_index("metric")
    for side, name in (("a", "flow_svm"), ("b", "lite_point_gcn")):
        metrics = read_metrics(copied.folder / f"results/tiny/{name}/metrics.csv")
        for metric in ("UF1", "UAR", "ACC"):
            assert table.loc[metric, side] == pytest.approx(row_of(metrics, metric).value, abs=2e-6)
    note = table.loc["UF1", "note"]
    assert note.startswith("a = flow_svm (seed 0); b = lite_point_gcn (seeds 0, 1); protocol loso; 3 folds pooled")
    assert (copied.folder / compare("flow_svm", "lite_point_gcn", "-difference.png")).is_file()
    assert copied.planned(target) == {}


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ("majority", "majority-vs", "Define a twin that extends majority-vs with labels"),
        ("majority", "majority", "majority compared with itself"),
        ("majority", "majorty", "unknown experiment 'majorty'. Did you mean 'majority'?"),
    ],
)
def test_what_cannot_be_compared_is_refused_before_any_job(tmp_path, first, second, message):
    config = tiny_config()
    config["experiments"]["majority-vs"] = {"extends": "majority", "labels": "emotion4"}
    workflow = Workflow(tmp_path, config)
    for ending in (".csv", "-layers.png"):
        done = workflow("-n", compare(first, second, ending), check=False)
        assert done.returncode != 0
        assert message in done.output


def test_layers_of_a_model_without_any_are_refused_before_any_job(workflow):
    done = workflow("-n", compare("lite_point_gcn", "majority", "-layers.png"), check=False)
    assert done.returncode != 0
    assert "lite_point_gcn: expected a network with layers to draw (gts_gn, gcn, ss_gn)" in done.output


def test_maps_of_a_network_without_any_are_refused_before_any_job(workflow):
    done = workflow("-n", "results/tiny/compare/activation_maps/lite_point_gcn-vs-majority.csv", check=False)
    assert done.returncode != 0
    assert re.search(r"lite_point_gcn: expected a network with activation maps to draw \(.*\bres3d\b", done.output)
