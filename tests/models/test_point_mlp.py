"""Maps that all points share, against plain modules of PyTorch."""

import pytest
import torch
from torch import nn

from merflow.models.point_mlp import PointMLP, scaled


def plain_mlp(last_relu):
    layers = [nn.Linear(5, 7), nn.BatchNorm1d(7), nn.ReLU(), nn.Linear(7, 3), nn.BatchNorm1d(3)]
    return nn.Sequential(*layers, *([nn.ReLU()] if last_relu else []))


@pytest.mark.parametrize("last_relu", [True, False])
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("start", ["forward", "after_linear"])
def test_it_is_linear_batch_norm_and_relu_and_a_maximum(training, last_relu, start):
    """In double precision: values, gradients, running statistics; half of the points twice."""
    torch.manual_seed(0)
    own, plain = PointMLP([5, 7, 3], last_relu=last_relu).double(), plain_mlp(last_relu).double()
    for module in (plain[1], plain[4]):
        for tensor in (module.weight, module.bias, module.running_mean, module.running_var):
            nn.init.uniform_(tensor, 0.3, 1.5)
    nn.init.normal_(plain[4].weight)  # a negative one makes the smallest value win
    for i in range(2):
        own.linears[i].load_state_dict(plain[3 * i].state_dict())
        own.norms[i].load_state_dict(plain[3 * i + 1].state_dict())
    own.train(training), plain.train(training)
    x = torch.randn(8, 6, 5, dtype=torch.float64)
    x = torch.cat([x, x]).requires_grad_()
    other = x.detach().clone().requires_grad_()
    found = own(x) if start == "forward" else own.after_linear(own.linears[0](x))
    expected = plain(other.flatten(0, 1)).view(16, 6, 3).amax(0)
    torch.testing.assert_close(found, expected)
    weight = torch.randn(6, 3, dtype=torch.float64)
    (found * weight).sum().backward(), (expected * weight).sum().backward()
    # Of equal points one has the gradient here, and each half of it there.
    torch.testing.assert_close(x.grad[:8] + x.grad[8:], other.grad[:8] + other.grad[8:])
    of_plain = {
        **dict(plain[0].named_parameters(prefix="linears.0")),
        **dict(plain[1].named_parameters(prefix="norms.0")),
    }
    of_plain |= {
        **dict(plain[3].named_parameters(prefix="linears.1")),
        **dict(plain[4].named_parameters(prefix="norms.1")),
    }
    for name, parameter in own.named_parameters():
        torch.testing.assert_close(parameter.grad, of_plain[name].grad, msg=name)
    for norm, expected_norm in zip(own.norms, (plain[1], plain[4]), strict=True):
        for name, buffer in expected_norm.named_buffers():
            torch.testing.assert_close(getattr(norm, name), buffer, msg=name)


def test_channels_are_scaled_and_never_none():
    assert [scaled(64, 1.0), scaled(64, 0.25), scaled(3, 0.01)] == [64, 16, 1]
