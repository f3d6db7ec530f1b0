import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.config import read_config
from merflow.errors import ConfigError
from merflow.models.declared import NETWORKS, Declared
from merflow.plan import batches, folds_in_a_job, folds_of_batch
from merflow.plan.batches import BATCH, LEAST_JOBS, MOST_JOBS, START_S, START_SHARE, fold_seconds

ROOT = Path(__file__).parents[2]
FOLDS = [f"s{number}" for number in range(1, 8)]


def test_batches_by_hand():
    assert batches(FOLDS, a_job=3) == {
        "s1": "1-3", "s2": "1-3", "s3": "1-3", "s4": "4-6", "s5": "4-6", "s6": "4-6", "s7": "7",
    }  # fmt: skip


@given(folds=st.lists(st.text("abc.", min_size=1), unique=True, max_size=30), size=st.integers(1, 12))
def test_each_fold_is_in_one_batch_that_its_name_gives_back(folds, size):
    found = batches(folds, a_job=size)
    assert set(found) == set(folds)
    for batch in set(found.values()):
        members = [fold for fold in folds if found[fold] == batch]
        assert len(members) <= size
        assert re.fullmatch(BATCH, batch)
        assert folds_of_batch(folds, batch) == members


CONFIG = read_config(ROOT / "config.yaml")


def experiment(name, dataset, **training):
    found = CONFIG.experiment(name, dataset)
    return replace(found, training=replace(found.training, **training))


def test_a_baseline_is_one_job_and_a_network_as_many_as_it_is_asked_for():
    assert folds_in_a_job(experiment("ststnet", "demo", folds_per_job=7), folds=68, clips=442) == 7
    assert folds_in_a_job(experiment("lite_point_gcn", "casme3", folds_per_job=94), folds=94, clips=699) == 94
    assert CONFIG.experiment("flow_svm", "casme3").is_baseline
    assert folds_in_a_job(CONFIG.experiment("flow_svm", "casme3"), folds=94, clips=699) == 94


def test_seconds_of_a_fold_by_hand():
    """STSTNet, .1 ms a clip: 699 clips in batches of 24 are 30 steps, 400 take 14 epochs, 30 at least; three seeds."""
    assert fold_seconds(experiment("ststnet", "casme3"), clips=699) == pytest.approx(3 * 30 * 699 * 0.1e-3)


@pytest.mark.parametrize(
    ("name", "folds", "clips", "expected"),
    [("ststnet", 94, 699, 8), ("ststnet", 16, 164, 4), ("ststnet", 3, 30, 1), ("lite_point_gcn", 94, 699, 1)],
    ids=["5 %", "four jobs", "fewer folds than four", "long folds"],
)
def test_short_folds_share_a_job_by_default(name, folds, clips, expected):
    chosen = experiment(name, "casme3")
    found = folds_in_a_job(chosen, folds=folds, clips=clips)
    assert found == expected
    share = [START_S / (START_S + count * fold_seconds(chosen, clips=clips)) for count in (found, found - 1)]
    if 1 < found < folds // LEAST_JOBS:
        assert share[0] <= START_SHARE < share[1]


@pytest.mark.parametrize(("folds", "in_a_job"), [(256, 1), (257, 2), (940, 4)])
def test_many_long_folds_are_divided_into_a_bounded_number_of_jobs(folds, in_a_job):
    assert folds_in_a_job(experiment("lite_point_gcn", "casme3"), folds=folds, clips=8600) == in_a_job
    assert len(set(batches([str(fold) for fold in range(folds)], a_job=in_a_job).values())) <= MOST_JOBS


def test_a_network_that_declares_no_time_has_a_job_for_each_fold(monkeypatch):
    module = sys.modules[folds_in_a_job.__module__]
    monkeypatch.setattr(module, "network_named", lambda name: Declared(source=name, name=name, reads=()))
    assert folds_in_a_job(experiment("ststnet", "casme3"), folds=94, clips=699) == 1


def test_every_network_of_merflow_declares_its_time():
    assert all(network.clip_ms > 0 for network in NETWORKS.values())


def test_94_folds_of_10_are_10_jobs():
    folds = [f"spNO.{number}" for number in range(94)]
    assert len(set(batches(folds, a_job=10).values())) == 10


@pytest.mark.parametrize("batch", ["", "0-2", "3-1", "1.3", "8", "7-8", "x", "1--2", "1-2-3"])
def test_a_name_of_no_batch_is_refused(batch):
    with pytest.raises(ConfigError, match="expected the first and last position of folds from 1 to 7, such as 1-3"):
        folds_of_batch(FOLDS, batch)
