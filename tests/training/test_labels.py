"""Labels that are told one by one, from the examples to the tables of a fold."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.svm import SVC
from tests.training.labels_fixture import NAMES, label_examples
from torch import nn

from merflow.artefacts import read_examples, write_examples
from merflow.errors import ArtefactError, DatasetError
from merflow.models.capsule import CapsuleNet
from merflow.models.losses import binary_loss, label_margin_loss
from merflow.training.execution import Machine
from merflow.training.fold import run_fold
from merflow.training.folds import Fold, check_trained_classes, kfold_subject, make_folds
from merflow.training.inner_split import inner_split
from merflow.training.label_baselines import fit_labels
from merflow.training.label_tables import label_prediction_table
from merflow.training.method import Method
from merflow.training.settings import ProtocolSettings, TrainingSettings
from merflow.training.shown import balanced_columns, can_be_learnt, shown_names, told_apart
from merflow.training.target import CLASSES, EACH, target_of
from merflow.training.trained import load_trained
from merflow.training.weights import positive_weights

SMALL = {"widths": [8, 8, 8], "region_feature": 8, "gcn_hidden": 16, "gcn_layers": 2}


def run(examples, folder, fold="s2", model="lite_point_gcn", params=SMALL, **training):
    path = folder / "examples.h5"
    if not path.exists():
        write_examples(examples, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    settings = TrainingSettings(**{"train_points": 8, "min_epochs": 2, "min_steps": 60, **training})
    method = Method(model, params, training=settings, seeds=(0,))
    run_fold(read_examples(path), fold, folder / fold, method, machine=Machine("cpu"))
    return pd.read_csv(folder / fold / "predictions.csv")


@pytest.fixture(scope="module")
def examples():
    return label_examples()


@pytest.fixture(scope="module")
def folder(examples, tmp_path_factory):
    """Return a folder with the folds of s1 and s2 of a network."""
    folder = tmp_path_factory.mktemp("labels")
    for fold in ("s1", "s2"):
        run(examples, folder, fold, oracle_best_epoch=True)
    return folder


def test_examples_round_trip_and_refuse_labels_that_are_not_0_or_1(examples, tmp_path):
    path = tmp_path / "examples.h5"
    write_examples(examples, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    found = read_examples(path, dataset="demo", experiment="x")
    assert found.multi
    assert found.label.dtype == np.uint8
    assert np.array_equal(found.label, examples.label)
    assert found.content() == examples.content()
    for wrong in (examples.label[:, :2], examples.label * 2):
        with pytest.raises(ValueError, match="labels must be 0 or 1 for each of 3"):
            replace(examples, label=wrong)


def test_a_row_a_clip_and_label_above_one_half(folder, examples):
    table = pd.read_csv(folder / "s2" / "predictions.csv")
    assert list(table) == ["clip", "subject", "seed", "label", "truth", "score", "predicted", "oracle_predicted"]
    assert table["label"].tolist() == list(NAMES) * 6
    assert table["clip"].tolist() == np.repeat(examples.clip[6:12], 3).tolist()
    assert table["truth"].tolist() == examples.label[6:12].reshape(-1).tolist()
    assert table["score"].between(0, 1).all()
    assert ((table["score"] > 0.5) == table["predicted"]).all()
    shown = table[table["label"] == "AU1"]
    assert (shown["truth"] == shown["predicted"]).mean() > 0.8  # the features show it
    history = pd.read_csv(folder / "s2" / "history.csv")
    assert history["loss"].iloc[-1] < history["loss"].iloc[0]
    assert history["train_accuracy"].between(0, 1).all()


def test_a_label_that_no_training_clip_shows_is_predicted_as_absent(folder, examples, tmp_path, caplog):
    table = pd.read_csv(folder / "s1" / "predictions.csv")  # s1 alone shows AU45
    rare = table[table["label"] == "AU45"]
    assert rare["truth"].sum() == 3
    assert rare["score"].isna().all()
    assert not rare["predicted"].any()
    assert not rare["oracle_predicted"].any()
    assert table[table["label"] != "AU45"]["score"].notna().all()
    with caplog.at_level(logging.WARNING):
        run(examples, tmp_path, "s1", model="majority", params={})
    assert "no training clip shows AU45: it is predicted as absent" in caplog.text


def test_trained_networks_score_the_labels_again(folder, examples):
    found = load_trained(folder / "s2" / "weights" / "seed0.pt")
    assert found.config["multi"] is True
    rows = np.flatnonzero(examples.subject == "s2")
    scores = found.scores(examples, rows)
    table = pd.read_csv(folder / "s2" / "predictions.csv")
    np.testing.assert_allclose(scores.reshape(-1), table["score"], rtol=1e-5)
    other = replace(examples, label=examples.label[:, 0].astype(np.int64))
    with pytest.raises(ArtefactError, match=r"expected examples with the multi .* True, but found None"):
        found.scores(other)


def test_early_stopping_and_focal_loss_train_labels_too(examples, tmp_path):
    run(examples, tmp_path, early_stopping=2, inner_folds=3, loss="focal")
    history = pd.read_csv(tmp_path / "s2" / "history.csv")
    assert history["inner_loss"].notna().all()
    assert history["inner_accuracy"].between(0, 1).all()
    assert history["kept"].sum() == 1


@pytest.mark.parametrize("model", ["majority", "flow_svm"])
def test_baselines_are_a_method_for_each_label(examples, tmp_path, model):
    table = run(examples, tmp_path, model=model, params={})
    train, test = (examples.subject != "s2"), (examples.subject == "s2")
    for number, name in enumerate(NAMES):
        own, labels = table[table["label"] == name], examples.label[train, number]
        if model == "majority":
            assert own["score"].round(5).tolist() == [round(float(labels.mean()), 5)] * 6
            assert own["predicted"].tolist() == [int(labels.mean() > 0.5)] * 6
        else:
            x = examples.x.reshape(len(examples.x), -1).astype(np.float64)
            mean, scale = x[train].mean(0), x[train].std(0)
            svm = SVC(kernel="linear", class_weight="balanced").fit((x[train] - mean) / scale, labels)
            said = svm.predict((x[test] - mean) / scale)
            assert own["predicted"].tolist() == said.tolist()
            assert ((own["score"] > 0) == said).all()


def test_a_baseline_fits_nothing_to_a_label_on_which_all_clips_agree():
    labels = np.array([[0, 1, 0], [1, 1, 0], [0, 1, 0]], dtype=np.uint8)
    x = np.arange(3, dtype=np.float32)[:, None]
    found = fit_labels("flow_svm", {}, x_train=x, labels=labels, x_test=x, names=("a", "b", "c"))
    assert np.isnan(found.scores[:, 1:]).all()
    assert not np.isnan(found.scores[:, 0]).any()
    assert {key.partition(".")[0] for key in found.state} == {"threshold", "a"}


def test_a_table_of_labels_on_which_training_clips_agree(examples):
    fold = Fold("s1", np.flatnonzero(examples.subject == "s1")[1::2], np.array([0, 6]))  # two clips of s1 show no AU45
    table = label_prediction_table(examples, fold, np.full((2, 3), 0.9), seed=3, threshold=0.5)
    agreed = [name for name, same in zip(NAMES, np.ptp(examples.label[fold.train], axis=0) == 0, strict=True) if same]
    assert "AU45" in agreed
    assert set(table["label"][table["score"].isna()]) == set(agreed)
    assert table[table["label"] == "AU45"]["predicted"].tolist() == [0, 0]
    none = label_prediction_table(examples, Fold.empty(), np.zeros((0, 3)), seed=0, threshold=0.5)
    assert none.empty
    assert list(none) == ["clip", "subject", "seed", "label", "truth", "score", "predicted"]


def test_losses_against_torch_and_by_hand():
    rng = torch.Generator().manual_seed(0)
    logits, target = torch.randn(5, 3, generator=rng), (torch.rand(5, 3, generator=rng) > 0.5).float()
    weight = torch.tensor([1.0, 2.0, 3.0])
    p = logits.sigmoid()
    by_hand = -(weight * target * p.log() + (1 - target) * (1 - p).log())
    torch.testing.assert_close(binary_loss(logits, target, weight), by_hand.mean())
    true = torch.where(target > 0, p, 1 - p)
    torch.testing.assert_close(binary_loss(logits, target, weight, gamma=2.0), ((1 - true) ** 2 * by_hand).mean())
    torch.testing.assert_close(binary_loss(logits, target, None, gamma=1e-9), binary_loss(logits, target, None))
    large = torch.tensor([[200.0, -200.0]], requires_grad=True)
    binary_loss(large, torch.tensor([[1.0, 0.0]]), None, gamma=0.5).backward()
    assert torch.isfinite(large.grad).all()
    lengths, shown = torch.tensor([[0.4, 0.6]]), torch.tensor([[1.0, 0.0]])
    assert label_margin_loss(lengths, shown, None).item() == pytest.approx(0.375)
    assert label_margin_loss(lengths, shown, torch.tensor([2.0, 1.0])).item() == pytest.approx(0.625)
    assert positive_weights(np.array([[1, 0, 1], [0, 0, 1], [0, 0, 1], [0, 0, 1]], dtype=np.uint8)).tolist() == [
        3,
        1,
        1,
    ]


def test_the_target_follows_from_the_labels():
    assert target_of(np.zeros((4, 3), dtype=np.uint8)) is EACH
    assert target_of(np.zeros(4, dtype=np.int64)) is CLASSES
    net, logits = nn.Module(), torch.tensor([[2.0, 1.0], [-1.0, 3.0]])
    net.label_scores = lambda values: values.sigmoid()
    truth = torch.tensor([[1, 0], [0, 1]], dtype=torch.uint8)
    assert EACH.predicted(net, logits).tolist() == [[True, True], [False, True]]
    assert EACH.told(net, logits, truth).tolist() == [0.5, 1.0]
    assert CLASSES.told(net, logits, torch.tensor([0, 0])).tolist() == [True, False]
    lengths = torch.tensor([[0.2, 0.7]])
    assert CapsuleNet.label_scores(net, lengths) is lengths  # lengths are probabilities already


def test_what_labels_show():
    labels = np.array([[1, 0, 1], [1, 0, 0]], dtype=np.uint8)
    assert shown_names(labels, NAMES) == ["AU1", "AU45"]
    assert (told_apart(labels), told_apart(np.array([0, 2, 2]))) == (4, 2)
    assert can_be_learnt(labels)
    assert not can_be_learnt(labels[:, :2])
    assert not can_be_learnt(labels[:0])
    assert balanced_columns(np.array([0, 2, 2])).astype(int).tolist() == [[1, 0], [0, 1], [0, 1]]
    assert balanced_columns(labels).astype(int).tolist() == [[1, 1, 1], [1, 0, 1]]


def test_folds_share_labels_and_the_inner_split_keeps_them(examples):
    subjects = np.repeat([f"s{number:02d}" for number in range(20)], 5)
    rng = np.random.default_rng(3)
    labels = (rng.random((100, 3)) < [0.5, 0.3, 0.1]).astype(np.uint8)
    folds = kfold_subject(subjects, labels, k=5)
    shares = np.array([labels[fold.test].sum(0) / labels.sum(0) for fold in folds])
    assert np.abs(shares[:, :2] - 0.2).max() < 0.1
    assert all(labels[fold.test].any(0).all() for fold in folds)  # each fold holds each label
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(100))
    made = make_folds(ProtocolSettings(name="loso"), subjects=examples.subject, labels=examples.label)
    assert [fold.name for fold in made] == ["s1", "s2", "s3", "s4"]
    for seed in range(4):  # s1 alone shows AU45: it is never the one that is left out
        fitted, left = inner_split(examples.subject, examples.label, folds=4, seed=seed)
        assert "s1" not in set(examples.subject[left])
        assert told_apart(examples.label[fitted]) == told_apart(examples.label)


def test_a_fold_of_which_nothing_can_be_learnt_is_refused():
    labels = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.uint8)
    fold = Fold("s3", np.array([0, 1]), np.array([2]))
    with pytest.raises(DatasetError, match="fold s3: expected training clips of which some show a label and others do"):
        check_trained_classes(fold, labels, classes=("a", "b"), model="gts_gn")
    check_trained_classes(fold, labels, classes=("a", "b"), model="majority")
    check_trained_classes(Fold("s1", np.array([1, 2]), np.array([0])), labels, classes=("a", "b"), model="gts_gn")
