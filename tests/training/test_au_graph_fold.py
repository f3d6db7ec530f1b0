"""AU-graph from the examples to the files of a fold: its graph is of the training clips, and lies in the weights."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from tests.training.labels_fixture import label_examples

from merflow.artefacts import read_examples, write_examples
from merflow.models.au_graph import UNITS
from merflow.training.execution import Machine
from merflow.training.fold import run_fold
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings
from merflow.training.trained import load_trained

NUMBERS = (1, 2, 4, 5, 6, 7, 12, 17, 45)
FRAMES = ("clip", "frame", "aligned_y", "aligned_x", "rgb")


@pytest.fixture(scope="module")
def examples():
    """Four subjects of six clips; AU5 is no node, s1 alone shows AU17, and of two clips the units are not known."""
    plain = label_examples()
    rng = np.random.default_rng(1)
    x = rng.integers(0, 256, (24, 2, 36, 36, 3), np.uint8)
    aus = (rng.random((24, len(NUMBERS))) < 0.4).astype(np.uint8)
    aus[6:, NUMBERS.index(17)] = 0
    aus[2, NUMBERS.index(17)] = 1
    known = ~np.isin(np.arange(24), (8, 20))
    return replace(
        plain, x=x, dims=FRAMES, copies=x[:0], digest=np.zeros(0, dtype=str), aus=aus * known[:, None],
        aus_known=known, au_numbers=NUMBERS, apex_and_length=np.tile([[1, 2]], (24, 1)),
    )  # fmt: skip


def run(examples, folder, fold, **training):
    folder.mkdir(exist_ok=True)
    write_examples(examples, folder / "x.h5", dataset="demo", experiment="x", params={}, code="", inputs={})
    settings = {"min_epochs": 3, "min_steps": 1, "au_step_epochs": 1, "au_total": 1.1} | training
    method = Method("au_graph", {"width": 1, "crop": 34}, training=TrainingSettings(**settings))
    run_fold(read_examples(folder / "x.h5"), fold, folder / fold, method, machine=Machine("cpu"))
    return folder / fold


@pytest.fixture(scope="module")
def finished(examples, tmp_path_factory):
    return run(examples, tmp_path_factory.mktemp("au_graph"), "s2")


def graph_of(folder):
    return torch.load(folder / "weights/seed0.pt", weights_only=True)["state_dict"]["co_occurrence"].numpy()


def by_hand(examples, fold):
    aus = examples.aus[(examples.subject != fold) & examples.aus_known].astype(bool)
    nodes = [aus[:, NUMBERS.index(unit)] for unit in UNITS]
    share = np.array([[(a & b).sum() / max(a.sum(), 1) for b in nodes] for a in nodes])
    np.fill_diagonal(share, 1)
    return share / share.sum(1, keepdims=True)


def test_the_weights_of_a_fold_hold_the_graph_of_its_training_clips(examples, finished):
    np.testing.assert_allclose(graph_of(finished), by_hand(examples, "s2"), rtol=1e-6)
    trained = load_trained(finished / "weights/seed0.pt")
    rows = np.flatnonzero(examples.subject == "s2")
    table = pd.read_csv(finished / "predictions.csv")
    np.testing.assert_allclose(trained.scores(examples, rows).reshape(-1), table["score"], rtol=1e-5, atol=1e-7)


def test_the_test_fold_reaches_no_weight_and_no_graph(examples, finished, tmp_path):
    tested = examples.subject == "s2"
    aus = examples.aus.copy()
    aus[tested & examples.aus_known] = 1
    other = replace(examples, aus=aus, label=np.where(tested[:, None], 1 - examples.label, examples.label))
    found = run(other, tmp_path, "s2")
    assert (found / "weights/seed0.pt").read_bytes() == (finished / "weights/seed0.pt").read_bytes()


def test_the_shares_of_both_losses_reach_the_weights(examples, finished, tmp_path):
    found = run(examples, tmp_path, "s2", au_step_epochs=2)
    assert (found / "weights/seed0.pt").read_bytes() != (finished / "weights/seed0.pt").read_bytes()
    losses = [pd.read_csv(folder / "history.csv")["loss"] for folder in (finished, found)]
    assert losses[0][0] == losses[1][0]
    assert abs(losses[0][1] - losses[1][1]) > 1e-3


def test_a_unit_that_no_training_clip_shows_is_said_with_its_fold(examples, tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        found = run(examples, tmp_path, "s1")
    assert "fold 's1': no training clip shows AU17: joined to no other unit" in caplog.text
    np.testing.assert_allclose(graph_of(found), by_hand(examples, "s1"), rtol=1e-6)
    np.testing.assert_array_equal(graph_of(found)[6], np.eye(8)[6])
    rows = np.flatnonzero(examples.subject == "s1")
    scores = load_trained(found / "weights/seed0.pt").scores(examples, rows)
    assert np.isfinite(scores).all()
