"""Settings and names of earlier versions are refused with what took their place."""

import pytest
from tests.config.conftest import refusal

from merflow.config import stage_settings
from merflow.errors import ConfigError


def test_a_removed_setting_names_the_one_that_took_its_place(load, shipped):
    shipped["clouds"]["denoised"]["depth_scale"] = 10000
    message = refusal(load, shipped)
    assert "clouds.denoised.depth_scale (10000) is no setting any more" in message
    assert "datasets.<name>.depth_unit_mm" in message
    assert "0.1 for a depth_scale of 10000" in message
    with pytest.raises(ConfigError, match=r"clouds\.depth_scale .*depth_unit_mm"):
        stage_settings("clouds", {"depth_flow": "denoised", "depth_scale": 10000})


def test_parameters_of_the_former_tvl1_name_the_method_that_has_them(load, shipped):
    shipped["flow"]["tvl1"]["tvl1"] = {"tau": 0.2, "epsilon": 0.01}
    message = refusal(load, shipped)
    assert "flow.tvl1.tvl1.epsilon (0.01) is no setting any more" in message
    assert "set method: tvl1_opencv and move the block tvl1 to the name tvl1_opencv" in message
    del shipped["flow"]["tvl1"]["tvl1"]["epsilon"]
    assert load(shipped).plain["flow"]["tvl1"]["tvl1"]["tau"] == 0.2
    del shipped["flow"]["tvl1"]["tvl1"]  # the block of the other method, which would have no effect
    shipped["flow"]["tvl1"] |= {"method": "tvl1_opencv", "tvl1_opencv": {"epsilon": 0.01}}
    assert stage_settings("flow", load(shipped).plain["flow"]["tvl1"]).tvl1_opencv.epsilon == 0.01


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"yardsticks": ["majority"]}, "experiments.gts_gn.yardsticks: this setting has the name baselines now"),
        (
            {"model_params": {"lam": False}},
            "params.lam: this setting has the name learnable_adjacency now",
        ),
        (
            {"model": "gcn", "model_params": {"features": "b"}},
            "the value b has the name xy_distance_angle now",
        ),
        (
            {"overrides": {"demo": {"model_params": {"lam": True}}}},
            "overrides.demo.model_params.lam: this setting",
        ),
    ],
)
def test_a_former_name_is_refused_with_the_present_one(load, shipped, block, said):
    shipped["experiments"]["gts_gn"] |= block
    assert said in refusal(load, shipped)
