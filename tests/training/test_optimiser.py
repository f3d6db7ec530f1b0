"""The optimiser against that of torch, bit for bit."""

import pytest
import torch
from torch import nn

from merflow.training.optimiser import Adam, Sgd


def steps(make, *, rates):
    """Return the weights after each step of a small network, of which one parameter has a gradient only at times."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3, bias=False))
    rare = nn.Parameter(torch.ones(3))
    parameters = [*net.parameters(), rare]
    step = make(parameters)
    found = []
    for number, rate in enumerate(rates):
        for parameter in parameters:
            parameter.grad = None
        out = net(torch.randn(4, 5)).square().sum()
        (out + rare.sin().sum() if number % 3 == 1 else out).backward()
        step(rate)
        found.append([parameter.detach().clone() for parameter in parameters])
    return found


@pytest.mark.parametrize(
    ("decoupled", "of_torch"), [(False, torch.optim.Adam), (True, torch.optim.AdamW)], ids=["adam", "adamw"]
)
def test_ten_steps_are_those_of_torch_to_the_bit(decoupled, of_torch):
    def torchs(parameters):
        optimiser = of_torch(parameters, 1.0, weight_decay=1e-2, fused=True)

        def step(rate):
            optimiser.param_groups[0]["lr"] = rate
            optimiser.step()

        return step

    rates = [1e-2 / (1 + number) for number in range(10)]
    ours = steps(lambda parameters: Adam(parameters, weight_decay=1e-2, decoupled=decoupled).step, rates=rates)
    for mine, theirs in zip(ours, steps(torchs, rates=rates), strict=True):
        assert all(map(torch.equal, mine, theirs))


@pytest.mark.parametrize("momentum", [0.9, 0.0])
def test_ten_steps_of_sgd_are_those_of_torch_to_the_bit(momentum):
    def torchs(parameters):
        """Return the step of two optimisers: one of torch cannot begin with a parameter later than with the others."""
        settings = {"momentum": momentum, "weight_decay": 1e-2, "fused": True}
        optimisers = [torch.optim.SGD(part, 1.0, **settings) for part in (parameters[:-1], parameters[-1:])]

        def step(rate):
            for optimiser, part in zip(optimisers, (parameters[:-1], parameters[-1:]), strict=True):
                optimiser.param_groups[0]["lr"] = rate
                if part[0].grad is not None:
                    optimiser.step()

        return step

    rates = [1e-2 / (1 + number) for number in range(10)]
    ours = steps(lambda parameters: Sgd(parameters, weight_decay=1e-2, momentum=momentum).step, rates=rates)
    for mine, theirs in zip(ours, steps(torchs, rates=rates), strict=True):
        assert all(map(torch.equal, mine, theirs))


def test_two_steps_of_sgd_by_hand():
    """Gradient 3 and decay .5 of weight 2 are 4; then 1 + .5 * 1.6 = 1.8, and 1.8 + .9 * 4 = 5.4."""
    weight = nn.Parameter(torch.tensor([2.0]))
    optimiser = Sgd([weight], weight_decay=0.5, momentum=0.9)
    for gradient, expected in ((3.0, 2 - 0.1 * 4), (1.0, 1.6 - 0.1 * 5.4)):
        weight.grad = torch.tensor([gradient])
        optimiser.step(torch.tensor(0.1, dtype=torch.float64))
        assert weight.item() == pytest.approx(expected, abs=1e-6)
    assert optimiser.state[0].item() == pytest.approx(5.4)


def test_the_first_step_is_by_hand():
    """Of any gradient the first step is the learning rate, but for eps: mean / root of square is its sign."""
    weight = nn.Parameter(torch.tensor([1.0, 1.0, 1.0]))
    weight.grad = torch.tensor([3.0, -0.5, 0.0])
    Adam([weight], weight_decay=0.0, decoupled=False).step(0.25)
    torch.testing.assert_close(weight.detach(), torch.tensor([0.75, 1.25, 1.0]))


def test_nothing_moves_without_a_gradient():
    weight = nn.Parameter(torch.ones(2))
    Adam([weight], weight_decay=1.0, decoupled=True).step(0.1)
    assert weight.tolist() == [1.0, 1.0]
