"""Experiments name the rows of the papers' tables that they are: against the tables themselves."""

import pytest
from tests.shipped import ROOT, shipped_raw

from merflow.config import read_config
from merflow.config.published_cells import published_cells
from merflow.errors import ConfigError
from merflow.plan.paper_tables import claims

CONFIG = read_config(ROOT / "config.yaml")
CELLS = [
    (name, cell.table, cell.row, cell.without_leak) for name, own in CONFIG.experiments.items() for cell in own.paper
]

QUESTIONS = [
    "emotion4", "emotion7", "objective7", "emotion7-kfold5", "emotion7-random5_leaky",
    *(f"{labels}-{how}" for labels in ("emotion7", "objective7")
      for how in ("macro_to_micro", "macro_to_micro-honest")),
]  # fmt: skip
"""Labels and protocols of the Lite-Point-GCN paper beside three classes and leaving one subject out."""

FLOW_IMAGES = ("flow_image_majority", "flow_image_svm", "ststnet")
WITH_UNITS = (
    *("majority", "flow_svm", "lite_point_gcn", "landmark_majority", "landmark_svm", "gts_gn", "lbp_top_svm"),
    *FLOW_IMAGES,
)
ACROSS_DATASETS = ("casme2_samm_to_smic", "smic_samm_to_casme2", "smic_casme2_to_samm")
WITHOUT_ROW = {
    *("majority", "flow_svm", "landmark_majority", "landmark_svm", "landmark_svm-objective5", "landmark_svm-emotion5"),
    *("sequence_majority", "sequence_majority-emotion7", "sequence_majority-emotion4"),
    *("flow_image_majority", "flow_image_svm"),  # our baselines
    *(f"{model}-dfme_test_a" for model in ("flow_image_majority", "flow_image_svm", "ststnet")),
    *(f"gts_gn-beta0.{tenth}" for tenth in range(3, 10)),  # of a sweep of which two numbers are printed
    *("atm_gcn-no_gcn", "atm_gcn-no_motion", "atm_gcn-no_atm"),  # the ablation on embedded data
    "atm_gcn-tim",
    "lite_point_gcn-flow_input-mlp",  # a control between two rows of Table V
    "lite_point_gcn-transformer",  # V-B prints seven emotions alone
    *(f"{model}-{question}" for model in ("majority", "flow_svm") for question in QUESTIONS),
    *("lbp_top_svm", "hoof_svm"),  # on three classes of emotion
    *("res3d", "res3d_sca"),  # the same: the rows of 4DME are of labels that are told one by one
    *("gts_gn-as_printed", "lite_point_gcn-as_printed", "lite_point_gcn-as_printed-robust_affine"),  # other readings
    "ststnet-early_stopping",
    *(f"{name}-{labels}" for name in ("majority-4dme", "majority-4d", "googlenet") for labels in ("au8", "emotion5")),
    *(
        f"ccdn{view}-{labels}-as_recorded"
        for view in ("", "_left", "_front", "_right")
        for labels in ("au8", "emotion5")
    ),
    *(f"ccdn_grey-{labels}" for labels in ("au8", "emotion5")),  # the same network of one camera
    *("ccdn-rgbd", "majority-rgbd"),  # on recordings that the paper of CCDN does not have
    *(f"{name}-au8" for name in WITH_UNITS),  # no paper prints action units as labels of these sets
    *(f"{name}-{split}" for name in FLOW_IMAGES for split in ACROSS_DATASETS),  # docs/protocols.md
    *(  # docs/protocols.md
        f"{name}-{transfer}"
        for name in FLOW_IMAGES
        for transfer in ("micro_to_micro", "macro_to_micro", "macro_to_micro-honest")
    ),
    *("gts_gn-still", "gts_gn-detected"),  # pairs of docs/benchmark.md
    *(f"{network}-regions" for network in ("pointnet", "pointnet2", "kpconv", "point_transformer")),
}


@pytest.mark.parametrize(("name", "table", "row", "without_leak"), CELLS)
def test_a_row_is_there_for_the_datasets_labels_and_protocol_of_its_experiment(name, table, row, without_leak):
    cells = [cell for cell in published_cells() if (f"{cell.paper}:{cell.table}", cell.claimed) == (table, row)]
    assert any(name in claims(CONFIG, cell, without_leak=without_leak) for cell in cells)


def test_every_experiment_names_its_rows_but_those_that_no_paper_prints():
    assert {name for name, own in CONFIG.experiments.items() if not own.paper} == WITHOUT_ROW


def test_a_row_is_no_setting_and_is_not_inherited(load):
    raw = shipped_raw()
    raw["experiments"]["child"] = {"extends": "gts_gn"}
    before = load(raw)
    assert before.plain["experiments"]["gts_gn"]["paper"]
    assert before.plain["experiments"]["child"]["paper"] == []
    raw["experiments"]["gts_gn"]["paper"] = [{"table": "gts_gn:V", "row": "GTS-GN | no LAM; AAU"}]
    after = load(raw)
    for name in ("gts_gn", "child"):
        assert after.experiment(name, "samm").plain() == before.experiment(name, "samm").plain()
        assert "paper" not in after.experiment(name, "samm").plain()


@pytest.mark.parametrize(
    ("paper", "message"),
    [
        (
            [{"table": "gts_gn", "row": "x"}],
            "expected a table as <paper>:<table>, such as gts_gn:V, but found 'gts_gn'",
        ),
        ([{"table": "gts_gn:VIII", "row": "x"}], "unknown table 'gts_gn:VIII'. Known of this paper: gts_gn:III, "),
        ([{"table": "gts_gn:V", "row": "LAM; AAU"}], "table gts_gn:V has no row 'LAM; AAU'. Did you mean"),
        ([{"table": "gts_gn:V"}], "experiments.own.paper.0: 'row' is a required property"),
        ({"table": "gts_gn:V", "row": "x"}, "experiments.own.paper: "),
        ([{"table": "gts_gn:V", "row": "x", "colum": 1}], "colum"),
    ],
)
def test_a_row_that_is_not_there_is_refused(load, paper, message):
    raw = shipped_raw()
    raw["experiments"]["own"] = {"extends": "gts_gn", "paper": paper}
    with pytest.raises(ConfigError) as caught:
        load(raw)
    assert message in str(caught.value)


def test_a_paper_that_merflow_does_not_know_is_the_users_own_matter(load):
    raw = shipped_raw()
    raw["experiments"]["own"] = {"extends": "gts_gn", "paper": [{"table": "mine2027:2", "row": "Ours"}]}
    assert load(raw).plain["experiments"]["own"]["paper"] == [{"table": "mine2027:2", "row": "Ours"}]


def test_a_row_in_an_override_is_refused(load):
    raw = shipped_raw()
    raw["experiments"]["gts_gn"]["overrides"]["samm"]["paper"] = []
    with pytest.raises(ConfigError, match="'paper' has no meaning inside an override"):
        load(raw)


def test_reference_tables_are_part_of_what_is_shipped():
    assert {table.partition(":")[0] for _, table, *_ in CELLS} == {"lite_point_gcn", "gts_gn", "atm_gcn", "fourdme"}
