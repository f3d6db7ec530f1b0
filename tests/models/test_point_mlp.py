"""Maps that all points share, against plain modules of PyTorch."""

import pytest
import torch
from torch import nn

from merflow.models.point_mlp import PointMLP, largest, scaled


@pytest.mark.parametrize("last_relu", [True, False])
@pytest.mark.parametrize("training", [True, False])
def test_it_is_linear_batch_norm_and_relu(training, last_relu):
    torch.manual_seed(0)
    own = PointMLP([5, 7, 3], last_relu=last_relu).train(training)
    plain = nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7), nn.ReLU(), nn.Linear(7, 3), nn.BatchNorm1d(3))
    if last_relu:
        plain.append(nn.ReLU())
    plain.train(training)
    for i in range(2):
        own.linears[i].load_state_dict(plain[3 * i].state_dict())
        own.norms[i].load_state_dict(plain[3 * i + 1].state_dict())
    x = torch.randn(4, 6, 9, 5)
    torch.testing.assert_close(own(x), plain(x.reshape(-1, 5)).view(4, 6, 9, 3), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(own.norms[1].running_var, plain[4].running_var)


def test_the_largest_is_that_of_torch_and_of_equal_points_one_has_the_gradient():
    x = torch.randn(2, 3, 8, 5, dtype=torch.float64)
    x[:, :, 4:] = x[:, :, :4]  # all points twice
    x.requires_grad_()
    pooled = largest(x)
    assert torch.equal(pooled, x.max(2).values)
    weight = torch.randn_like(pooled)
    (pooled * weight).sum().backward()
    torch.testing.assert_close(x.grad.sum(2), weight)
    assert torch.equal((x.grad != 0).sum(2), torch.ones(2, 3, 5, dtype=torch.int64))


def test_channels_are_scaled_and_never_none():
    assert [scaled(64, 1.0), scaled(64, 0.25), scaled(3, 0.01)] == [64, 16, 1]
