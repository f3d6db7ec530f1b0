"""The shipped experiments of the point backbones: their networks are built, at the sizes that their page prints."""

import pytest
import torch
from tests.shipped import ROOT

from merflow.config import read_config
from merflow.models.registry import build_model

CONFIG = read_config(ROOT / "config.yaml")
NETWORKS = ("pointnet", "pointnet2", "kpconv", "point_transformer")


def network_of(experiment, dataset):
    own = CONFIG.experiment(experiment, dataset)
    points = own.training.train_points or 1024
    with torch.random.fork_rng():
        return build_model(own.model, own.model_params, (8, points, 6), 3), points


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("scope", ["face", "regions"])
def test_networks_are_those_of_the_public_code_and_a_quarter_of_them_on_the_demo(name, scope):
    experiment = name if scope == "face" else f"{name}-regions"
    full, points = network_of(experiment, "casme3")
    small, few = network_of(experiment, "demo")
    assert full.clouds.scope == small.clouds.scope == scope
    assert (points, few) == (128 if scope == "face" else 256 if name == "point_transformer" else 1024, 32)
    weights = [sum(parameter.numel() for parameter in net.parameters()) for net in (full, small)]
    assert weights[0] > 10 * weights[1]
    page = (ROOT / "docs/models/point_backbones.md").read_text()
    assert scope == "regions" or f"{weights[0]:,}" in page
    example = torch.randn(2, 8, few, 6)
    assert small.eval()(example).shape == (2, 3)


@pytest.mark.parametrize("name", NETWORKS)
def test_they_are_trained_and_tested_as_lite_point_gcn(name):
    for dataset in ("demo", "casme3"):
        lite = CONFIG.experiment("lite_point_gcn", dataset).plain()
        for experiment in (name, f"{name}-regions"):
            own = CONFIG.experiment(experiment, dataset).plain()
            assert own["datasets"] == ["demo", "casme3"]
            differ = {key for key in lite if own.get(key) != lite[key]} - {"training"}
            assert differ == {"description", "model", "model_params"}, experiment
            trained = {key for key in lite["training"] if own["training"][key] != lite["training"][key]}
            assert trained <= {"train_points"}
