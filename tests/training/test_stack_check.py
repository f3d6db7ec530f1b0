import numpy as np
import pytest
import torch
from torch import nn

from merflow.models.network import Network
from merflow.training import stacked
from merflow.training.fold_clips import FittedRows
from merflow.training.method import Method
from merflow.training.optimiser import Adam
from merflow.training.resident import Resident
from merflow.training.settings import TrainingSettings
from merflow.training.stack_check import check_stackable
from merflow.training.stacked import Member, Task
from merflow.training.stacking.probe import CannotStackError

CPU = torch.device("cpu")


class Plain(Network):
    """A network that can be stacked; its kinds below cannot, each for one reason."""

    def __init__(self):
        super().__init__()
        self.norm, self.drop, self.linear = nn.BatchNorm1d(6), nn.Dropout(0.5), nn.Linear(6, 3)

    def forward(self, x):
        return self.linear(self.drop(self.norm(x)))


class LooksAtTheBatch(Plain):
    def forward(self, x):
        return super().forward(x) * x.std()


class DropsUnseen(Plain):
    def forward(self, x):
        return super().forward(nn.functional.dropout(x, 0.5, self.training))


class AsksForAValue(Plain):
    def forward(self, x):
        return super().forward(x) if x.sum() > 1e9 else super().forward(2 * x)


class CountsDecide(Plain):
    def class_loss(self, logits, target, weight, *, focal_gamma=0.0):
        return nn.functional.cross_entropy(logits, target, weight, reduction="sum") / len(target)


def check(monkeypatch, network, **settings):
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(9, 6)).astype(np.float32), np.arange(9) % 3
    fitted = FittedRows(np.arange(9), labels, np.zeros((9, 0), dtype=np.uint8), np.zeros(9, dtype=bool))
    resident = Resident(torch.from_numpy(x), torch.zeros((9, 0), dtype=torch.int64))
    monkeypatch.setattr(stacked, "build_model", lambda *_args, **_named: network())
    task = Task(Method("plain", training=TrainingSettings(**settings)), 3, (), CPU)
    check_stackable(Member(fitted, 0), resident, task)


def test_what_can_be_stacked(monkeypatch):
    check(monkeypatch, Plain)


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (LooksAtTheBatch, "its loss differs by"),
        (DropsUnseen, "RuntimeError: vmap"),
        (AsksForAValue, "RuntimeError: vmap"),
        (CountsDecide, "its loss differs by"),
    ],
)
def test_what_cannot_be_stacked_says_why(monkeypatch, network, message):
    with pytest.raises(CannotStackError, match=message):
        check(monkeypatch, network)


@pytest.mark.parametrize("padded", [False, True])
def test_sequences_can_be_stacked_where_no_clip_is_padded(padded):
    rng = np.random.default_rng(0)
    x, count = rng.integers(0, 255, (9, 4, 16, 16, 3)).astype(np.uint8), np.arange(9)
    apex_and_length = np.stack([count % 3, np.where(padded & (count == 8), 3, 4)], 1)
    resident = Resident(torch.from_numpy(x), torch.from_numpy(apex_and_length))
    assert resident.whole == (not padded)
    fitted = FittedRows(count, count % 3, np.zeros((9, 0), dtype=np.uint8), np.zeros(9, dtype=bool))
    params = {"blocks": 2, "layers": 2, "widths": (4, 8), "grid": 2}
    task = Task(Method("atm_gcn", params, training=TrainingSettings()), 3, (), CPU)
    if padded:
        with pytest.raises(CannotStackError, match="RuntimeError: vmap"):
            check_stackable(Member(fitted, 0), resident, task)
    else:
        check_stackable(Member(fitted, 0), resident, task)


def test_pictures_that_are_altered_in_each_step_are_trained_one_by_one(monkeypatch):
    with pytest.raises(CannotStackError, match="altered in each step"):
        check(monkeypatch, Plain, image_augmentation=True)


def test_a_step_that_fails_where_networks_are_trained_is_told_too(monkeypatch):
    def fails(*_):
        raise RuntimeError("no deterministic kernel\nof this operation")

    monkeypatch.setattr(Adam, "step", fails)
    with pytest.raises(CannotStackError, match=r"RuntimeError: no deterministic kernel$"):
        check(monkeypatch, Plain)
