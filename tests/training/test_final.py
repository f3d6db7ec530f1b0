"""The final network: trained as a fold is, on everybody."""

import dataclasses

import numpy as np
import pytest
import torch

from merflow.errors import ConfigError, DatasetError, MerflowError
from merflow.training.execution import Machine
from merflow.training.final import ALL_SUBJECTS, final_fold, train_final
from merflow.training.fold import run_fold
from merflow.training.method import Method
from merflow.training.settings import ProtocolSettings, TrainingSettings
from merflow.training.trained import load_trained

CPU = Machine("cpu")
METHOD = Method(
    "gts_gn", {"fusion": 1, "widths": [4, 4]}, training=TrainingSettings(min_epochs=2, min_steps=4), seeds=(0, 3)
)


def part(examples, rows):
    """Return some clips of examples alone."""
    columns = ("x", "label", "subject", "clip", "expression", "fold", "aus", "aus_known", "apex_and_length", "digest")
    return dataclasses.replace(examples, **{name: getattr(examples, name)[rows] for name in columns})


@pytest.fixture(scope="module")
def three_subjects(graph_examples):
    """The examples of the package with a third subject."""
    subjects = np.repeat(["s1", "s2", "s3"], 4)
    clips = np.array([f"{subject}_a_{i}" for i, subject in enumerate(subjects)])
    return dataclasses.replace(graph_examples, subject=subjects, clip=clips)


def test_without_a_subject_it_is_the_network_of_its_fold(three_subjects, tmp_path):
    run_fold(three_subjects, "s2", tmp_path, METHOD, machine=CPU)
    final = {
        one.seed: one for one in train_final(part(three_subjects, three_subjects.subject != "s2"), METHOD, machine=CPU)
    }
    assert list(final) == [0, 3]
    for seed, one in final.items():
        fold = load_trained(tmp_path / f"weights/seed{seed}.pt")
        assert {**one.config, "fold": "s2"} == fold.config
        state = fold.network.state_dict()
        assert all(torch.equal(one.state[name], state[name]) for name in state.keys() | one.state.keys())


def test_it_trains_on_every_clip_and_says_so(three_subjects):
    rows = final_fold(three_subjects, ProtocolSettings())
    assert (rows.name, rows.train.tolist(), len(rows.test)) == (ALL_SUBJECTS, list(range(12)), 0)


def test_across_domains_it_trains_on_the_macro_clips_of_all(three_subjects):
    kinds = np.where(np.arange(12) % 2, "macro", "micro")
    rows = final_fold(dataclasses.replace(three_subjects, expression=kinds), ProtocolSettings(name="cross_domain"))
    assert rows.train.tolist() == list(range(1, 12, 2))


def test_early_stopping_leaves_the_subjects_out_that_it_would_in_a_fold(three_subjects):
    training = dataclasses.replace(METHOD.training, early_stopping=1, inner_folds=3)
    method = dataclasses.replace(METHOD, training=training, seeds=(0,))
    (one,) = train_final(three_subjects, method, machine=CPU)
    assert "inner_loss" in one.history[0]
    assert len(one.history_table()) == len(one.history)


def test_a_baseline_has_no_final_network(three_subjects):
    with pytest.raises(ConfigError, match="found the baseline majority"):
        next(train_final(three_subjects, Method("majority"), machine=CPU, name="majority"))


def test_clips_of_one_class_are_refused(graph_examples):
    one = part(graph_examples, graph_examples.label == 0)
    with pytest.raises(DatasetError, match=f"fold {ALL_SUBJECTS}: expected training clips of 2 or more classes"):
        next(train_final(one, METHOD, machine=CPU))


def test_weights_that_the_last_step_made_no_numbers_are_refused(three_subjects):
    """The one loss is that before the step, and nothing is predicted here: the model told every clip one class."""
    training = TrainingSettings(min_epochs=1, min_steps=1, batch_size=64, schedule="constant", learning_rate=1e39)
    with pytest.raises(MerflowError, match=r"expected finite weights.*Lower training.learning_rate \(now 1e\+39\)"):
        next(train_final(three_subjects, dataclasses.replace(METHOD, training=training), machine=CPU))
