import pytest
import torch
from torch import Tensor, nn

from merflow.models.losses import focal_loss, masked_au_loss
from merflow.models.network import Network
from merflow.training.losses import Shares, batch_loss, shares_of
from merflow.training.settings import TrainingSettings


class WithUnits(Network):
    """Logits of classes from the first two inputs, of two action units from the last two."""

    def forward(self, x: Tensor) -> Tensor:
        return x[:, :2]

    def forward_with_aus(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        return x[:, :2], [x[:, 2:]]

    def au_loss(self, au_logits: list[Tensor], aus: Tensor, *, known: Tensor) -> Tensor:
        return masked_au_loss(au_logits[0], aus, known)


class Plain(Network):
    def forward(self, x: Tensor) -> Tensor:
        return x


class WithOwnLoss(Network):
    def forward(self, x: Tensor) -> Tensor:
        return x

    def class_loss(self, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float = 0.0) -> Tensor:
        return (logits.gather(1, target[:, None])[:, 0] * weight[target]).sum()


X = torch.tensor([[1.0, -1.0, 0.5, 2.0], [0.0, 3.0, -1.0, 1.0]])
TARGET, AUS = torch.tensor([0, 1]), torch.tensor([[1.0, 0.0], [0.0, 1.0]])
KNOWN = torch.ones(2, dtype=torch.bool)


@pytest.mark.parametrize(("classes", "units"), [(1.0, 0.0), (1.0, 0.3), (0.1, 1.0)])
def test_total_is_that_of_classes_and_of_units_by_their_shares(classes, units):
    shares = Shares(classes, units) if units else None
    loss, logits = batch_loss(WithUnits(), X, TARGET, AUS, aus_known=KNOWN, class_weight=None, shares=shares)
    of_units = nn.functional.multilabel_soft_margin_loss(X[:, 2:], AUS)
    torch.testing.assert_close(loss, classes * nn.functional.cross_entropy(X[:, :2], TARGET) + units * of_units)
    assert torch.equal(logits, X[:, :2])


def test_clips_whose_units_are_not_known_teach_their_class_alone():
    loss, _ = batch_loss(
        WithUnits(), X, TARGET, AUS, aus_known=torch.tensor([True, False]), class_weight=None, shares=Shares(1.0, 0.3)
    )
    units = nn.functional.multilabel_soft_margin_loss(X[:1, 2:], AUS[:1])
    torch.testing.assert_close(loss, nn.functional.cross_entropy(X[:, :2], TARGET) + 0.3 * units)
    loss, _ = batch_loss(WithUnits(), X, TARGET, AUS, aus_known=~KNOWN, class_weight=None, shares=Shares(1.0, 0.3))
    torch.testing.assert_close(loss, nn.functional.cross_entropy(X[:, :2], TARGET))


def test_shares_by_the_equations_of_both_papers():
    """GTS-GN eq. 12 has 1 and beta; 4DME eq. 5 has 1.1 - alpha and alpha: 1, .1 and .01, for 30 epochs each."""
    assert shares_of(TrainingSettings(au_beta=0.0), 1) is None
    assert [shares_of(TrainingSettings(au_beta=0.2), epoch) for epoch in (1, 500)] == [(1.0, 0.2)] * 2
    falling = TrainingSettings(au_beta=1.0, au_step_epochs=30, au_total=1.1)
    for epochs, expected in (((1, 30), (0.1, 1.0)), ((31, 60), (1.0, 0.1)), ((61, 90), (1.09, 0.01))):
        for epoch in epochs:
            assert shares_of(falling, epoch) == pytest.approx(expected)
    assert shares_of(TrainingSettings(au_step_epochs=1), 3) == pytest.approx((1.0, 0.01))


def test_a_plain_network_ignores_the_units_and_heeds_the_class_weights():
    weight = torch.tensor([1.0, 3.0])
    loss, _ = batch_loss(Plain(), X, TARGET, AUS, aus_known=KNOWN, class_weight=torch.ones(4), shares=Shares(0.1, 1.0))
    torch.testing.assert_close(loss, nn.functional.cross_entropy(X, TARGET))
    loss, _ = batch_loss(Plain(), X[:, :2], TARGET, AUS, aus_known=KNOWN, class_weight=weight, shares=Shares(0.1, 1.0))
    torch.testing.assert_close(loss, nn.functional.cross_entropy(X[:, :2], TARGET, weight))


def test_a_model_may_bring_its_own_loss():
    loss, _ = batch_loss(
        WithOwnLoss(),
        X[:, :2],
        TARGET,
        AUS,
        aus_known=KNOWN,
        class_weight=torch.tensor([2.0, 10.0]),
        shares=Shares(0.1, 1.0),
    )
    assert loss.item() == pytest.approx(2.0 * 1.0 + 10.0 * 3.0)


@pytest.mark.parametrize("weight", [None, torch.tensor([1.0, 3.0])])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_the_loss_of_the_classes_is_that_of_a_batch(gamma, weight):
    for net in (Plain(), WithUnits()) if weight is None else (Plain(), WithUnits(), WithOwnLoss()):
        loss, logits = batch_loss(
            net, X[:, :2], TARGET, AUS, aus_known=KNOWN, class_weight=weight, shares=None, focal_gamma=gamma
        )
        assert torch.equal(net.class_loss(logits, TARGET, weight, focal_gamma=gamma), loss)


def test_focal_loss_where_it_is_asked_for():
    weight = torch.tensor([1.0, 3.0])
    found = Plain().class_loss(X[:, :2], TARGET, weight, focal_gamma=2.0)
    assert torch.equal(found, focal_loss(X[:, :2], TARGET, gamma=2.0, weight=weight))
    assert found < 0.1 * Plain().class_loss(X[:, :2], TARGET, weight, focal_gamma=0.0)
