import numpy as np
import pytest
import torch

from merflow.artefacts import Examples, read_examples, write_examples
from merflow.training.execution import Machine
from merflow.training.fold import run_fold
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings

PATH_EDGES = ((0, 1), (1, 2), (2, 3), (3, 4))
GTS_GN = {"fusion": 1, "widths": [4, 4, 6]}


@pytest.fixture(autouse=True, scope="package")
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="package")
def graph_examples():
    """Two subjects with six clips each; a path of five nodes in three frames, and two action units."""
    rng = np.random.default_rng(0)
    subjects = np.repeat(["s1", "s2"], 6)
    labels = np.tile([0, 0, 1], 4)
    x = rng.normal(size=(12, 3, 5, 4)).astype(np.float32)
    clips = np.array([f"{subject}_a_{i}" for i, subject in enumerate(subjects)])
    return Examples(
        x, labels, subjects, clips, np.full(12, "micro"), ("negative", "positive"), "emotion3",
        ("clip", "frame", "node", "xyda"), aus=np.tile([[1, 0], [1, 0], [0, 1]], (4, 1)).astype(np.uint8),
        aus_known=np.ones(12, dtype=bool), au_numbers=(4, 12), edges=PATH_EDGES,
    )  # fmt: skip


@pytest.fixture(scope="package")
def train_graphs(graph_examples, tmp_path_factory):
    """Return a function that trains a network on both folds and returns its weights files, by fold and seed."""

    def train(model, params, examples=graph_examples, *, seeds=(0, 1), **training):
        folder = tmp_path_factory.mktemp(model)
        write_examples(examples, folder / "examples.h5", dataset="demo", experiment="x", params={}, code="", inputs={})
        settings = TrainingSettings(**{"min_epochs": 2, "min_steps": 6, **training})
        for fold in ("s1", "s2"):
            run_fold(
                read_examples(folder / "examples.h5"), fold, folder / fold,
                Method(model, params, training=settings, seeds=seeds), machine=Machine("cpu"),
            )  # fmt: skip
        return [folder / fold / "weights" / f"seed{seed}.pt" for fold in ("s1", "s2") for seed in seeds]

    return train


@pytest.fixture(scope="package")
def gts_gn_weights(train_graphs):
    return train_graphs("gts_gn", GTS_GN)
