"""Loading a model: the folder of a fold is found by every path that leads to it, and another folder is refused."""

import re
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from merflow import plan
from merflow.errors import ArtefactError
from merflow.evaluation.predictions import predictions_text, write_predictions
from merflow.evaluation.settings_file import write_settings
from merflow.prediction import loading
from merflow.prediction.loading import model_of_fold
from merflow.training.fold_record import PREDICTIONS, WEIGHTS

CLASSES = ("negative", "positive", "surprise")


@pytest.fixture
def fold(tmp_path, shipped, monkeypatch):
    """A fold of an experiment that was scored; its weights are an empty file, which stands for a network."""
    experiment = tmp_path / "results/demo/gts_gn"
    folder = experiment / "folds/s1"
    (folder / WEIGHTS).mkdir(parents=True)
    (folder / WEIGHTS / "seed0.pt").touch()
    scores = {f"score_{name}": [float(name == "positive")] for name in CLASSES}
    row = {"clip": ["s1_a_1"], "subject": ["s1"], "seed": [0], "label": ["positive"], "predicted": ["positive"]}
    own = pd.DataFrame(row | scores)
    (folder / PREDICTIONS).write_text(predictions_text(own), encoding="utf-8")
    write_predictions(own.assign(fold="s1"), experiment / PREDICTIONS)
    write_settings(plan.resolved_settings(shipped, "gts_gn", "demo"), experiment / "settings.yaml")
    monkeypatch.setattr(loading, "load_trained", lambda path: SimpleNamespace(config={"seed": 0}))
    return folder


@pytest.mark.parametrize(
    ("start", "path"), [(".", "results/demo/gts_gn/folds/s1"), ("results/demo/gts_gn/folds/s1", ".")]
)
def test_a_fold_is_found_from_the_study_and_from_its_own_folder(fold, tmp_path, monkeypatch, start, path):
    monkeypatch.chdir(tmp_path / start)
    about = model_of_fold(Path(path)).about
    assert (about.dataset, about.experiment) == ("demo", "gts_gn")
    assert about.tested.endswith("without the test clips of fold s1.")


@pytest.mark.parametrize("name", ["seedX.pt", "seed.pt", "seed0 (copy).pt"])
def test_weights_of_no_seed_are_refused(fold, name):
    (fold / WEIGHTS / name).touch()
    with pytest.raises(
        ArtefactError, match=rf"{re.escape(name)}: expected the number of a seed .*seed0\.pt, but found"
    ):
        model_of_fold(fold)


@pytest.mark.parametrize("path", ["/", "/tmp"])
def test_a_folder_high_up_is_no_fold(path):
    """It has not the folders above it that a fold has."""
    with pytest.raises(ArtefactError, match="expected the folder of a fold with"):
        model_of_fold(Path(path))
