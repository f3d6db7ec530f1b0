"""A batch of one clip: networks that cannot be trained on it say so before anything is trained."""

import numpy as np
import pytest

from merflow.artefacts import Examples, write_examples
from merflow.errors import ConfigError
from merflow.training.batch import train_folds
from merflow.training.execution import Machine
from merflow.training.final import train_final
from merflow.training.learning_curve import train_points
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings
from merflow.training.single_clips import smallest_batch

CPU = Machine("cpu")
MLP = {"region_model": "mlp", "widths": [4, 4], "keep": [512], "region_feature": 4, "gcn_hidden": 4}
PLAIN = {**MLP, "region_model": "gcn", "gcn_batch_norm": False, "gcn_layers": 1}


def point_examples(clips=(3, 3)):
    """Return clips of subjects, as many as are given for each."""
    subjects = np.repeat([f"s{number}" for number in range(1, len(clips) + 1)], clips)
    x = np.random.default_rng(0).normal(size=(len(subjects), 8, 16, 7)).astype(np.float32)
    names = np.array([f"{subject}_a_{row}" for row, subject in enumerate(subjects)])
    return Examples(
        x, np.arange(len(subjects)) % 2, subjects, names, np.full(len(subjects), "micro"), ("negative", "positive"),
        "emotion3", ("clip", "region", "point", "channel"),
    )  # fmt: skip


def method(batch_size, params=MLP, **training):
    settings = TrainingSettings(min_epochs=1, min_steps=1, batch_size=batch_size, **training)
    return Method("lite_point_gcn", params, training=settings, seeds=(0,))


def trained(folder, examples, asked):
    write_examples(examples, folder / "examples.h5", dataset="demo", experiment="x", params={}, code="", inputs={})
    train_folds(folder / "examples.h5", ["s1", "s2"], folder / "folds", asked, code="a", machine=CPU)
    return sorted(path.parent.name for path in (folder / "folds").rglob("predictions.csv"))


@pytest.mark.parametrize("batch_size", [1, 2])
def test_a_network_that_needs_two_clips_a_batch_is_refused_before_any_fold_is_trained(tmp_path, batch_size):
    message = (
        rf"training\.batch_size: expected 3 or more for lite_point_gcn, .* but found {batch_size}: of the 3 clips that "
        r"the fold s\d trains on, .* Set training\.batch_size: 3 or more in config\.yaml\."
    )
    clips = (3, 4) if batch_size == 2 else (3, 3)  # s1 trains on four clips, which batches of two hold evenly
    with pytest.raises(ConfigError, match=message):
        trained(tmp_path, point_examples(clips), method(batch_size))
    assert not list((tmp_path / "folds").rglob("predictions.csv"))


@pytest.mark.parametrize(("clips", "batch_size"), [((4, 4), 2), ((3, 3), 3), ((4, 4), 3)])
def test_batches_of_two_and_more_are_trained(tmp_path, clips, batch_size):
    assert trained(tmp_path, point_examples(clips), method(batch_size)) == ["s1", "s2"]


def test_a_network_that_takes_one_clip_is_trained_on_one(tmp_path):
    assert trained(tmp_path, point_examples(), method(1, PLAIN)) == ["s1", "s2"]


def test_the_final_network_and_learning_curves_are_refused_too(tmp_path):
    with pytest.raises(ConfigError, match=r"of the 5 clips that the fold .* trains on"):
        next(train_final(point_examples((3, 2)), method(2), machine=CPU))
    examples = point_examples((3, 3, 3, 3))
    write_examples(examples, tmp_path / "examples.h5", dataset="demo", experiment="x", params={}, code="", inputs={})
    with pytest.raises(ConfigError, match=r"training\.batch_size: expected 3 or more"):
        next(train_points(tmp_path / "examples.h5", method(1), draw=0, points=2, machine=CPU))


@pytest.mark.parametrize("batch_size", [3, 4, 5, 24])
def test_two_clips_and_more_never_leave_one(batch_size):
    settings = TrainingSettings(batch_size=batch_size)
    assert min(smallest_batch(clips, settings) for clips in range(2, 200)) > 1
    assert smallest_batch(31, TrainingSettings(batch_size=2)) == 1
