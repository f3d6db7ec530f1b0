import math

import pytest
import torch
from torch import nn

from merflow.models.losses import focal_loss

WEIGHT = torch.tensor([0.5, 2.0, 1.25])


def batch(seed=0, clips=32):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(clips, 3, generator=generator), torch.randint(0, 3, (clips,), generator=generator)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["plain", "weighted"])
def test_gamma_0_is_cross_entropy(weight):
    logits, target = batch()
    logits.requires_grad_()
    ours = focal_loss(logits, target, gamma=0.0, weight=weight)
    theirs = nn.functional.cross_entropy(logits, target, weight)
    assert torch.equal(ours, theirs)
    gradients = [torch.autograd.grad(loss, logits, retain_graph=True)[0] for loss in (ours, theirs)]
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0, 5.0])
def test_against_the_formula(gamma):
    """Lin et al. 2017, eq. 5: -w (1 - p)^gamma log p of the true class, here over the sum of the weights."""
    logits, target = batch()
    p = logits.double().exp() / logits.double().exp().sum(1, keepdim=True)
    p, w = p[torch.arange(len(target)), target], WEIGHT[target]
    expected = (-w * (1 - p) ** gamma * p.log()).sum() / w.sum()
    torch.testing.assert_close(focal_loss(logits, target, gamma=gamma, weight=WEIGHT).double(), expected)


def test_by_hand():
    logits = torch.tensor([[0.9, 0.1]]).log()
    found = focal_loss(logits, torch.tensor([0]), gamma=2.0)
    torch.testing.assert_close(found.item(), -0.01 * math.log(0.9), rtol=1e-5, atol=0)


def test_sure_clips_count_less():
    sure, unsure = torch.tensor([[4.0, 0.0]]), torch.tensor([[0.5, 0.0]])
    target = torch.tensor([0])

    def share(logits):
        return focal_loss(logits, target, gamma=2.0) / nn.functional.cross_entropy(logits, target)

    assert share(sure) < 0.001 < 0.1 < share(unsure)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_gradient_is_finite_when_the_network_is_certain(gamma):
    logits = torch.tensor([[200.0, 0.0], [200.0, 0.0]], requires_grad=True)
    loss = focal_loss(logits, torch.tensor([0, 1]), gamma=gamma)
    loss.backward()
    torch.testing.assert_close(loss, torch.tensor(100.0))
    assert torch.isfinite(logits.grad).all()


def test_equal_class_weights_change_nothing():
    logits, target = batch()
    plain = focal_loss(logits, target, gamma=2.0)
    torch.testing.assert_close(focal_loss(logits, target, gamma=2.0, weight=torch.full((3,), 2.5)), plain)
