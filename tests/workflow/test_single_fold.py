"""``merflow train-fold``: one fold again, outside the workflow, as one debugs it."""

import pytest
from tests.workflow.conftest import ROOT

from merflow.cli import main
from merflow.errors import ConfigError
from merflow.training.fold_record import RECORD
from merflow.training.out_folder import MARK

pytestmark = pytest.mark.workflow


@pytest.fixture
def experiment(finished, tmp_path, monkeypatch):
    """The finished experiment, in a folder with its configuration and the schema beside it."""
    (tmp_path / "workflow").symlink_to(ROOT / "workflow", target_is_directory=True)
    (tmp_path / "results").symlink_to(finished.folder / "results", target_is_directory=True)
    (tmp_path / "config.yaml").write_text((finished.folder / "config.yaml").read_text())
    monkeypatch.chdir(tmp_path)
    return tmp_path / "results/tiny/lite_point_gcn"


BESIDE = (MARK, RECORD, ".snakemake_timestamp")
"""What lies beside a fold and is no part of it."""


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in BESIDE)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_fold_trained_by_itself_is_the_one_of_the_workflow(experiment, tmp_path, capsys):
    assert main(["train-fold", "results/tiny/lite_point_gcn", "spNO.2", "--out", "again"]) == 0
    assert contents(tmp_path / "again") == contents(experiment / "folds/spNO.2")
    assert "again/predictions.csv" in capsys.readouterr().out


def test_one_seed_of_it(experiment, tmp_path):
    assert main(["train-fold", "results/tiny/lite_point_gcn", "spNO.2", "--seed", "1", "--out", "again"]) == 0
    weights = contents(tmp_path / "again/weights")
    assert weights == {"seed1.pt": contents(experiment / "folds/spNO.2/weights")["seed1.pt"]}


def test_no_result_of_the_workflow_is_replaced(experiment, capsys):
    place = experiment / "folds/spNO.2"
    before = contents(place)
    assert main(["train-fold", "results/tiny/lite_point_gcn", "spNO.2", "--seed", "1", "--out", str(place)]) == 2
    assert "expected a folder of its own" in capsys.readouterr().err
    assert contents(place) == before


def test_a_fold_that_there_is_not_is_refused_with_those_there_are(experiment, capsys):
    command = ["train-fold", "results/tiny/lite_point_gcn", "spNO.9", "--out", "again"]
    assert main(command) == 2
    assert "no fold 'spNO.9'. Known: spNO.1, spNO.2, spNO.3." in capsys.readouterr().err
    with pytest.raises(ConfigError):
        main([*command, "--traceback"])
