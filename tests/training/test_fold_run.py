import dataclasses

import numpy as np
import pandas as pd
import pytest
import torch

from merflow.artefacts import Examples, read_examples, write_examples
from merflow.errors import DatasetError
from merflow.models.registry import build_model
from merflow.training.execution import Machine
from merflow.training.fold import run_fold
from merflow.training.fold_clips import training_clips
from merflow.training.folds import make_folds
from merflow.training.method import Method
from merflow.training.settings import ProtocolSettings, TrainingSettings

CLASSES = ("negative", "positive", "surprise")
SMALL = {"widths": [8, 8, 8], "region_feature": 8, "gcn_hidden": 16, "gcn_layers": 2}


@pytest.fixture(scope="module")
def examples():
    rng = np.random.default_rng(0)
    subjects = np.repeat(["s1", "s2", "s3"], 6)
    labels = np.tile([0, 0, 0, 1, 1, 2], 3)
    x = rng.normal(size=(18, 8, 8, 6)).astype(np.float32)
    clips = np.array([f"{s}_a_{i}" for i, s in enumerate(subjects)])
    dims = ("clip", "region", "sample", "xyzuvz")
    return Examples(x, labels, subjects, clips, np.full(18, "micro"), CLASSES, "emotion3", dims)


def run(examples, folder, fold="s2", model="lite_point_gcn", params=SMALL, seeds=(0, 1), **training):
    folder.mkdir(exist_ok=True)
    path = folder / "examples.h5"
    write_examples(examples, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    settings = TrainingSettings(**{"train_points": 8, "min_epochs": 2, "min_steps": 4, **training})
    run_fold(
        read_examples(path), fold, folder / fold, Method(model, params, training=settings, seeds=tuple(seeds)),
        machine=Machine("cpu"),
    )  # fmt: skip
    return folder / fold


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


@pytest.fixture(scope="module")
def finished(examples, tmp_path_factory):
    return run(examples, tmp_path_factory.mktemp("finished"))


def test_files_and_columns(finished, examples):
    assert sorted(contents(finished)) == ["history.csv", "predictions.csv", "weights/seed0.pt", "weights/seed1.pt"]
    table = pd.read_csv(finished / "predictions.csv")
    scores = [f"score_{name}" for name in CLASSES]
    assert list(table.columns) == ["clip", "subject", "seed", "label", "predicted", *scores]
    assert table["clip"].tolist() == examples.clip[6:12].tolist() * 2
    assert table["label"].tolist() == ["negative"] * 3 + ["positive"] * 2 + ["surprise"] + table["label"].tolist()[6:]
    assert (table[scores].idxmax(axis=1).str.removeprefix("score_") == table["predicted"]).all()
    history = pd.read_csv(finished / "history.csv")
    assert list(history.columns) == ["seed", "epoch", "loss", "lr", "train_accuracy"]
    assert history.groupby("seed")["epoch"].max().tolist() == [4, 4]


def test_same_seed_gives_the_same_bytes_and_another_seed_others(finished, examples, tmp_path):
    again = contents(run(examples, tmp_path / "again"))
    assert again == contents(finished)
    assert again["weights/seed0.pt"] != again["weights/seed1.pt"]


@pytest.mark.parametrize("changes", [{}, {"class_weights": False}])
def test_nothing_of_the_test_fold_reaches_the_weights(examples, tmp_path, changes):
    test = examples.subject == "s2"
    x, label = examples.x.copy(), examples.label.copy()
    x[test], label[test] = 1e6, 2
    poisoned = dataclasses.replace(examples, x=x, label=label)
    clean = run(examples, tmp_path / "clean", **changes) / "weights" / "seed0.pt"
    assert (run(poisoned, tmp_path / "poisoned", **changes) / "weights" / "seed0.pt").read_bytes() == clean.read_bytes()


def test_training_labels_do_reach_the_weights(examples, tmp_path, finished):
    label = examples.label.copy()
    label[0] = 2
    weights = run(dataclasses.replace(examples, label=label), tmp_path) / "weights" / "seed0.pt"
    assert weights.read_bytes() != (finished / "weights" / "seed0.pt").read_bytes()


def test_weights_load_safely_and_reproduce_the_predictions(finished, examples):
    saved = torch.load(finished / "weights" / "seed0.pt", weights_only=True)
    assert saved["config"]["fold"] == "s2"
    assert saved["config"]["training"]["train_points"] == 8
    net = build_model("lite_point_gcn", saved["config"]["model_params"], (8, 8, 6), 3)
    net.load_state_dict(saved["state_dict"])
    x = torch.from_numpy(examples.x[6:12])
    table = pd.read_csv(finished / "predictions.csv").query("seed == 0")
    scores = net.eval()(x).softmax(1).detach().numpy()
    np.testing.assert_allclose(table[[f"score_{name}" for name in CLASSES]], scores, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("model", "params"), [("majority", {}), ("flow_svm", {"C": 0.1})])
def test_baselines_write_the_same_files(examples, tmp_path, finished, model, params):
    out = run(examples, tmp_path, model=model, params=params)
    assert sorted(contents(out)) == sorted(contents(finished))
    table = pd.read_csv(out / "predictions.csv")
    assert list(table.columns) == list(pd.read_csv(finished / "predictions.csv").columns)
    first, second = (rows.drop(columns="seed").reset_index(drop=True) for _, rows in table.groupby("seed"))
    assert first.equals(second)
    scores = table[[f"score_{name}" for name in CLASSES]]
    assert (scores.idxmax(axis=1).str.removeprefix("score_") == table["predicted"]).all()
    if model == "majority":
        assert set(table["predicted"]) == {"negative"}


def test_subject_without_clips_gives_tables_without_rows(examples, tmp_path, finished):
    out = run(examples, tmp_path, fold="s9")
    for name in ("predictions.csv", "history.csv"):
        assert (out / name).read_text().splitlines() == (finished / name).read_text().splitlines()[:1]
    assert (out / "weights").is_dir()


def with_copies(examples):
    """Two altered copies of every clip, marked by a value that no clip has, and two action units."""
    of = np.repeat(np.arange(18), 2)
    aus = np.zeros((18, 2), dtype=np.uint8)
    aus[:, 0] = 1
    aus[6:12, 1] = 1  # shown by s2 alone
    copies = np.full((36, *examples.x.shape[1:]), 100, dtype=np.float32)
    copies += of[:, None, None, None]
    return dataclasses.replace(
        examples, copies=copies, copy_of=of, aus=aus, aus_known=np.ones(18, dtype=bool), au_numbers=(4, 12)
    )


def test_copies_of_test_clips_never_train(examples):
    extended = with_copies(examples)
    for fold in make_folds(ProtocolSettings(), subjects=extended.subject, labels=extended.label):
        clips = training_clips(extended, fold)
        copied = sorted({int(value) - 100 for value in clips.x[len(fold.train) :, 0, 0, 0]})
        assert copied == fold.train.tolist()
        assert len(clips.x) == 3 * len(fold.train)
        np.testing.assert_array_equal(clips.labels[len(fold.train) :], np.repeat(extended.label[fold.train], 2))


def test_units_that_only_test_clips_show_are_not_known(examples):
    folds = {
        fold.name: fold for fold in make_folds(ProtocolSettings(), subjects=examples.subject, labels=examples.label)
    }
    extended = with_copies(examples)
    assert training_clips(extended, folds["s2"]).aus.shape == (36, 1)
    assert training_clips(extended, folds["s1"]).aus.shape == (36, 2)


def test_copies_are_known_as_their_clips_are(examples):
    extended = with_copies(examples)
    known = np.arange(18) % 3 > 0
    masked = dataclasses.replace(extended, aus=extended.aus * known[:, None].astype(np.uint8), aus_known=known)
    for fold in make_folds(ProtocolSettings(), subjects=masked.subject, labels=masked.label):
        clips = training_clips(masked, fold)
        assert clips.aus_known.tolist() == [*known[fold.train], *np.repeat(known[fold.train], 2)]
        assert (clips.aus.any(axis=1) == clips.aus_known).all()


def test_copies_change_the_weights_but_not_which_clips_are_predicted(examples, finished, tmp_path):
    other = run(with_copies(examples), tmp_path, mirror=True)
    ours, theirs = (pd.read_csv(folder / "predictions.csv") for folder in (finished, other))
    assert ours[["clip", "subject", "seed", "label"]].equals(theirs[["clip", "subject", "seed", "label"]])
    weights = [torch.load(folder / "weights/seed0.pt", weights_only=True) for folder in (finished, other)]
    assert any(not torch.equal(a, b) for a, b in zip(*(w["state_dict"].values() for w in weights), strict=True))
    assert weights[1]["config"]["au_numbers"] == [4]


def with_inputs(examples, x):
    """The same clips with other content, digests made anew."""
    return dataclasses.replace(examples, x=x, digest=np.zeros(0, dtype=np.str_))


def test_early_stopping_chooses_by_other_training_subjects(examples, tmp_path):
    folder = run(examples, tmp_path, early_stopping=2, inner_folds=2, min_epochs=4)
    history = pd.read_csv(folder / "history.csv")
    assert history.columns[-3:].tolist() == ["inner_loss", "inner_accuracy", "kept"]
    assert (history.groupby("seed")["kept"].sum() == 1).all()
    assert len(pd.read_csv(folder / "predictions.csv")) == 12


def test_early_stopping_never_sees_the_test_fold(examples, tmp_path):
    nonsense = examples.x.copy()
    nonsense[6:12] = 7 + np.arange(6)[:, None, None, None] + nonsense[:6]
    settings = {"early_stopping": 2, "inner_folds": 2, "min_epochs": 4}
    one = run(examples, tmp_path / "one", **settings)
    other = run(
        dataclasses.replace(examples, x=nonsense, digest=np.zeros(0, dtype=str)), tmp_path / "other", **settings
    )
    assert contents(one / "weights") == contents(other / "weights")
    assert (one / "history.csv").read_bytes() == (other / "history.csv").read_bytes()


def test_the_oracle_stands_beside_the_honest_prediction(examples, finished, tmp_path):
    folder = run(examples, tmp_path, oracle_best_epoch=True)
    honest, both = pd.read_csv(finished / "predictions.csv"), pd.read_csv(folder / "predictions.csv")
    assert both.drop(columns="oracle_predicted").equals(honest)
    right = [
        (both[column] == both["label"]).groupby(both["seed"]).mean() for column in ("predicted", "oracle_predicted")
    ]
    assert (right[1] >= right[0]).all()
    assert pd.read_csv(folder / "history.csv").columns[-1] == "test_accuracy"


def test_a_test_clip_that_trains_under_another_name_is_refused(examples, tmp_path):
    x = examples.x.copy()
    x[0] = x[7]
    twice = with_inputs(examples, x)
    with pytest.raises(DatasetError, match="s1_a_0 and s2_a_7"):
        run(twice, tmp_path)
    assert not (tmp_path / "s2").exists()


def one_class_left(examples, **label_of):
    """Return the examples without the clips of these subjects that show another class than the one given."""
    keep = np.array(
        [label_of.get(subject, label) == label for subject, label in zip(examples.subject, examples.label, strict=True)]
    )
    texts = {name: getattr(examples, name)[keep] for name in ("x", "label", "subject", "clip", "expression")}
    return Examples(**texts, classes=examples.classes, label_set=examples.label_set, dims=examples.dims)


@pytest.mark.parametrize(("model", "params"), [("lite_point_gcn", SMALL), ("flow_svm", {})])
def test_a_fold_that_lost_all_classes_but_one_on_the_way_is_refused_by_name(examples, tmp_path, model, params):
    left = one_class_left(examples, s1=0, s3=0)
    with pytest.raises(DatasetError, match=rf"fold s2: expected .* 2 or more classes for {model}, but found negative:"):
        run(left, tmp_path, model=model, params=params)
    assert run(left, tmp_path, fold="s1", model=model, params=params, seeds=[0]).is_dir()


def test_the_majority_class_of_one_class_is_that_class(examples, tmp_path):
    folder = run(one_class_left(examples, s1=0, s3=0), tmp_path, model="majority", params={}, seeds=[0])
    assert set(pd.read_csv(folder / "predictions.csv")["predicted"]) == {"negative"}


def test_what_early_stopping_leaves_to_fit_needs_two_classes_too(examples, tmp_path):
    with pytest.raises(DatasetError, match=r"fold s2: training\.early_stopping: expected .* found (negative|positive)"):
        run(one_class_left(examples, s1=0, s3=1), tmp_path, early_stopping=2, inner_folds=2, seeds=[0, 1])
