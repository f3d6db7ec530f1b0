import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.errors import DatasetError
from merflow.training.folds import (
    LEAKY_NOTE,
    MACRO_NOTE,
    Fold,
    check_disjoint,
    cross_domain,
    kfold_subject,
    make_folds,
    protocol_note,
)
from merflow.training.settings import ProtocolSettings

clips = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 2)), min_size=2, max_size=40)


@given(clips)
def test_loso_tests_each_clip_once_and_never_with_its_subject(rows):
    subjects, labels = [s for s, _ in rows], [c for _, c in rows]
    if len(set(subjects)) < 2:
        with pytest.raises(DatasetError, match="needs at least 2 subjects"):
            make_folds(ProtocolSettings(), subjects=subjects, labels=labels)
        return
    folds = make_folds(ProtocolSettings(), subjects=subjects, labels=labels)
    assert [fold.name for fold in folds] == sorted(set(subjects))
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(rows)))
    for fold in folds:
        assert {subjects[i] for i in fold.test} == {fold.name}
        assert sorted([*fold.train, *fold.test]) == list(range(len(rows)))


@given(clips, st.integers(2, 4), st.integers(0, 3))
def test_subject_folds_partition_and_stay_disjoint(rows, k, seed):
    subjects, labels = [s for s, _ in rows], [c for _, c in rows]
    if len(set(subjects)) < k:
        with pytest.raises(DatasetError, match=f"needs at least {k} subjects"):
            kfold_subject(subjects, labels, k=k, seed=seed)
        return
    folds = kfold_subject(subjects, labels, k=k, seed=seed)
    assert len(folds) == k
    assert all(len(fold.test) for fold in folds)
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(rows)))
    for fold in folds:
        check_disjoint([fold], subjects)


def test_subject_folds_share_the_rare_class():
    """Ten subjects, five of whom show the rare class twice: each of five folds gets one of them."""
    subjects = np.repeat([f"s{i}" for i in range(10)], 6)
    labels = np.array([[0, 0, 0, 0, 1, 1] if i < 5 else [0] * 6 for i in range(10)]).ravel()
    assert [int(labels[fold.test].sum()) for fold in kfold_subject(subjects, labels, k=5)] == [2] * 5


def test_subject_on_both_sides_is_an_error():
    with pytest.raises(DatasetError, match="both sides of the split: a"):
        check_disjoint([Fold("x", np.array([0]), np.array([1]))], ["a", "a"])


SUBJECTS = ["a", "a", "b", "b", "c"]
EXPRESSIONS = ["macro", "micro", "macro", "micro", "macro"]


def test_cross_domain_trains_on_macro_clips_of_others():
    folds = cross_domain(SUBJECTS, EXPRESSIONS)
    assert [(f.name, f.train.tolist(), f.test.tolist(), f.note) for f in folds] == [
        ("a", [2, 4], [1], ""),
        ("b", [0, 4], [3], ""),
    ]


def test_cross_domain_with_known_test_subjects_trains_once_and_says_so():
    protocol = ProtocolSettings("cross_domain", keep_test_subject_macro=True)
    folds = make_folds(protocol, subjects=SUBJECTS, labels=[0] * 5, expressions=EXPRESSIONS)
    assert [(f.name, f.train.tolist(), f.test.tolist(), f.note) for f in folds] == [
        ("micro", [0, 2, 4], [1, 3], MACRO_NOTE)
    ]
    assert not protocol.one_subject_a_fold
    (strangers,) = cross_domain(["a", "b"], ["macro", "micro"], keep_test_subject_macro=True)
    assert (strangers.train.tolist(), strangers.test.tolist(), strangers.note) == ([0], [1], "")


def test_cross_domain_needs_both_kinds():
    with pytest.raises(DatasetError, match="found 0 macro and 2 micro"):
        cross_domain(["a", "b"], ["micro", "micro"])


def test_random_folds_say_that_they_leak():
    folds = make_folds(ProtocolSettings("kfold_random_leaky", k=2), subjects=["a"] * 6, labels=[0] * 6)
    assert {fold.note for fold in folds} == {LEAKY_NOTE}
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(6))


def test_note_of_a_protocol():
    assert protocol_note(ProtocolSettings()) == ""
    assert protocol_note(ProtocolSettings("kfold_random_leaky")) == LEAKY_NOTE
    assert protocol_note(ProtocolSettings("cross_domain", keep_test_subject_macro=True)) == MACRO_NOTE


def test_tests_may_be_limited_to_micro_clips():
    protocol = ProtocolSettings("loso", test_expression="micro")
    folds = make_folds(protocol, subjects=SUBJECTS, labels=[0] * 5, expressions=EXPRESSIONS)
    assert [(f.name, f.train.tolist(), f.test.tolist()) for f in folds] == [
        ("a", [2, 3, 4], [1]),
        ("b", [0, 1, 4], [3]),
    ]
    with pytest.raises(DatasetError, match="hold only macro"):
        make_folds(protocol, subjects=["a", "b"], labels=[0, 0], expressions=["macro", "macro"])
