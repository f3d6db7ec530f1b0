"""A training that begins with weights of the user: its record says which file, and another is another training."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import torch

from merflow.artefacts import read_examples, write_examples
from merflow.errors import ConfigError
from merflow.files import sha256
from merflow.models.res3d import Res3D
from merflow.training.batch import train_folds
from merflow.training.execution import Machine
from merflow.training.fold_record import RECORD
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings
from merflow.training.trained import load_trained

SHAPE, PARAMS = (4, 16, 16, 3), {"width": 1, "crop": 12}


@pytest.fixture
def examples(graph_examples, tmp_path):
    """Clips of two subjects as sequences."""
    x = np.random.default_rng(0).integers(0, 256, (12, *SHAPE), np.uint8)
    sequences = dataclasses.replace(
        graph_examples, x=x, dims=("clip", "frame", "aligned_y", "aligned_x", "rgb"), edges=(), aus=np.zeros(0),
        apex_and_length=np.tile([[2, 4]], (12, 1)), au_numbers=(), copies=np.zeros(0), digest=np.array([]),
        copy_digest=np.array([]),
    )  # fmt: skip
    path = tmp_path / "examples.h5"
    write_examples(sequences, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    return path


@pytest.fixture
def weights(tmp_path):
    def write(seed):
        torch.manual_seed(seed)
        state = Res3D(SHAPE, 101, **PARAMS).state_dict()
        path = tmp_path / "w.pt"
        torch.save({"state_dict": {f"module.{name}": value for name, value in state.items()}, "config": {}}, path)
        return path, state

    return write


def method(path, **training):
    settings = TrainingSettings(min_epochs=1, min_steps=1, optimiser="sgd", **training)
    params = PARAMS | {"weights": str(path)}
    return Method("res3d", params, training=settings, files={"weights": sha256(path)})


def fold(examples, folder, which):
    train_folds(examples, ("s1",), folder, which, code="a", machine=Machine("cpu"))
    record = json.loads((folder / "s1" / RECORD).read_text())
    saved = torch.load(folder / "s1/weights/seed0.pt", weights_only=True)
    return record["made_of"]["settings"], saved


def test_a_training_begins_with_the_file_and_another_file_is_another_training(examples, weights, tmp_path):
    convolutions = []
    for seed in (1, 2):
        path, state = weights(seed)
        settings, saved = fold(examples, tmp_path / "folds", method(path, learning_rate=0.0))
        assert settings["files"] == saved["config"]["files"] == {"weights": sha256(path)}
        assert torch.equal(saved["state_dict"]["layer4.0.conv1.weight"], state["layer4.0.conv1.weight"])
        convolutions.append(saved["state_dict"]["conv1.weight"])
    assert not torch.equal(*convolutions)


def test_a_trained_fold_needs_the_file_no_more(examples, weights, tmp_path):
    path, _ = weights(1)
    fold(examples, tmp_path / "folds", method(path))
    path.unlink()
    table = pd.read_csv(tmp_path / "folds/s1/predictions.csv")
    read = read_examples(examples)
    found = load_trained(tmp_path / "folds/s1/weights/seed0.pt").scores(read, np.flatnonzero(read.subject == "s1"))
    np.testing.assert_allclose(table.filter(like="score_").to_numpy(), found, rtol=1e-5)


def test_a_file_that_was_changed_after_the_plan_is_refused(examples, weights, tmp_path):
    path, _ = weights(1)
    planned = method(path)
    weights(2)
    with pytest.raises(
        ConfigError, match=r"expected for model_params.weights the file of SHA-256 \w+ that the plan saw, but found \w+"
    ):
        train_folds(examples, ("s1",), tmp_path / "folds", planned, code="a", machine=Machine("cpu"))
    assert not (tmp_path / "folds").exists()


def test_the_same_seed_cuts_the_same_squares(examples, weights, tmp_path):
    path, _ = weights(1)
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        fold(examples, folder, method(path))
    one, other = (((folder / "s1/weights/seed0.pt").read_bytes()) for folder in folders)
    assert one == other
