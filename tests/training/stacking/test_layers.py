"""Layers with padding against torch's own layers without."""

import pytest
import torch
from torch import nn

from merflow.models.point_level import PointLevel
from merflow.models.pooled_stem import PooledStem
from merflow.training.stacking.layers import Told, with_told_layers
from merflow.training.stacking.probe import CLIPS, probe


def told(net, x, real):
    """Return what a network makes of a batch with padding, and its running statistics afterwards."""
    layout = probe(net, lambda one, batch: one(batch), x[:CLIPS])
    net, tell = with_told_layers(net.train(), layout)
    tell(Told(real))
    return net(x), dict(net.named_buffers())


@pytest.mark.parametrize("momentum", [0.1, None])
@pytest.mark.parametrize("shape", [(5,), (5, 4), (5, 4, 3)])
def test_batch_norm_of_real_clips_only(shape, momentum):
    torch.manual_seed(0)
    kind = (nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d)[len(shape) - 1]
    net = nn.Sequential(kind(5, momentum=momentum)).double()
    nn.init.normal_(net[0].weight)
    nn.init.normal_(net[0].bias)
    x = torch.randn(7, *shape, dtype=torch.float64)
    there = torch.tensor([0, 1, 3, 4, 6])
    found, running = told(net, x, torch.zeros(7).index_fill(0, there, 1))
    expected = net.train()(x[there])
    torch.testing.assert_close(found[there], expected, rtol=1e-12, atol=1e-12)
    for name, value in net.named_buffers():
        torch.testing.assert_close(running[name], value, rtol=1e-12, atol=1e-12)


class Level(nn.Module):
    """A point level on (clips, points, regions, channels)."""

    def __init__(self):
        super().__init__()
        self.level = PointLevel(6, 4)

    def forward(self, x):
        pooled, kept = self.level(x.transpose(0, 1).flatten(1, 2).contiguous(), 3)
        return torch.cat([pooled[None], kept])


def test_point_level_of_real_clips_only():
    torch.manual_seed(0)
    net = Level().double()
    x = torch.randn(5, 9, 2, 6, dtype=torch.float64)
    found, running = told(net, x, torch.tensor([1.0, 0, 1, 1, 0]))
    expected = net.train()(x[[0, 2, 3]])
    groups = [0, 1, 4, 5, 6, 7]
    torch.testing.assert_close(found[:, groups], expected, rtol=1e-12, atol=1e-12)
    for name, value in net.named_buffers():
        torch.testing.assert_close(running[name], value, rtol=1e-12, atol=1e-12)


def test_pooled_stem_of_real_pictures_only():
    torch.manual_seed(0)
    net = nn.Sequential(PooledStem(3, 4)).double()
    nn.init.normal_(net[0][1].weight)  # some below zero: their filters are turned
    assert (net[0][1].weight < 0).any()
    x = torch.randn(5, 3, 16, 16, dtype=torch.float64)
    there = [0, 2, 3]
    found, running = told(net, x, torch.tensor([1.0, 0, 1, 1, 0]))
    expected = net.train()(x[there])
    torch.testing.assert_close(found[there], expected, rtol=1e-12, atol=1e-12)
    for name, value in net.named_buffers():
        torch.testing.assert_close(running[name], value, rtol=1e-12, atol=1e-12)
