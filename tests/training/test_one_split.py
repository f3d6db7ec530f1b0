"""Protocols with one split: held-out subjects, and a dataset that is tested by a network of others."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.errors import ConfigError, DatasetError
from merflow.training.execution import Machine
from merflow.training.final import TRAINING_SUBJECTS, final_fold
from merflow.training.fold import run_fold
from merflow.training.fold_clips import inner_fold
from merflow.training.folds import check_disjoint, holdout, kfold_subject, make_folds, protocol_note
from merflow.training.leakage import check_no_leak
from merflow.training.method import Method
from merflow.training.settings import ProtocolSettings, TrainingSettings

CROSSED = ProtocolSettings("cross_dataset", train=("a", "b"), test="c")
SUBJECTS = ["a.1", "a.1", "a.2", "b.1", "b.1", "c.1", "c.1", "c.c"]
LABELS = [0, 1, 0, 1, 0, 1, 0, 1]


def test_the_other_datasets_train_and_the_named_one_is_tested():
    (fold,) = make_folds(CROSSED, subjects=SUBJECTS, labels=LABELS)
    assert (fold.name, fold.train.tolist(), fold.test.tolist()) == ("c", [0, 1, 2, 3, 4], [5, 6, 7])
    assert fold.note == ""  # so that subjects on both sides are refused
    assert protocol_note(CROSSED).startswith("trained on a and b, tested on c")


def test_named_subjects_are_tested_once():
    protocol = ProtocolSettings("holdout", subjects=("c.1", "a.2"))
    (fold,) = make_folds(protocol, subjects=SUBJECTS, labels=LABELS)
    assert (fold.name, fold.train.tolist(), fold.test.tolist()) == ("holdout", [0, 1, 3, 4, 7], [2, 5, 6])
    assert protocol_note(protocol) == "one split, trained on all other subjects than c.1, a.2"


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 2)), min_size=2, max_size=40), st.integers(0, 5))
def test_a_drawn_part_is_a_fold_of_subjects_and_seeds_draw_each_in_turn(rows, seed):
    subjects, labels = [s for s, _ in rows], [c for _, c in rows]
    if len(set(subjects)) < 3:
        with pytest.raises(DatasetError, match="needs at least 3 subjects"):
            holdout(subjects, labels, k=3, seed=seed)
        return
    (fold,) = holdout(subjects, labels, k=3, seed=seed)
    division = kfold_subject(subjects, labels, k=3, seed=seed // 3)
    assert fold.test.tolist() == division[seed % 3].test.tolist()
    assert sorted([*fold.train, *fold.test]) == list(range(len(rows)))
    check_disjoint([fold], subjects)


@pytest.mark.parametrize("first", [0, 5, 40])
def test_k_seeds_test_everybody_once(first):
    """Subjects of equal size are those whom a seed puts in another order."""
    subjects = np.repeat([f"s{n:02d}" for n in range(10)], 4)
    drawn = [holdout(subjects, np.tile([0, 1, 2, 0], 10), k=5, seed=first + n)[0].test.tolist() for n in range(5)]
    assert sorted(row for rows in drawn for row in rows) == list(range(40))


def test_seeds_draw_different_people():
    subjects = np.repeat([f"s{n}" for n in range(9)], [9, *[2] * 8])
    drawn = [set(subjects[holdout(subjects, np.arange(25) % 2, k=3, seed=seed)[0].test]) for seed in range(3)]
    assert sum("s0" in people for people in drawn) == 1  # who has the most clips, and is dealt first


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"train": ("a", "b"), "test": "b"}, "protocol.test: expected a dataset that is none of protocol.train"),
        ({"train": ("a", "a"), "test": "b"}, "protocol.train: expected one or more different datasets"),
        ({"test": "b"}, "protocol.train: expected one or more different datasets, but found []"),
        ({"train": ("a",)}, "protocol.test: expected a dataset to test on, but found ''"),
        ({"train": ("a",), "test": "b", "subjects": ("s",)}, "protocol.subjects: expected none, since it belongs to h"),
        ({"name": "loso", "train": ("a",)}, "protocol.train: expected none, since it belongs to cross_dataset"),
        ({"name": "holdout", "test": "a"}, "protocol.test: expected none"),
        ({"name": "holdout", "subjects": ("s", "s")}, "protocol.subjects: expected different subjects"),
        ({"name": "loso", "keep_test_subject_macro": True}, "protocol.keep_test_subject_macro: expected false"),
        ({"name": "cross_domain", "test_expression": "macro"}, "protocol.test_expression: expected micro or ''"),
    ],
)
def test_settings_that_fit_no_split_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message.replace("[", r"\[")):
        ProtocolSettings(**{"name": "cross_dataset"} | settings)


def test_a_record_has_the_settings_of_its_own_protocol_alone():
    assert set(ProtocolSettings().deciding()) == {"name", "k", "seed", "test_expression", "keep_test_subject_macro"}
    assert CROSSED.deciding()["train"] == ["a", "b"]


@pytest.fixture(scope="module")
def examples(graph_examples):
    """Two people of each of three datasets, two clips each."""
    people = np.repeat(["a.1", "a.2", "b.1", "b.2", "c.1", "c.2"], 2)
    clips = np.array([f"{person}_{number}" for number, person in enumerate(people)])
    return dataclasses.replace(graph_examples, subject=people, clip=clips, label=np.tile([0, 1], 6))


@pytest.mark.parametrize(
    ("protocol", "fold"),
    [(CROSSED, "c"), (ProtocolSettings("holdout", subjects=("c.1", "c.2")), "holdout")],
    ids=lambda one: getattr(one, "name", None),
)
def test_what_is_fitted_never_sees_the_test_clips(examples, protocol, fold, tmp_path):
    """Their content, labels and units are replaced: weights, normalisation and the stopping epoch stay as they are."""
    tested = np.arange(8, 12)
    x, aus = examples.x.copy(), examples.aus.copy()
    x[tested], aus[tested] = 1000 + np.arange(4)[:, None, None, None] + x[:4], 1 - aus[tested]
    other = dataclasses.replace(
        examples, x=x, aus=aus, label=np.where(np.arange(12) < 8, examples.label, 0), digest=np.zeros(0, dtype=str)
    )
    training = TrainingSettings(min_epochs=2, min_steps=4, early_stopping=1, inner_folds=2)
    for model, params in (("gts_gn", {"fusion": 1, "widths": [4, 4]}), ("landmark_svm", {})):
        method = Method(model, params, protocol=protocol, training=training, seeds=(0,))
        weights = []
        for name, clips in (("own", examples), ("other", other)):
            run_fold(clips, fold, tmp_path / model / name, method, machine=Machine("cpu"))
            weights.append((tmp_path / model / name / "weights" / "seed0.pt").read_bytes())
        assert weights[0] == weights[1]


def test_training_people_choose_the_epoch(examples):
    (fold,) = make_folds(CROSSED, subjects=examples.subject, labels=examples.label)
    inner = inner_fold(examples, fold, folds=2, seed=0)
    people = [set(examples.subject[rows]) for rows in (inner.train, inner.test)]
    assert people[0].isdisjoint(people[1])
    assert people[0] | people[1] == {"a.1", "a.2", "b.1", "b.2"}


def test_a_recording_in_two_datasets_is_refused(examples):
    x = examples.x.copy()
    x[9] = x[0]
    twice = dataclasses.replace(examples, x=x, digest=np.zeros(0, dtype=str))
    (fold,) = make_folds(CROSSED, subjects=twice.subject, labels=twice.label)
    with pytest.raises(DatasetError, match=r"fold c: .* same content in a\.1_0 and c\.1_9"):
        check_no_leak(fold, twice)


def test_the_final_network_is_that_of_the_training_people(examples):
    rows = final_fold(examples, CROSSED)
    assert (rows.name, rows.train.tolist()) == (TRAINING_SUBJECTS, list(range(8)))
