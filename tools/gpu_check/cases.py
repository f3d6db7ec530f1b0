"""The networks that are measured: methods of the shipped experiments, on examples of the size of CAS(ME)^3.

The methods stand here too, since a machine that has a GPU may have no YAML; a test compares them with the experiments.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from merflow.training.fold_clips import FittedRows
from merflow.training.method import Method
from merflow.training.resident import Resident
from merflow.training.settings import TrainingSettings, schedule_length
from merflow.training.stacked import Member

SUBJECTS, CLIPS, SEEDS, CLASSES = 94, 860, 3, 3
"""Of CAS(ME)^3, micro-expressions; leaving one subject out makes 282 trainings."""


@dataclass(frozen=True, slots=True)
class Case:
    """One network and its examples.

    Parameters
    ----------
    method : Method
    shape : tuple of int
        Of an example.
    experiment, dataset : str
        Whose method it is.
    units, nodes : int
        Action units, and nodes of a graph; 0 for none.
    clips, subjects : int
        Examples that are made.
    fitted : int
        Clips that the comparison with the CPU is trained on.
    """

    method: Method
    shape: tuple[int, ...]
    experiment: str
    dataset: str = "casme3"
    units: int = 0
    nodes: int = 0
    clips: int = CLIPS
    subjects: int = SUBJECTS
    fitted: int = 72

    @property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """Pairs of nodes: a path."""
        return tuple((node, node + 1) for node in range(self.nodes - 1))


def cases() -> list[Case]:
    """Return what is measured, in this order."""
    flow = TrainingSettings(min_steps=400, oracle_best_epoch=True)
    landmarks = TrainingSettings(min_epochs=1, min_steps=400, batch_size=32)
    sequences = TrainingSettings(
        loss="focal", optimiser="adamw", learning_rate=1e-4, schedule="exponential", batch_size=16, min_epochs=50,
        min_steps=0, oracle_best_epoch=True,
    )  # fmt: skip
    return [
        Case(_method("ststnet", flow), (28, 28, 3), "ststnet"),
        Case(_method("off_apexnet", flow), (28, 28, 3), "off_apexnet"),
        Case(_method("gts_gn", landmarks), (3, 14, 4), "gts_gn", dataset="casme2", units=10, nodes=14),
        Case(_method("lite_point_gcn", TrainingSettings()), (8, 1024, 6), "lite_point_gcn"),
        Case(_method("atm_gcn", sequences), (16, 224, 224, 3), "atm_gcn", clips=48, subjects=6, fitted=32),
    ]


def tiny(case: Case) -> Case:
    """Return a case that runs on a CPU in a second."""
    small: Mapping[str, Mapping[str, Any]] = {
        "off_apexnet": {"filters": (2, 4), "hidden": (16, 16)},
        "gts_gn": {"fusion": 1, "widths": (4, 4, 6)},
        "lite_point_gcn": {"widths": (8, 8, 8), "region_feature": 8, "gcn_hidden": 16},
        "atm_gcn": {"blocks": 2, "layers": 2, "widths": (4, 8), "grid": 2},
    }
    shape = {(8, 1024, 6): (8, 32, 6), (16, 224, 224, 3): (4, 32, 32, 3)}.get(case.shape, case.shape)
    training = replace(case.method.training, min_epochs=2, min_steps=2, batch_size=8)
    method = replace(case.method, model_params=small.get(case.method.model, {}), training=training)
    return replace(case, method=method, shape=shape, clips=26, subjects=4, fitted=14)


@dataclass(frozen=True, slots=True)
class Data:
    """Examples of a case, drawn at random, with something to learn.

    Attributes
    ----------
    x : ndarray of shape (clips, ...), float32, or uint8 for pictures
    labels, subjects : ndarray of shape (clips,), int64
    aus : ndarray of shape (clips, units), uint8
    apex_and_length : ndarray of shape (clips, 2) or (clips, 0), int64
    """

    x: NDArray[np.float32] | NDArray[np.uint8]
    labels: NDArray[np.int64]
    subjects: NDArray[np.int64]
    aus: NDArray[np.uint8]
    apex_and_length: NDArray[np.int64]

    @classmethod
    def of(cls, case: Case) -> "Data":
        """Return the same examples each time."""
        rng = np.random.default_rng(0)
        labels = rng.integers(0, CLASSES, case.clips)
        x = rng.standard_normal((case.clips, *case.shape), dtype=np.float32)
        x[..., 0] += (labels - 1).reshape(-1, *[1] * (x.ndim - 2)) / 4
        sequences = len(case.shape) == 4
        if sequences:
            x = np.clip(128 + 30 * x, 0, 255).astype(np.uint8)
        apex = np.array([[case.shape[0] // 2, case.shape[0]]] * case.clips if sequences else np.zeros((case.clips, 0)))
        subjects = np.sort(np.r_[: case.subjects, rng.integers(0, case.subjects, case.clips - case.subjects)])
        aus = (rng.random((case.clips, case.units)) < 0.3).astype(np.uint8)
        return cls(x, labels, subjects, aus, apex.astype(np.int64))

    def resident(self, device: torch.device) -> Resident:
        """Return the examples on a device."""
        return Resident(torch.from_numpy(self.x).to(device), torch.from_numpy(self.apex_and_length).to(device))

    def fit(self, rows: NDArray[np.int64]) -> FittedRows:
        """Return what is fitted of some rows."""
        known, numbers = np.ones(len(rows), dtype=np.bool_), tuple(range(1, 1 + self.aus.shape[1]))
        return FittedRows(rows, self.labels[rows], self.aus[rows], known, numbers)

    def members(self, method: Method) -> list[Member]:
        """Return the trainings of all folds and seeds that have as many epochs and batches as most of them."""
        fits = [self.fit(np.flatnonzero(self.subjects != subject)) for subject in np.unique(self.subjects)]
        lengths = [schedule_length(len(fit.rows), method.training) for fit in fits]
        most = max(lengths, key=lengths.count)
        alike = [fit for fit, length in zip(fits, lengths, strict=True) if length == most]
        return [Member(fit, seed) for fit in alike for seed in range(SEEDS)]


def _method(model: str, training: TrainingSettings) -> Method:
    return Method(model, training=training, seeds=tuple(range(SEEDS)))
