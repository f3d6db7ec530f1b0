"""The stem against its layers one after the other."""

import pytest
import torch
from torch import nn

from merflow.models.pooled_stem import PooledStem


def both(seed=0):
    """Return a stem, and plain layers of the same weights, two of batch norm's weights negative."""
    torch.manual_seed(seed)
    stem = PooledStem(3, 5).double()
    with torch.no_grad():
        stem[1].weight.copy_(torch.tensor([1.0, -0.7, 0.3, 2.0, -1.5]))
        stem[1].bias.copy_(torch.randn(5))
    filters = nn.Conv2d(3, 5, 7, 2, padding=3, bias=False)
    plain = nn.Sequential(filters, nn.BatchNorm2d(5), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)).double()
    plain.load_state_dict(stem.state_dict())  # the names are the same
    return stem, plain


@pytest.mark.parametrize("size", [(16, 16), (13, 18)])
@pytest.mark.parametrize("kind", [torch.contiguous_format, torch.channels_last])
def test_training_equals_the_layers_one_after_the_other(size, kind):
    stem, plain = both()
    x = torch.randn(4, 3, *size, dtype=torch.float64) + 2
    found = []
    for net in (stem, plain):
        own = x.clone().contiguous(memory_format=kind).requires_grad_()
        out = net(own)
        (out.sin() * torch.arange(5)[:, None, None]).sum().backward()
        found.append([out, own.grad, *(parameter.grad for parameter in net.parameters())])
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_evaluation_after_two_batches():
    stem, plain = both(1)
    for net in (stem, plain):
        nn.init.zeros_(net[1].weight[:1])  # all values of the channel are equal then
    for _ in range(2):
        x = torch.randn(3, 3, 12, 12, dtype=torch.float64) * 3 + 1
        torch.testing.assert_close(stem(x), plain(x))
    torch.testing.assert_close(stem.state_dict(), plain.state_dict())
    torch.testing.assert_close(stem.eval()(x), plain.eval()(x))


def test_gradients_against_finite_differences():
    stem, _ = both(2)
    x = torch.randn(2, 3, 9, 9, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(stem, (x,))
