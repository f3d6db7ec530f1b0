"""Labels on which all training clips agree: predicted as these say, without a score, as in ``predictions.csv``."""

import csv
import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from merflow import plan
from merflow.evaluation.predictions import predictions_text
from merflow.evaluation.predictions import write_predictions as write_collected
from merflow.evaluation.settings_file import write_settings
from merflow.prediction import answers, loading
from merflow.prediction.answers import Prediction, answers_of
from merflow.prediction.made import complete
from merflow.prediction.model_file import read_model, write_model
from merflow.prediction.output import as_text, write_predictions
from merflow.training.execution import Machine
from merflow.training.final import train_final
from merflow.training.fold_record import PREDICTIONS, WEIGHTS
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings

NAMES = ("AU1", "AU4", "AU12")
METHOD = Method(
    "gts_gn", {"fusion": 1, "widths": [4, 4], "au_loss": "none"},
    training=TrainingSettings(min_epochs=1, min_steps=1), seeds=(0, 1),
)  # fmt: skip


@pytest.fixture(scope="module")
def examples(graphs):
    """Twelve clips: half show AU1, none AU4, all AU12."""
    label = np.stack([np.arange(12) % 2, np.zeros(12), np.ones(12)], axis=1).astype(np.uint8)
    return replace(graphs, label=label, classes=NAMES)


@pytest.fixture(scope="module")
def model(examples, about, tmp_path_factory):
    path = tmp_path_factory.mktemp("final") / "model.pt"
    planned = {key: getattr(about, key) for key in ("dataset", "experiment", "settings", "examples")}
    made_of = {"settings": {}, "versions": {}, "examples": "", "code": ""}
    told = complete(planned, examples, METHOD, metrics=(), made_of=made_of, files=[])
    write_model(path, train_final(examples, METHOD, machine=Machine("cpu")), told)
    return read_model(path)


def test_a_final_model_gives_them_no_score(model, examples, monkeypatch, tmp_path):
    monkeypatch.setattr(answers, "examples_of", lambda *of: examples)
    found = answers_of(model, None, list(examples.clip))
    mean = np.mean([network.scores(examples)[:, 0] for network in model.networks.values()], axis=0)
    for answer, score in zip(found.values(), mean.tolist(), strict=True):
        assert answer.scores == {"AU1": pytest.approx(score)}
        assert [set(one) for one in answer.by_seed.values()] == [{"AU1"}] * 2
        assert answer.predicted == (("AU1", "AU12") if score > 0.5 else ("AU12",))
    predictions = [Prediction(clip=clip, subject="s", recording="", answer=answer) for clip, answer in found.items()]
    said = "Predicted without a score, since all training clips agree: AU4 absent, AU12 present."
    assert said in as_text(predictions, model).splitlines()
    for name in ("out.json", "out.csv"):
        write_predictions(predictions, model, tmp_path / name)
    assert json.loads((tmp_path / "out.json").read_text())["model"]["agreed"] == {"AU4": 0, "AU12": 1}
    row = next(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert (row["score_AU4"], row["score_AU12"]) == ("", "")


def test_a_fold_tells_them_by_its_predictions(tmp_path, shipped, monkeypatch):
    experiment = tmp_path / "results/demo/gts_gn"
    folder = experiment / "folds/s1"
    (folder / WEIGHTS).mkdir(parents=True)
    (folder / WEIGHTS / "seed0.pt").touch()
    row = {"clip": "s1_a_1", "subject": "s1", "seed": 0, "label": NAMES, "truth": [1, 0, 1]}
    own = pd.DataFrame(row | {"score": [0.25, np.nan, np.nan], "predicted": [0, 0, 1]})
    (folder / PREDICTIONS).write_text(predictions_text(own), encoding="utf-8")
    own.insert(3, "fold", "s1")
    write_collected(own, experiment / PREDICTIONS)
    write_settings(plan.resolved_settings(shipped, "gts_gn", "demo"), experiment / "settings.yaml")
    monkeypatch.setattr(loading, "load_trained", lambda path: SimpleNamespace(config={"seed": 0}))
    assert loading.model_of_fold(folder).about.agreed == {"AU4": 0, "AU12": 1}


def test_a_model_of_classes_has_none(about):
    assert about.agreed == {}
