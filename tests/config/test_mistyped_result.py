"""Results that are not there: the nearest name where the path is mistyped, else the command that makes them."""

from pathlib import Path

import pytest
import yaml

from merflow.cli import main
from merflow.config.mistyped_result import next_move

OWN = {"reader": "table", "root": "recordings", "unit": "frames", "first_frame": 1, "fps": 30}


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study with one trained experiment."""
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"datasets": {"demo": OWN}}))
    folder = tmp_path / "results/demo/ststnet"
    folder.mkdir(parents=True)
    (folder / "metrics.csv").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("results/demo/ststnett/metrics.csv", "config.yaml has no 'ststnett'. Did you mean 'ststnet'?"),
        ("results/demmo/ststnet/metrics.csv", "config.yaml has no 'demmo'. Did you mean 'demo'?"),
        ("results/demo/ststnet/metrcs.csv", "There is no 'metrcs.csv' in"),
        ("results/demo/off_apexnet/metrics.csv", "Make it: merflow run"),
        ("results/demo/artefacts/flow/tvl1/sp1.h5", "Make it: merflow run"),
    ],
)
def test_a_mistyped_path_is_told_with_the_nearest_name(study, target, told):
    assert next_move(Path(target)).startswith(told)


def test_show_and_predict_tell_it(study, capsys):
    assert main(["show", "results/demo/ststnett"]) == 2
    assert "Did you mean 'ststnet'?" in capsys.readouterr().err
    assert main(["predict", "results/demo/ststnett/final/model.pt", "clip.mp4"]) == 2
    assert "Did you mean 'ststnet'?" in capsys.readouterr().err


def test_a_folder_without_scores_and_a_bare_name_are_told_what_to_name(study, capsys):
    (study / "results/mine").mkdir()
    (study / "results/mine/clips.csv").touch()
    assert main(["show", "results/mine"]) == 2
    told = capsys.readouterr().err
    assert "No experiment below it is scored yet. Score one: merflow run . results/mine/EXPERIMENT/metrics.csv" in told
    assert main(["show", "ststnet"]) == 2
    assert "Name its path: results/demo/ststnet." in capsys.readouterr().err


def test_predict_without_a_trained_model_names_the_command_that_trains_it(study, capsys):
    for model in ("results/demo/ststnet/final/model.pt", "results/demo/ststnet"):
        assert main(["predict", model, "clip.mp4"]) == 2
        told = capsys.readouterr().err
        assert "merflow run" in told
        assert "results/demo/ststnet/final/model.pt" in told.split("merflow run")[1]
