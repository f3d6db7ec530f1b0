"""What every network must do: fit one batch completely, and pass a gradient to each of its parameters."""

import torch
from torch import nn


def learn(net, inputs, target, *, lr, steps, optimiser=torch.optim.Adam):
    """Train a network on one batch, again and again; return the last loss.

    `inputs` is what `net` is called with: a tensor, or a tuple of them.
    """
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    optimiser = optimiser(net.parameters(), lr)
    for _ in range(steps):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(net(*inputs), target)
        loss.backward()
        optimiser.step()
    return loss.item()


def assert_gradients(net):
    """Assert that the gradient of every parameter is finite and somewhere not zero."""
    for name, parameter in net.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert torch.count_nonzero(parameter.grad), name
