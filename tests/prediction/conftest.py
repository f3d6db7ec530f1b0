"""A final model that takes no workflow to make: two seeds of GTS-GN on random graphs."""

from pathlib import Path

import numpy as np
import pytest

from merflow.artefacts import Examples
from merflow.config import read_config
from merflow.evaluation.rows import MetricRow, Scope
from merflow.prediction.made import complete
from merflow.prediction.planned import about_planned
from merflow.training.execution import Machine
from merflow.training.final import train_final
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings

METHOD = Method(
    "gts_gn", {"fusion": 1, "widths": [4, 4]}, training=TrainingSettings(min_epochs=1, min_steps=1), seeds=(0, 1)
)
TOLD = {"metric": "UF1", "n": 12, "protocol": "loso"}
METRICS = (
    MetricRow(**TOLD, scope=Scope.POOLED, value=0.5, ci_low=0.4, ci_high=0.6, note="as told"),
    MetricRow(**TOLD, scope=Scope.ORACLE, value=0.9, note="LEAK: chosen"),
)


@pytest.fixture(scope="session")
def shipped():
    """The shipped configuration."""
    return read_config(Path(__file__).parents[2] / "config.yaml")


@pytest.fixture(scope="session")
def graphs():
    """Two subjects with six clips each; a path of five nodes in three frames, and two action units."""
    rng = np.random.default_rng(0)
    return Examples(
        rng.normal(size=(12, 3, 5, 4)).astype(np.float32), np.tile([0, 0, 1], 4), np.repeat(["s1", "s2"], 6),
        np.array([f"clip{i}" for i in range(12)]), np.full(12, "micro"), ("negative", "positive"), "emotion3",
        ("clip", "frame", "node", "xyda"), aus=np.tile([[1, 0], [1, 0], [0, 1]], (4, 1)).astype(np.uint8),
        aus_known=np.ones(12, dtype=bool), au_numbers=(4, 12), edges=((0, 1), (1, 2), (2, 3), (3, 4)),
    )  # fmt: skip


@pytest.fixture(scope="session")
def about(shipped, graphs):
    """What the model says of itself."""
    made_of = {"settings": {}, "versions": {"torch": "2"}, "examples": graphs.content(), "code": "c"}
    planned = about_planned(shipped, "gts_gn", "demo")
    return complete(planned, graphs, METHOD, metrics=METRICS, made_of=made_of, files=[])


@pytest.fixture(scope="session")
def networks(graphs):
    """Its networks."""
    return list(train_final(graphs, METHOD, machine=Machine("cpu")))
