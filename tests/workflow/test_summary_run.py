"""The summary in a real run: made of what is there, once, and again when there is more."""

import csv
import shutil

import pytest
from tests.workflow.conftest import METRICS

from merflow.evaluation import read_metrics

pytestmark = pytest.mark.workflow
PAGE, TABLE = "results/summary.html", "results/summary.csv"


def test_the_summary_is_made_of_all_metrics_and_again_when_there_are_more(copied):
    later = copied.folder / "results/tiny/majority"
    assert later.is_dir()
    copied(PAGE)
    assert copied.planned(PAGE, METRICS) == {}
    with (copied.folder / TABLE).open(newline="") as file:
        rows = list(csv.DictReader(file))
    there = {path.parent.name for path in copied.folder.glob("results/tiny/*/metrics.csv")}
    assert {row["experiment"] for row in rows} == there
    ours = next(row for row in rows if (row["experiment"], row["metric"]) == ("lite_point_gcn", "UF1"))
    assert float(ours["value"]) == pytest.approx(read_metrics(copied.folder / METRICS)[0].value, abs=1e-6)
    assert copied.check()[1] == 0

    copied(METRICS.replace(".csv", ".html"))
    assert copied.planned(PAGE, METRICS) == {"write_summary": 1}, "there is a page to lead to"
    copied(PAGE)
    assert 'href="tiny/lite_point_gcn/metrics.html"' in (copied.folder / PAGE).read_text()

    strange = copied.folder / "results/tiny/strange"
    shutil.copytree(later, strange)
    assert copied.planned(PAGE) == {"write_summary": 1}
    copied(PAGE)
    assert "config.yaml has no experiment strange" in (copied.folder / PAGE).read_text()
    config = copied.config
    config["experiments"]["strange"] = {"extends": "majority", "seeds": [5]}
    copied.write_config(config)
    assert "strange/settings.yaml: expected scores of the settings of now" in copied("-n", PAGE, check=False).output
    config["experiments"]["strange"] = {"extends": "majority"}
    copied.write_config(config)
    planned = copied.planned(PAGE)
    assert planned["write_summary"] == 1
