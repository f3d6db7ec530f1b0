"""Sampling: against a plain stable sort, and what each selection promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.seeds import clip_generator
from merflow.stages.regions.sampling import sample_region, top_k


@given(keys=st.lists(st.integers(0, 6), min_size=1, max_size=60), k=st.integers(1, 70))
def test_top_k_equals_a_stable_descending_sort_ties_included(keys, k):
    expected = sorted(range(len(keys)), key=lambda i: -keys[i])[:k]  # Python's sort is stable
    assert top_k(np.array(keys), k).tolist() == expected


def test_top_k_of_many_equals_argsort():
    keys = np.random.default_rng(0).random(50_000)
    np.testing.assert_array_equal(top_k(keys, 1024), np.argsort(-keys, kind="stable")[:1024])
    few_values = np.floor(keys * 200)
    np.testing.assert_array_equal(top_k(few_values, 1024), np.argsort(-few_values, kind="stable")[:1024])


@pytest.fixture
def cloud():
    rng = np.random.default_rng(0)
    return {"motion": rng.normal(size=(400, 3)), "xyz": rng.normal(size=(400, 3))}


@pytest.fixture
def members():
    return np.arange(50, 350, 3)


def choose(members, cloud, selection, k, seed=0):
    return sample_region(members, k=k, selection=selection, rng=clip_generator("s1_a_9", seed), **cloud)


def test_sort_takes_the_longest_motion_first(members, cloud):
    rows = choose(members, cloud, "sort", 30)
    length = np.linalg.norm(cloud["motion"], axis=1)
    assert (np.diff(length[rows]) <= 0).all()
    assert set(rows) <= set(members)
    assert length[rows].min() >= np.delete(length[members], np.searchsorted(members, np.sort(rows))).max()


def test_center_takes_the_nearest_to_the_middle_first(members, cloud):
    rows = choose(members, cloud, "center", 30)
    distance = np.linalg.norm(cloud["xyz"] - cloud["xyz"][members].mean(axis=0), axis=1)
    assert (np.diff(distance[rows]) >= 0).all()
    assert distance[rows].max() == np.sort(distance[members])[29]


def test_random_depends_on_clip_and_seed_alone(members, cloud):
    rows = choose(members, cloud, "random", 60)
    assert len(set(rows)) == 60
    assert set(rows) <= set(members)
    np.testing.assert_array_equal(rows, choose(members, cloud, "random", 60))
    assert (rows != choose(members, cloud, "random", 60, seed=1)).any()
    other = sample_region(members, k=60, selection="random", rng=clip_generator("s1_a_8", 0), **cloud)
    assert (rows != other).any()


@pytest.mark.parametrize("selection", ["sort", "center", "random"])
def test_a_small_region_repeats_in_its_own_order(members, cloud, selection):
    rows = choose(members[:7], cloud, selection, 20)
    assert len(set(rows[:7])) == 7
    np.testing.assert_array_equal(rows, [*rows[:7], *rows[:7], *rows[:6]])


@pytest.mark.parametrize("selection", ["sort", "center"])
def test_fewer_points_are_the_first_of_more(members, cloud, selection):
    np.testing.assert_array_equal(choose(members, cloud, selection, 20), choose(members, cloud, selection, 60)[:20])
