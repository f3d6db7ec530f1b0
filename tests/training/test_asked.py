"""Examples that were not built as the training asks are refused before anything is trained."""

import dataclasses

import numpy as np
import pytest

from merflow.artefacts import Examples, read_examples, write_examples
from merflow.errors import ConfigError
from merflow.training.asked import check_as_asked
from merflow.training.execution import Machine
from merflow.training.fold import run_fold
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings

DIMS = {
    "points": ("clip", "region", "sample", "xyzuvz"), "a graph": ("clip", "frame", "node", "xyda"),
    "a flow image": ("clip", "image_y", "image_x", "uvs"), "a picture": ("clip", "aligned_y", "aligned_x", "rgb"),
}  # fmt: skip
SHAPES = {"points": (8, 16, 6), "a graph": (3, 14, 4), "a flow image": (28, 28, 3), "a picture": (28, 28, 3)}


def examples(kind="points", copy_of=()):
    x = np.random.default_rng(0).normal(size=(4, *SHAPES[kind])).astype(np.float32)
    names = np.array(list("abcd"))
    return Examples(
        x, np.array([0, 1, 0, 1]), np.array(list("ppqq")), names, np.full(4, "micro"), ("n", "p"), "emotion2",
        DIMS[kind], copies=-x[list(copy_of)], copy_of=np.array(copy_of, dtype=np.int64),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        (examples(), {}),
        (examples(), {"train_points": 16}),
        (examples(copy_of=[0, 1, 2, 3]), {"mirror": True}),
        (examples("a picture"), {"image_augmentation": True}),
        (examples("a graph", copy_of=[0, 0, 3]), {}),
    ],
)
def test_what_was_built_as_asked_passes(given, settings):
    check_as_asked(given, TrainingSettings(**settings))


@pytest.mark.parametrize(
    ("given", "settings", "message"),
    [
        (examples(), {"train_points": 8}, r"train_points: .* with 8 points, but found \(8, 16, 6\)\. Build"),
        (examples("a graph"), {"train_points": 3}, r"train_points: expected examples of shape \(8, points, 5 or 6\)"),
        (examples(), {"mirror": True}, "mirror: true: expected .* each of the 4 clips, but found mirror images of 0"),
        (examples(copy_of=[0, 1]), {"mirror": True}, "but found mirror images of 2"),
        (examples("a graph", copy_of=[0, 1, 2, 3]), {"mirror": True}, r"mirror: true: .* but found \(3, 14, 4\)"),
        (examples(copy_of=[0, 1, 2, 3]), {}, "mirror: false: expected .* no mirror image .* found mirror images of 4"),
        (examples("a flow image"), {"image_augmentation": True}, "expected pictures, .* found .* image_x, uvs"),
        (examples("a graph"), {"image_augmentation": True}, "Set image_augmentation: false"),
    ],
)
def test_what_was_built_otherwise_is_refused(given, settings, message):
    with pytest.raises(ConfigError, match=rf"training\..*{message}"):
        check_as_asked(given, TrainingSettings(**settings))


def test_a_fold_asks_before_it_trains_and_a_baseline_never(tmp_path):
    path = tmp_path / "examples.h5"
    write_examples(examples(), path, dataset="d", experiment="e", params={}, code="", inputs={})
    training = TrainingSettings(mirror=True)
    with pytest.raises(ConfigError, match=r"training\.mirror"):
        run_fold(read_examples(path), "p", tmp_path / "p", Method("lite_point_gcn", training=training))
    assert not (tmp_path / "p").exists()
    run_fold(read_examples(path), "p", tmp_path / "p", Method("majority", training=training))


def test_mirror_images_train_beside_the_clips_and_are_never_tested(tmp_path):
    """The same training clips with other mirror images give other weights; those of the test subject give the same."""
    weights, small = [], {"widths": [8, 8, 8], "region_feature": 8, "gcn_hidden": 8}
    training = TrainingSettings(mirror=True, min_epochs=1, min_steps=1)
    for number, changed in enumerate([None, [2, 3], [0, 1]]):
        given = examples(copy_of=[0, 1, 2, 3])
        if changed:
            copies = given.copies.copy()
            copies[changed] *= 2
            given = dataclasses.replace(given, copies=copies, copy_digest=np.array([]))
        path = tmp_path / str(number) / "examples.h5"
        write_examples(given, path, dataset="d", experiment="e", params={}, code="", inputs={})
        run_fold(
            read_examples(path), "q", path.parent, Method("lite_point_gcn", small, training=training),
            machine=Machine("cpu"),
        )  # fmt: skip
        weights.append((path.parent / "weights/seed0.pt").read_bytes())
    assert weights[0] == weights[1] != weights[2]
