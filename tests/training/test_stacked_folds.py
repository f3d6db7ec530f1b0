"""Folds of a job whose networks are trained side by side, against the same job one by one."""

import json
import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from merflow.artefacts import Examples, read_examples, write_examples
from merflow.errors import MerflowError
from merflow.training import stacked_folds
from merflow.training.batch import train_folds
from merflow.training.execution import Machine
from merflow.training.fold_record import read_record
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings
from merflow.training.stacked import Task, train_stack
from merflow.training.stacking.probe import CannotStackError

FOLDS = ("s1", "s2", "s3", "s4")
SETTINGS = {"min_epochs": 3, "min_steps": 4, "batch_size": 7}


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """Graphs of four subjects with 3 to 8 clips: folds of 4 batches and of 3, and one that shows a unit less."""
    rng = np.random.default_rng(0)
    subject = np.repeat(FOLDS, (3, 5, 8, 8))
    count, label = len(subject), np.arange(24) % 2
    aus = np.stack([label, np.zeros(count), subject == "s4"], 1).astype(np.uint8)
    clips = np.array([f"{name}_{number}" for number, name in enumerate(subject)])
    copy_of = np.arange(0, count, 4)
    made = Examples(
        rng.normal(size=(count, 3, 5, 4)).astype(np.float32), label, subject, clips,
        np.full(count, "micro"), ("negative", "positive"), "two", ("clip", "frame", "node", "xyda"), aus=aus,
        aus_known=np.ones(count, dtype=bool), au_numbers=(4, 12, 25), edges=((0, 1), (1, 2), (2, 3), (3, 4)),
        copies=rng.normal(size=(len(copy_of), 3, 5, 4)).astype(np.float32), copy_of=copy_of,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("stacked") / "examples.h5"
    write_examples(made, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    return path


def run(examples, folder, *, stack, folds=FOLDS, seeds=(0, 1), **training):
    params = {"fusion": 1, "widths": (4, 4, 6)}
    method = Method("gts_gn", params, training=TrainingSettings(**SETTINGS | training), seeds=seeds)
    train_folds(examples, folds, folder, method, code="a", machine=Machine("cpu", stack=stack))


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


def close(found, expected):
    """Compare two tables: texts and whole numbers exactly, other numbers to rounding of a short training."""
    pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=1e-3, atol=1e-4)


@pytest.fixture(scope="module")
def one_by_one(examples, tmp_path_factory):
    folder = tmp_path_factory.mktemp("one")
    run(examples, folder, stack=1)
    return folder


def same(found, expected):
    assert sorted(contents(found)) == sorted(contents(expected))
    for fold in FOLDS:
        for table in ("predictions.csv", "history.csv"):
            close(pd.read_csv(found / fold / table), pd.read_csv(expected / fold / table))
        assert read_record(found / fold).made_of == read_record(expected / fold).made_of
        for weights in (expected / fold / "weights").iterdir():
            mine, theirs = (torch.load(folder / fold / "weights" / weights.name) for folder in (found, expected))
            assert json.dumps(mine["config"]) == json.dumps(theirs["config"])
            for name, value in theirs["state_dict"].items():
                torch.testing.assert_close(mine["state_dict"][name], value, rtol=1e-3, atol=1e-4)
            assert (found / fold / "weights" / weights.name).stat().st_size == weights.stat().st_size


@pytest.mark.parametrize("stack", [100, 3])
def test_a_job_side_by_side_is_the_job_one_by_one(examples, one_by_one, tmp_path, stack, caplog):
    with caplog.at_level(logging.INFO, logger="merflow"):
        run(examples, tmp_path, stack=stack)
    told = [text for text in caplog.messages if "side by side" in text]
    assert len(told) == (3 if stack == 100 else 4), "by batches an epoch and action units: s1 and s2; s3; s4"
    same(tmp_path, one_by_one)


def test_early_stopping_and_the_oracle_side_by_side(examples, tmp_path):
    settings = {"early_stopping": 1, "inner_folds": 2, "oracle_best_epoch": True, "learning_rate": 0.05}
    for stack in (1, 100):
        run(examples, tmp_path / str(stack), stack=stack, **settings | {"min_epochs": 6})
    history = pd.read_csv(tmp_path / "1/s1/history.csv")
    assert {"inner_loss", "kept", "test_accuracy"} <= set(history)
    assert len(pd.concat(pd.read_csv(tmp_path / "1" / fold / "history.csv") for fold in FOLDS)) < 6 * 2 * len(FOLDS)
    same(tmp_path / "100", tmp_path / "1")


@pytest.mark.parametrize(
    "training", [{"early_stopping": 2, "inner_folds": 2}, {"loss": "focal", "class_weights": False}]
)
def test_labels_that_are_told_one_by_one_side_by_side(examples, tmp_path, training, caplog):
    of_classes = read_examples(examples, dataset="demo", experiment="x")
    shown = (np.random.default_rng(3).random((24, 3)) < (0.5, 0.3, 0.2)).astype(np.uint8)
    labelled = replace(of_classes, label=shown, classes=("AU1", "AU4", "AU12"))
    path = tmp_path / "examples.h5"
    write_examples(labelled, path, dataset="demo", experiment="x", params={}, code="", inputs={})
    with caplog.at_level(logging.INFO, logger="merflow"):
        for stack in (1, 100):
            run(path, tmp_path / str(stack), stack=stack, **training)
    assert any("side by side" in text for text in caplog.messages)
    table = pd.read_csv(tmp_path / "100/s1/predictions.csv")
    assert list(table) == ["clip", "subject", "seed", "label", "truth", "score", "predicted"]
    same(tmp_path / "100", tmp_path / "1")


def test_only_seeds_that_are_missing_are_trained(examples, one_by_one, tmp_path, monkeypatch):
    sizes = []

    def counted(members, *args):
        sizes.append(len(members))
        return train_stack(members, *args)

    monkeypatch.setattr(stacked_folds, "train_stack", counted)
    run(examples, tmp_path, stack=100, seeds=(0,), folds=("s1", "s2"))
    run(examples, tmp_path, stack=100, folds=("s1", "s2", "s3"))
    run(examples, tmp_path, stack=100)
    assert sizes == [2, 2, 2, 2], "s1 and s2; their other seed; s3; s4"
    same(tmp_path, one_by_one)


def test_a_job_that_is_killed_keeps_the_folds_of_stacks_before(examples, one_by_one, tmp_path, monkeypatch):
    def killed(members, *args):
        if (tmp_path / "s1").exists():
            raise KeyboardInterrupt
        return train_stack(members, *args)

    monkeypatch.setattr(stacked_folds, "train_stack", killed)
    with pytest.raises(KeyboardInterrupt):
        run(examples, tmp_path, stack=100)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s1", "s2"]
    before = contents(tmp_path)
    monkeypatch.undo()
    run(examples, tmp_path, stack=100)
    assert before.items() <= contents(tmp_path).items()
    same(tmp_path, one_by_one)


def test_a_stack_that_does_not_fit_into_memory_is_divided(examples, one_by_one, tmp_path, monkeypatch, caplog):
    def small(members, *args):
        if len(members) > 1:
            raise torch.OutOfMemoryError
        return train_stack(members, *args)

    monkeypatch.setattr(stacked_folds, "train_stack", small)
    with caplog.at_level(logging.INFO, logger="merflow"):
        run(examples, tmp_path, stack=100)
    assert [text.split(":")[1] for text in caplog.messages if "do not fit" in text] == [
        " 2 at once from here", " 1 at once from here",
    ]  # fmt: skip
    same(tmp_path, one_by_one)


def test_a_network_that_cannot_be_stacked_is_trained_one_by_one(examples, one_by_one, tmp_path, monkeypatch, caplog):
    def refused(*_):
        raise CannotStackError("its loss differs")

    monkeypatch.setattr(stacked_folds, "check_stackable", refused)
    with caplog.at_level(logging.INFO, logger="merflow"):
        run(examples, tmp_path, stack=100)
    assert "gts_gn is trained one by one: its loss differs" in caplog.messages
    assert contents(tmp_path) == contents(one_by_one)


def test_of_a_network_that_diverges_the_fold_is_named_and_the_others_are_kept(examples, tmp_path, monkeypatch):
    def one_wrong(members, *args):
        found = train_stack(members, *args)
        return [MerflowError("training diverged"), *found[1:]] if len(members) == 4 else found

    monkeypatch.setattr(stacked_folds, "train_stack", one_wrong)
    with pytest.raises(MerflowError, match="fold s1, seed 0: training diverged"):
        run(examples, tmp_path, stack=100)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s2", "s3", "s4"]


def test_a_network_without_finite_scores_takes_no_other_with_it(examples, tmp_path, monkeypatch):
    def one_wrong(members, *args):
        found = train_stack(members, *args)
        for parameter in found[0].model.parameters() if len(members) == 4 else ():
            parameter.data.fill_(torch.nan)
        return found

    monkeypatch.setattr(stacked_folds, "train_stack", one_wrong)
    with pytest.raises(MerflowError, match="fold s1, seed 0: training diverged: expected finite scores"):
        run(examples, tmp_path, stack=100)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s2", "s3", "s4"]


def test_how_many_are_trained_side_by_side():
    assert [Machine("cpu", stack=stack).side_by_side() for stack in (0, 1, 2, 50)] == [0, 0, 2, 50]


def test_how_many_fit_into_the_memory_of_a_gpu(monkeypatch):
    """By hand: the check of 2 x 4 clips took 1600 bytes of doubles, 100 a clip, 2401 a network."""
    cuda = {
        "memory_allocated": 500, "max_memory_allocated": 2100, "mem_get_info": (30_000, 40_000),
        "reset_peak_memory_stats": None, "empty_cache": None,
    }  # fmt: skip
    for name, value in cuda.items():
        monkeypatch.setattr(torch.cuda, name, lambda *_, value=value: value)
    monkeypatch.setattr(stacked_folds, "check_stackable", lambda *_: None)
    training = TrainingSettings(batch_size=24)
    for device, most in (("cuda", 9), ("cpu", 1024)):
        task = Task(Method("gts_gn", training=training), 3, (), torch.device(device))
        assert stacked_folds.networks_that_fit(None, None, task) == most
