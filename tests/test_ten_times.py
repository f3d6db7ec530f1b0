"""tools.scale.ten_times: what it writes is a dataset and an experiment of the size that was asked for."""

from collections import Counter

import pytest
from tools.scale.ten_times import DATASET, EXPERIMENT, write_configuration, write_pictures

from merflow.config import read_config
from merflow.datasets.registry import index_dataset


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the pictures and the configuration of a small run."""
    write_pictures(tmp_path / "pictures", subjects=4, clips=26)
    write_configuration(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_clips_are_dealt_out_to_the_subjects_and_each_has_every_class(folder):
    block = read_config(folder / "config.yaml").datasets[DATASET]
    index = index_dataset(DATASET, block.reader, block.own)
    assert index.exclusions == ()
    assert sorted(Counter(clip.subject for clip in index.clips).values()) == [6, 6, 7, 7]
    of_subject = Counter((clip.subject, clip.emotion) for clip in index.clips)
    assert {subject for subject, _ in of_subject} == {f"s{number:04d}" for number in (1, 2, 3, 4)}
    assert len(of_subject) == 4 * 3


def test_the_experiment_trains_one_epoch_and_one_seed(folder):
    experiment = read_config(folder / "config.yaml").experiment(EXPERIMENT, DATASET)
    assert (experiment.model, experiment.seeds, experiment.datasets) == ("ststnet", (0,), (DATASET,))
    training = experiment.training
    assert (training.min_epochs, training.min_steps, training.oracle_best_epoch) == (1, 1, False)
