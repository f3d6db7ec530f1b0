"""Which measured cost a job has, and that a cost of other settings is never taken without a word."""

from dataclasses import replace

import pytest
from tests.costs.costs_fixture import cost

from merflow.costs.lookup import Costs, settings_of_examples, shard_settings, training_settings
from merflow.costs.table import shipped_costs


def shards(config, kind, variant, **more):
    return cost("shards", f"{kind}/{variant}", shard_settings(config, kind, variant), **more)


def test_a_measurement_of_the_same_settings_is_taken_from_the_nearest_pictures(config):
    small, large = (shards(config, "faces", "aligned256", pixels=pixels) for pixels in ((10, 10), (100, 100)))
    costs = Costs([small, large])
    assert costs.shards(config, "faces", "aligned256", pixels=90) == (small, "measured", "")
    assert costs.shards(config, "faces", "aligned256", pixels=1001).cost == large  # 10 times as many; 10.01 times fewer
    assert costs.shards(config, "faces", "aligned256").cost == large  # unknown: rather too much than too little


def test_other_settings_are_told(config):
    costs = Costs([shards(config, "faces", "aligned256"), shards(config, "flow", "tvl1")])
    assert costs.shards(config, "flow", "tvl1").basis == "measured"
    other = replace(costs.rows[1], settings=costs.rows[1].settings | {"method": "another"})
    found = Costs([costs.rows[0], other]).shards(config, "flow", "tvl1")
    assert (found.basis, found.differs) == ("similar", "flow/tvl1 as flow/tvl1, other settings")


def test_what_was_measured_on_other_upstream_artefacts_is_told(config):
    found = Costs([shards(config, "flow", "tvl1")]).shards(config, "flow", "tvl1")
    assert (found.basis, found.differs) == ("similar", "flow/tvl1 of other faces")


def test_a_setting_that_came_after_the_measurement_counts_for_nothing(config):
    row = shards(config, "faces", "aligned256")
    older = replace(row, settings=dict(list(row.settings.items())[1:]))
    assert Costs([older]).shards(config, "faces", "aligned256").basis == "measured"


def test_a_network_is_measured_similar_declared_or_unknown(config):
    own = config.experiment("ststnet", "casme3")
    row = cost("training", "ststnet", training_settings(own), each=5.0)
    assert Costs([row]).training(own) == (row, "measured", "")
    wider = replace(own, model_params={**own.model_params, "dropout": 0.25})
    assert Costs([row]).training(wider).basis == "similar"
    other = replace(row, settings=row.settings | {"artefact": "flow_images/uvs56"})  # pixels decide: not similar
    declared = Costs([other]).training(own)
    assert (declared.basis, declared.cost.each_s) == ("declared", 0.1e-3)  # clip_ms of merflow/models/ststnet.py
    assert Costs([]).examples(own) is None
    assert Costs([]).shards(config, "flow", "tvl1") is None
    assert Costs([]).job("score_experiment") is None


def test_a_picture_that_was_not_measured_takes_the_time_of_another_and_no_further_bytes():
    found = Costs([cost("job", "draw_curves")]).job("draw_attention")
    assert (found.basis, found.cost.start_s, found.cost.each_bytes) == ("similar", 2.0, 0.0)


def test_examples_of_another_number_of_points_are_told(config):
    own = config.experiment("lite_point_gcn", "casme3")
    row = cost("examples", "lite_point_gcn", settings_of_examples(own))
    assert Costs([row]).examples(own).basis == "measured"
    assert Costs([row]).examples(config.experiment("lite_point_gcn", "demo")).basis == "similar"  # 256 points


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        *(("lite_point_gcn", dataset) for dataset in ("casme3", "demo")),
        *(("gts_gn", dataset) for dataset in ("casme2", "demo")),
        *(("atm_gcn", dataset) for dataset in ("casme3", "casme2", "samm", "demo")),
        *((name, "casme3") for name in ("ststnet", "off_apexnet", "pointnet", "pointnet2", "kpconv")),
        *(("ss_gn", "casme2"), ("res3d", "demo"), ("flow_svm", "casme3")),
        *(("lbp_top_svm", "casme2"), ("hoof_svm", "casme2")),
    ],
)
def test_what_make_scale_measures_is_what_these_experiments_need(config, name, dataset):
    """If not, settings have changed since: make scale."""
    costs, own = Costs(shipped_costs()), config.experiment(name, dataset)
    kind, variant = own.kind, own.variant
    assert costs.shards(config, kind, variant, pixels=1280 * 720).basis == "measured"
    assert costs.examples(own).basis == "measured"
    if not own.is_baseline:
        assert costs.training(own).basis == "measured"
