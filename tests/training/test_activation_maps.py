from dataclasses import replace

import numpy as np
import pytest
import torch

from merflow.artefacts import Examples, read_examples, write_examples
from merflow.errors import ArtefactError, ConfigError
from merflow.training.activation_maps import activation_maps
from merflow.training.execution import Machine
from merflow.training.fold import run_fold
from merflow.training.grad_cam import SIDE, grad_cam, on_the_picture
from merflow.training.map_settings import ActivationMapSettings
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings
from merflow.training.trained import load_trained

NAMES, FOLDS = ("AU1", "AU4", "AU17", "AU45"), ("s1", "s2", "s3")
SETTINGS = ActivationMapSettings()
METHOD = Method(
    "res3d", {"width": 2, "crop": 34}, training=TrainingSettings(min_epochs=1, min_steps=1, batch_size=4), seeds=(0, 1)
)


def sequences(labels, classes, label_set):
    """Three subjects with four clips of four frames each."""
    x = np.random.default_rng(0).integers(0, 256, (12, 4, 36, 38, 3), dtype=np.uint8)
    subject = np.repeat(FOLDS, 4)
    clip = np.array([f"{own}_a_{number}" for number, own in enumerate(subject)])
    return Examples(
        x, labels, subject, clip, np.full(12, "micro"), classes, label_set,
        ("clip", "frame", "y", "x", "rgb"), apex_and_length=np.tile([[1, 4]], (12, 1)),
    )  # fmt: skip


def of_labels():
    """AU17 is shown by s1 alone, AU45 by nobody."""
    shown = np.zeros((12, 4), dtype=np.uint8)
    shown[::2, 0], shown[::3, 1], shown[:2, 2] = 1, 1, 1
    return sequences(shown, NAMES, "four_units")


def run(examples, folder, method=METHOD):
    path = folder / "examples.h5"
    write_examples(examples, path, dataset="d", experiment="x", params={}, code="", inputs={})
    for fold in FOLDS:
        run_fold(read_examples(path), fold, folder / fold, method, machine=Machine("cpu"))
    return read_examples(path), [folder / fold / "weights" for fold in FOLDS]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    return run(of_labels(), tmp_path_factory.mktemp("labels"))


def by_hand(examples, folders, label):
    """Mean over the clips that show a label, one by one, and over the seeds of the fold that tests each."""
    found = []
    for row in np.flatnonzero(examples.label[:, label]):
        folder = next(folder for folder in folders if folder.parent.name == examples.subject[row])
        for seed in (0, 1):
            net = load_trained(folder / f"seed{seed}.pt").network
            x = torch.from_numpy(examples.x[np.array([row])])
            small = grad_cam(net, [net.layer4], x, torch.zeros(1, 0), outputs=[label])
            found.append(on_the_picture(small, time="mean", scale="each")[0, 0].numpy())
    return np.mean(found, axis=0)


def test_maps_are_means_over_test_clips_that_show_the_label_and_over_seeds(trained):
    examples, folders = trained
    maps = activation_maps(folders, examples, SETTINGS)
    assert maps.clips.tolist() == [6, 4, 0, 0]
    assert (maps.folds, maps.seeds, maps.grid) == (FOLDS, (0, 1), (2, 2))
    for label in (0, 1):
        np.testing.assert_allclose(maps.maps[label], by_hand(examples, folders, label), atol=1e-5)
        assert maps.maps[label].max() > 0
    square = examples.x[np.arange(12)][:, 0, 1:35, 2:36]  # of the onset frame, the middle
    np.testing.assert_allclose(maps.face, square.mean(axis=0, dtype=np.float64))


def test_labels_without_a_clip_or_that_cannot_be_learnt_have_no_map(trained):
    examples, folders = trained
    maps = activation_maps(folders, examples, SETTINGS)
    assert maps.unlearnt.tolist() == [0, 0, 2, 0]  # the network that tests s1 never saw AU17
    assert np.isnan(maps.of("AU17")).all()
    assert np.isnan(maps.of("AU45")).all()
    assert np.isfinite(maps.of("AU4")).all()


def test_twice_the_same_bytes(trained):
    examples, folders = trained
    one, other = (activation_maps(folders, examples, SETTINGS) for _ in range(2))
    assert one.maps.tobytes() == other.maps.tobytes()


def test_one_fold_is_enough_and_settings_count(trained, tmp_path):
    examples, folders = trained
    empty = tmp_path / "s3" / "weights"
    empty.mkdir(parents=True)
    one = activation_maps([folders[1], empty], examples, SETTINGS)
    assert one.folds == ("s2",)
    assert one.clips.tolist() == [2, 1, 0, 0]
    unscaled = activation_maps(folders[1:2], examples, replace(SETTINGS, scale="none"))
    assert not np.allclose(unscaled.maps[0], one.maps[0])
    with pytest.raises(ArtefactError, match="every fold is without clips"):
        activation_maps([empty], examples, SETTINGS)


def test_test_clips_without_any_label_leave_all_maps_empty(trained):
    examples, folders = trained
    without = np.where(examples.subject[:, None] == "s2", 0, examples.label).astype(np.uint8)
    maps = activation_maps(folders[1:2], replace(examples, label=without), SETTINGS)
    assert maps.clips.tolist() == [0, 0, 0, 0]
    assert np.isnan(maps.maps).all()
    assert maps.face.shape == (34, 34, 3)


def test_classes_have_maps_too(tmp_path):
    examples, folders = run(
        sequences(np.arange(12) % 2, ("negative", "positive", "surprise"), "emotion3"),
        tmp_path,
        replace(METHOD, seeds=(0,)),
    )
    maps = activation_maps(folders, examples, SETTINGS)
    assert maps.clips.tolist() == [6, 6, 0]
    assert maps.maps.shape == (3, SIDE, SIDE)


def test_weights_of_another_fold_are_refused(trained, tmp_path):
    examples, folders = trained
    (tmp_path / "s1").mkdir()
    (tmp_path / "s1" / "weights").symlink_to(folders[1])
    with pytest.raises(ArtefactError, match="expected weights of the fold s1, but found those of s2"):
        activation_maps([tmp_path / "s1" / "weights"], examples, SETTINGS)


def test_a_network_without_maps_is_refused(tmp_path):
    pictures = np.random.default_rng(0).random((12, 28, 28, 3), dtype=np.float32)
    flow = replace(
        sequences(np.arange(12) % 2, ("negative", "positive"), "emotion2"),
        x=pictures, dims=("clip", "y", "x", "uvs"), digest=np.array([]),
        apex_and_length=np.zeros((12, 0), dtype=np.int64),
    )  # fmt: skip
    examples, folders = run(flow, tmp_path, replace(METHOD, model="ststnet", model_params={}, seeds=(0,)))
    with pytest.raises(ConfigError, match="shows activation maps, but STSTNet does not"):
        activation_maps(folders, examples, SETTINGS)
