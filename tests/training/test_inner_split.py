import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.errors import ConfigError, DatasetError
from merflow.training.folds import kfold_subject
from merflow.training.inner_split import inner_split

clips = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 2)), min_size=1, max_size=40)


@given(clips, st.integers(2, 5), st.integers(0, 9))
def test_it_is_a_partition_by_subject(rows, folds, seed):
    subjects, labels = np.array([s for s, _ in rows]), np.array([c for _, c in rows])
    if len(set(subjects)) < folds:
        with pytest.raises(DatasetError, match=f"at least {folds} training subjects"):
            inner_split(subjects, labels, folds=folds, seed=seed)
        return
    train, validation = inner_split(subjects, labels, folds=folds, seed=seed)
    assert len(train)
    assert len(validation)
    assert sorted([*train, *validation]) == list(range(len(rows)))
    assert not set(subjects[train]) & set(subjects[validation])
    again = inner_split(subjects.tolist(), labels.tolist(), folds=folds, seed=seed)
    assert [part.tolist() for part in again] == [train.tolist(), validation.tolist()]


@given(clips, st.integers(2, 5), st.integers(0, 9))
def test_every_class_is_fitted_where_a_fold_allows_it(rows, folds, seed):
    subjects, labels = np.array([s for s, _ in rows]), np.array([c for _, c in rows])
    if len(set(subjects)) < folds:
        return
    train, validation = inner_split(subjects, labels, folds=folds, seed=seed)
    splits = kfold_subject(subjects, labels, k=folds, seed=seed)
    assert any(np.array_equal(split.test, validation) for split in splits)
    possible = any(set(labels[split.train]) == set(labels) for split in splits)
    assert (set(labels[train]) == set(labels)) == possible


def test_seeds_in_a_row_leave_out_each_part_in_turn():
    """Sizes differ, so that the seed has no equal subjects to order: the folds are the same for all seeds."""
    subjects = np.repeat(list("abcdef"), [2, 4, 6, 8, 10, 12])
    labels = np.arange(42) % 2
    left_out = [inner_split(subjects, labels, folds=3, seed=seed)[1] for seed in range(4)]
    assert sorted(np.concatenate(left_out[:3])) == list(range(42))
    assert left_out[3].tolist() == left_out[0].tolist()


def test_the_only_subject_of_a_class_is_fitted():
    subjects = np.repeat(list("abcd"), 4)
    labels = np.array([0, 0, 1, 1] * 3 + [0, 0, 1, 2])
    for seed in range(6):
        _, validation = inner_split(subjects, labels, folds=4, seed=seed)
        assert "d" not in subjects[validation]


def test_where_each_fold_takes_a_class_away_the_seed_decides():
    left_out = [inner_split(["a", "b"], [0, 1], folds=2, seed=seed)[1].tolist() for seed in range(8)]
    assert {tuple(rows) for rows in left_out} == {(0,), (1,)}


def test_about_one_subject_in_so_many_validates():
    subjects = np.repeat([f"s{i:02}" for i in range(20)], 3)
    _, validation = inner_split(subjects, np.arange(60) % 3, folds=5, seed=1)
    assert len(set(subjects[validation])) == 4


def test_too_few_subjects_say_what_to_change():
    with pytest.raises(DatasetError, match=r"found 2 \(a, b\)\. Lower training\.inner_folds, or set training\.early"):
        inner_split(["a", "b", "b"], [0, 1, 0], folds=3, seed=0)


def test_one_fold_is_no_split():
    with pytest.raises(ConfigError, match=r"training\.inner_folds: expected at least 2 folds, but found 1"):
        inner_split(["a", "b"], [0, 1], folds=1, seed=0)
