"""Tables of the papers, on the tiny dataset and on those that are not at hand."""

import shutil

import pandas as pd
import pytest
from tests.evaluation.scored_fixture import row_of
from tests.workflow.conftest import METRICS

from merflow.evaluation import read_metrics

pytestmark = pytest.mark.workflow
HERE, PUBLISHED = "results/tiny/tables/lite_point_gcn/II.csv", "results/tables/lite_point_gcn/II.csv"


def test_a_table_of_what_is_there_and_of_what_is_not(finished_sequences, new_workflow, tmp_path):
    """Both experiments that claim rows here are trained already: no fold is trained for a table."""
    shutil.copytree(finished_sequences.folder, tmp_path / "copy")
    run = new_workflow(tmp_path / "copy")
    run.config["datasets"]["casme3"] = {"reader": "casme3", "root": "/no/recordings"}
    for name in ("lite_point_gcn", "ststnet"):
        run.config["experiments"][name]["datasets"] = ["tiny", "casme3"]
    run.write_config(run.config)
    planned = run.planned(HERE, PUBLISHED)
    assert set(planned) == {"score_experiment", "write_paper_table", "write_paper_table_of_dataset"}
    run(HERE, PUBLISHED)
    table = pd.read_csv(run.folder / HERE, keep_default_na=False, dtype=str)
    uf1 = table[table["metric"] == "UF1"].set_index("experiment")
    assert set(uf1.index) == {"ststnet", "lite_point_gcn"}
    ours = row_of(read_metrics(run.folder / METRICS), "UF1")
    assert float(uf1.loc["lite_point_gcn", "ours"]) == pytest.approx(ours.value, abs=5e-5)
    assert set(table["published"]) == {""}
    published = pd.read_csv(run.folder / PUBLISHED, keep_default_na=False, dtype=str)
    assert len(published) == 26
    assert set(published["ours"]) == {""}
    assert (published["note"] != "").all()
    pages = [(run.folder / path).with_suffix(".html").read_text() for path in (HERE, PUBLISHED)]
    assert all("lite_point_gcn, table II" in page for page in pages)
    assert run.planned(HERE, PUBLISHED) == {}


def test_a_table_that_no_paper_has_is_refused_before_any_job(finished):
    refused = finished("-n", "results/tables/gts_gn/XX.csv", check=False)
    assert refused.returncode != 0
    assert "no table gts_gn/XX. Did you mean 'gts_gn/X'?" in refused.output
