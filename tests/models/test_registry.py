import pytest

from merflow.errors import ConfigError
from merflow.models.registry import build_model, model_params


def test_unknown_model_names_the_nearest():
    with pytest.raises(ConfigError, match="Did you mean 'lite_point_gcn'"):
        build_model("lite_pointgcn", {}, (8, 4, 6), 3)


def test_unknown_parameter_names_the_nearest():
    with pytest.raises(ConfigError, match=r"unknown parameter 'gcn_layer'\. Did you mean 'gcn_layers'"):
        build_model("lite_point_gcn", {"gcn_layer": 2}, (8, 4, 6), 3)


def test_parameters_reach_the_network():
    net = build_model("lite_point_gcn", {"gcn_layers": 2, "gcn_hidden": 16}, (8, 4, 6), 5)
    assert len(net.region_model.weights) == 2
    assert net.classify.weight.shape == (5, 16)


def test_every_parameter_has_a_default():
    assert model_params("lite_point_gcn")["keep"] == (512, 128)
