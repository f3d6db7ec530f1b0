import pytest

from merflow.errors import ConfigError
from merflow.evaluation import published


def test_headline_of_the_paper():
    """Table II, CAS(ME)^3, three classes: UF1 68.19, UAR 74.12."""
    rows = published("lite_point_gcn", "casme3", table="II", task="emotion3", method="Lite-Point-GCN")
    assert dict(zip(rows["metric"], rows["value"], strict=True)) == {"UF1": 68.19, "UAR": 74.12}


def test_all_four_papers_are_there():
    assert all(len(published(paper)) for paper in ("lite_point_gcn", "gts_gn", "atm_gcn", "fourdme"))


def test_table_v_keeps_the_table_where_the_text_differs():
    rows = published("lite_point_gcn", "casme3", table="V", variant="flow only; MLP")
    assert rows.set_index("metric").loc["UAR", "value"] == 64.39


def test_unknown_paper_is_refused():
    with pytest.raises(ConfigError, match="Known: atm_gcn"):
        published("lite-point-gcn")
