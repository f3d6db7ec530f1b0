"""Which clips stand in the maps of a network's layers: those that it was fitted on, and those that test it."""

import numpy as np

from merflow.artefacts import Examples
from merflow.training.execution import Machine
from merflow.training.fold import run_fold
from merflow.training.method import Method
from merflow.training.settings import ProtocolSettings, TrainingSettings
from merflow.visualization.networks.network_layers import network_layers

PEOPLE = 4


def examples():
    """Each person with two macro clips and then two micro clips, one of each class."""
    clips = 4 * PEOPLE
    return Examples(
        x=np.random.default_rng(0).normal(size=(clips, 3, 3, 4)).astype(np.float32),
        label=np.arange(clips) % 2,
        subject=np.repeat([f"s{person}" for person in range(PEOPLE)], 4),
        clip=np.array([f"c{clip:02d}" for clip in range(clips)]),
        expression=np.tile(["macro", "macro", "micro", "micro"], PEOPLE),
        classes=("negative", "positive"),
        label_set="emotion",
        dims=("clip", "frame", "node", "xyda"),
        edges=((0, 1), (1, 2)),
    )


def layers_of(tmp_path, protocol, **training):
    settings = TrainingSettings(min_epochs=1, min_steps=1, **training)
    run_fold(examples(), "s1", tmp_path, Method("gcn", protocol=protocol, training=settings), machine=Machine("cpu"))
    return network_layers(tmp_path / "weights/seed0.pt", examples())


def test_clips_that_neither_train_nor_test_a_network_are_not_shown_as_training_clips(tmp_path):
    clips, fold = layers_of(tmp_path, ProtocolSettings("cross_domain"))
    assert fold == "s1"
    assert clips.labels.tolist() == [0, 1] * PEOPLE, "macro clips of three, micro clips of one"
    assert np.flatnonzero(clips.left_out).tolist() == [2, 3]
    assert {len(layer) for layer in clips.features} == {2 * PEOPLE}


def test_nor_are_those_by_whom_early_stopping_chose_the_epoch(tmp_path):
    clips, _ = layers_of(tmp_path, ProtocolSettings("loso"), early_stopping=1, inner_folds=3)
    assert (~clips.left_out).sum() == 4 * 2, "of three training subjects one is not fitted on"
    assert clips.left_out.sum() == 4
