"""The table of docs/tables.md is that of the shipped experiments."""

import math

import pytest
from tools.page_tables import END
from tools.scale.sizes import of_tables
from tools.write_tables_page import PAGE, ROOT, _cost, tables_table

from merflow.config import read_config
from merflow.models.declared import network_named

CONFIG = read_config(ROOT / "config.yaml")
SIZES = {size.title: size for size in of_tables()}


def test_the_page_is_up_to_date():
    begin = "<!-- table: tables -->\n"
    table = PAGE.read_text(encoding="utf-8").partition(begin)[2].partition("\n" + END)[0]
    assert table == tables_table(CONFIG), "run: python -m tools.write_tables_page"


def test_the_cost_of_an_experiment_by_hand():
    """94 subjects, 3 seeds; the clips of three classes in batches of 24, 30 epochs, at what a clip costs."""
    clips = SIZES["CAS(ME)^3 A micro"].labelled("emotion3")
    epochs = max(30, math.ceil(100 / math.ceil(clips / 24)))
    trainings, hours = _cost(CONFIG, "lite_point_gcn", "casme3", SIZES)
    assert trainings == 94 * 3
    assert hours == pytest.approx(94 * 3 * epochs * clips * network_named("lite_point_gcn").clip_ms / 1000 / 3600)


def test_the_cost_of_given_folds_by_hand():
    """Five folds of 267 clips, 3 seeds; 80 epochs of Res3D, and 90 of AU-graph."""
    for name, epochs in (("res3d-au8", 80), ("au_graph-emotion5", 90)):
        trainings, hours = _cost(CONFIG, name, "fourdme", SIZES)
        assert trainings == 5 * 3
        assert hours == pytest.approx(5 * 3 * epochs * 267 * network_named("res3d").clip_ms / 1000 / 3600)
