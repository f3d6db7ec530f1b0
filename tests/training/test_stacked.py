"""Networks side by side against the same networks one by one.

In double precision the two agree to 1e-9 after whole trainings, so that what differs in single precision is rounding.
"""

import numpy as np
import pytest
import torch
from torch import nn

from merflow.errors import MerflowError
from merflow.models.registry import build_model
from merflow.training import loop, stacked, target
from merflow.training.callbacks import EarlyStopping, Oracle
from merflow.training.clips import Clips, TrainingClips
from merflow.training.fold_clips import FittedRows
from merflow.training.loop import predict, train
from merflow.training.method import Method
from merflow.training.resident import Resident
from merflow.training.settings import TrainingSettings
from merflow.training.stack_check import check_stackable
from merflow.training.stacked import Member, Task, train_stack
from merflow.training.stacking.probe import CannotStackError
from merflow.training.weights import class_weights, positive_weights

CPU = torch.device("cpu")
PATH = ((0, 1), (1, 2), (2, 3), (3, 4))
CLIPS, CLASSES = 40, 3
POINTS = {"widths": (8, 8, 8), "region_feature": 8, "gcn_hidden": 16, "gcn_layers": 2}
NETWORKS = {
    "ststnet": ("ststnet", (28, 28, 3), {}),
    "off_apexnet": ("off_apexnet", (28, 28, 3), {"filters": (2, 4), "hidden": (16, 16)}),
    "lite_point_gcn": ("lite_point_gcn", (8, 32, 6), POINTS),
    "lite_point_gcn mlp": ("lite_point_gcn", (8, 32, 6), POINTS | {"region_model": "mlp"}),
    "gts_gn": ("gts_gn", (3, 5, 4), {"fusion": 1, "widths": (4, 4, 6)}),
    "ss_gn": ("ss_gn", (3, 5, 4), {"widths": (4, 6), "learnable_adjacency": True}),
    "gcn": ("gcn", (3, 5, 4), {"widths": (4, 6)}),
    "atm_gcn": ("atm_gcn", (4, 16, 16, 3), {"blocks": 2, "layers": 2, "widths": (4, 8), "grid": 2, "dropout": 0.2}),
}


class Case:
    """Clips of a network, folds that leave out 4, 6 or 9 of them, and what is trained on them."""

    def __init__(self, network, dtype=np.float32, **settings):
        model, shape, params = NETWORKS[network]
        rng = np.random.default_rng(0)
        self.labels = rng.integers(0, CLASSES, CLIPS)
        self.x = (rng.normal(size=(CLIPS, *shape)) + (self.labels - 1).reshape(-1, *[1] * len(shape)) / 2).astype(dtype)
        self.aus = rng.integers(0, 2, (CLIPS, 2 if model == "gts_gn" else 0)).astype(np.uint8)
        self.known = rng.random(CLIPS) > 0.2
        self.au_numbers = (4, 12) if model == "gts_gn" else ()
        self.edges = PATH if model in ("gts_gn", "ss_gn", "gcn") else ()
        apex = np.stack([rng.integers(0, 4, CLIPS), np.full(CLIPS, 4)], 1)
        self.apex = apex if model == "atm_gcn" else np.zeros((CLIPS, 0), dtype=np.int64)
        settings = {"min_epochs": 2, "min_steps": 1, "batch_size": 13, "warmup_steps": 2} | settings
        self.method = Method(model, params, training=TrainingSettings(**settings))
        self.folds = [(np.arange(left, CLIPS), np.arange(left)) for left in (4, 6, 9)]
        self.tasks = [(fold, seed) for fold in self.folds for seed in (0, 1)]

    def one_by_one(self, callbacks=lambda _: ()):
        found = []
        for (rows, test), seed in self.tasks:
            clips = TrainingClips(
                self.x[rows], self.labels[rows], aus=self.aus[rows], aus_known=self.known[rows],
                au_numbers=self.au_numbers, edges=self.edges, apex_and_length=self.apex[rows],
            )  # fmt: skip
            own = callbacks(test)
            found.append(train(clips, self.method, classes=CLASSES, seed=seed, device=CPU, callbacks=own))
        return found

    def member(self, rows, seed, callbacks=()):
        fitted = FittedRows(rows, self.labels[rows], self.aus[rows], self.known[rows], self.au_numbers)
        return Member(fitted, seed, callbacks)

    @property
    def resident(self):
        return Resident(torch.from_numpy(self.x), torch.from_numpy(self.apex))

    @property
    def task(self):
        return Task(self.method, CLASSES, self.edges, CPU)

    def side_by_side(self, callbacks=lambda _: ()):
        members = [self.member(rows, seed, callbacks(test)) for (rows, test), seed in self.tasks]
        return train_stack(members, self.resident, self.task)

    def early_stopping(self, test):
        clips = Clips(self.x[test], self.labels[test])
        own = EarlyStopping(clips, patience=2, class_weight=None, gamma=0.0, device=CPU)
        return own, Oracle(clips, device=CPU)


@pytest.fixture
def double(monkeypatch):
    """Train in double precision."""
    for module in (loop, stacked):
        monkeypatch.setattr(module, "build_model", lambda *args, **named: build_model(*args, **named).double())
    for weights in (class_weights, positive_weights):
        in_double = lambda *args, of=weights: of(*args).astype(np.float64)  # noqa: E731
        monkeypatch.setattr(target, weights.__name__, in_double)


def compare(ones, stack, *, weights, history):
    for one, other in zip(ones, stack, strict=True):
        expected, found = one.model.state_dict(), other.model.state_dict()
        assert list(found) == list(expected)
        for name, value in expected.items():
            torch.testing.assert_close(found[name], value, rtol=weights, atol=weights)
        assert [list(row) for row in other.history] == [list(row) for row in one.history]
        for row, own in zip(other.history, one.history, strict=True):
            assert row == pytest.approx(own, rel=history, abs=history)


@pytest.mark.parametrize("network", NETWORKS)
def test_side_by_side_is_one_by_one(network, double):
    """Folds of 36, 34 and 31 clips, two seeds: batches of 12 and fewer, dropout, class weights, action units."""
    case = Case(network, np.float64, loss="focal" if network == "gcn" else "cross_entropy", min_epochs=3)
    if case.x.shape[-1] == 3:  # pictures: slower than the others
        case.tasks = case.tasks[1:4]
    compare(case.one_by_one(), case.side_by_side(), weights=1e-9, history=1e-6)


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_learns_labels_that_are_told_one_by_one(network):
    case = Case(network, min_epochs=6, batch_size=40, learning_rate=3e-3)
    case.labels = (np.random.default_rng(1).random((CLIPS, CLASSES)) < (0.5, 0.3, 0.2)).astype(np.uint8)
    case.tasks = case.tasks[:1]
    (trained,) = case.one_by_one()
    losses = [row["loss"] for row in trained.history]
    assert min(losses[1:]) < losses[0]
    scores = predict(trained.model, case.x, CPU, apex_and_length=case.apex, target=target.EACH)
    assert scores.shape == (CLIPS, CLASSES)
    assert ((scores > 0) & (scores < 1)).all()
    assert np.abs(scores.sum(1) - 1).max() > 0.01  # no shares of one


@pytest.mark.parametrize("network", ["lite_point_gcn", "gcn", "gts_gn"])
def test_labels_that_are_told_one_by_one_side_by_side(network, double):
    case = Case(network, np.float64, loss="focal" if network == "gcn" else "cross_entropy", min_epochs=3)
    shown = np.random.default_rng(1).random((CLIPS, CLASSES)) < (0.5, 0.3, 0.2)
    case.labels = shown.astype(np.uint8)
    compare(case.one_by_one(), case.side_by_side(), weights=1e-9, history=1e-6)


@pytest.mark.parametrize("network", NETWORKS)
def test_in_single_precision_they_differ_by_rounding(network):
    case = Case(network, optimiser="adamw" if network == "ststnet" else "adam")
    case.tasks = case.tasks[1:4]
    ones, stack = case.one_by_one(), case.side_by_side()
    compare(ones, stack, weights=1e-3, history=1e-4)
    for one, other in zip(ones, stack, strict=True):
        np.testing.assert_allclose(
            *(predict(trained.model, case.x, CPU, apex_and_length=case.apex) for trained in (other, one)),
            rtol=0, atol=1e-4,
        )  # fmt: skip


def test_the_shares_of_both_losses_change_from_epoch_to_epoch(double):
    shares = {"au_beta": 0.5, "au_step_epochs": 2, "au_total": 0.6}
    case = Case("gts_gn", np.float64, min_epochs=4, **shares)
    case.tasks = case.tasks[1:3]
    ones = case.one_by_one()
    compare(ones, case.side_by_side(), weights=1e-9, history=1e-6)
    for other in (Case("gts_gn", np.float64, min_epochs=4), Case("gts_gn", np.float64, min_epochs=4, au_beta=0.5)):
        other.tasks = case.tasks[:1]
        assert abs(other.one_by_one()[0].history[-1]["loss"] - ones[0].history[-1]["loss"]) > 0.05


def test_each_network_stops_when_its_own_callback_has_enough(double):
    case = Case("gcn", np.float64, min_epochs=12, learning_rate=3e-2)
    ones, stack = case.one_by_one(case.early_stopping), case.side_by_side(case.early_stopping)
    assert len({len(one.history) for one in ones}) > 2, "the stack goes on without some of its networks"
    assert {"inner_loss", "test_accuracy", "kept"} <= ones[0].history[0].keys()
    compare(ones, stack, weights=1e-9, history=1e-6)


def test_a_network_that_diverges_takes_no_other_with_it():
    case = Case("gts_gn")
    case.x[3] = np.inf
    case.tasks = [((np.arange(4, CLIPS), None), 0), ((np.arange(3, CLIPS), None), 0), ((np.arange(5, CLIPS), None), 1)]
    first, wrong, last = case.side_by_side()
    assert isinstance(wrong, MerflowError)
    assert "expected a finite loss, but found nan in epoch 1" in str(wrong)
    case.tasks = [case.tasks[0], case.tasks[2]]
    compare(case.one_by_one(), [first, last], weights=1e-3, history=1e-4)


def test_the_networks_are_whole_and_free_afterwards():
    """Each has memory of its own, so that a file of weights holds one network; torch's random state is untouched."""
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    found = Case("ststnet").side_by_side()
    assert torch.equal(torch.rand(3), expected)
    for trained in found:
        for value in trained.model.state_dict().values():
            assert value.untyped_storage().nbytes() == value.nbytes
        assert not trained.model.training
        assert all(isinstance(parameter, nn.Parameter) for parameter in trained.model.parameters())


def test_members_of_other_schedules_are_refused():
    case = Case("gcn")
    members = [case.member(np.arange(count), 0) for count in (39, 40)]
    with pytest.raises(ValueError, match=r"found \[\(2, 3\), \(2, 4\)\]"):
        train_stack(members, case.resident, case.task)


def test_sgd_with_a_stepped_rate_is_stacked_too():
    case = Case("ststnet", np.float32, optimiser="sgd", schedule="step", step_epochs=1, learning_rate=0.01)
    case.tasks = case.tasks[1:4]
    compare(case.one_by_one(), case.side_by_side(), weights=1e-3, history=1e-4)


def test_a_network_that_crops_at_random_is_trained_one_by_one():
    """Its step draws places, and what a stack draws would not be what each network draws by itself."""
    x = torch.randint(0, 256, (9, 4, 16, 16, 3), dtype=torch.uint8)
    fitted = FittedRows(np.arange(9), np.arange(9) % 3, np.zeros((9, 0), dtype=np.uint8), np.zeros(9, dtype=bool))
    method = Method("res3d", {"width": 1, "crop": 14})
    with pytest.raises(CannotStackError, match="random operation"):
        check_stackable(Member(fitted, 0), Resident(x, torch.tensor([[2, 4]] * 9)), Task(method, 3, (), CPU))
