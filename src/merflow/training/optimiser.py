"""Adam, AdamW and SGD by the kernels of torch, without its optimisers: the first of those imports torch's compiler.

That import takes 0.9 to 1.2 s of a process. What is computed is what ``torch.optim`` with ``fused=True`` computes.
"""

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor, nn

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
"""Memory of the mean gradient and of its square, and what is added to the root of the latter."""


class _State(NamedTuple):
    """Of one parameter: running means of its gradient and of the square, and the number of its steps, a float32."""

    mean: Tensor
    square: Tensor
    steps: Tensor


class Adam:
    """Adam (Kingma and Ba 2015), or AdamW, with decoupled weight decay (Loshchilov and Hutter 2019).

    Parameters
    ----------
    parameters : iterable of Parameter
        On one device. One without a gradient stays as it is, its number of steps too.
    weight_decay : float
    decoupled : bool
        AdamW: shrink the weights by ``rate * weight_decay``; otherwise the decay is added to the gradient.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], *, weight_decay: float, decoupled: bool) -> None:
        self._parameters = list(parameters)
        self._states = [_State(torch.zeros_like(p), torch.zeros_like(p), _no_steps(p)) for p in self._parameters]
        self._weight_decay = weight_decay
        self._kernel = torch._fused_adamw_ if decoupled else torch._fused_adam_

    @property
    def state(self) -> list[Tensor]:
        """What a step changes beside the parameters."""
        return [tensor for state in self._states for tensor in state]

    @torch.no_grad()
    def step(self, rate: float | Tensor) -> None:
        """Change the parameters by their gradients, at a learning rate: a number, or a scalar on their device."""
        pairs = zip(self._parameters, self._states, strict=True)
        moved = [(parameter, parameter.grad, state) for parameter, state in pairs if parameter.grad is not None]
        if not moved:
            return
        parameters, gradients, states = (list(part) for part in zip(*moved, strict=True))
        means, squares, steps = (list(part) for part in zip(*states, strict=True))
        torch._foreach_add_(steps, 1)
        self._kernel(
            parameters, gradients, means, squares, [], steps,
            lr=rate, beta1=BETA1, beta2=BETA2, eps=EPS, weight_decay=self._weight_decay, amsgrad=False, maximize=False,
        )  # fmt: skip


class Sgd:
    """Stochastic gradient descent with momentum, without dampening (Sutskever et al. 2013, as torch has it).

    Parameters
    ----------
    parameters : iterable of Parameter
        On one device. One without a gradient stays as it is.
    weight_decay : float
        Added to the gradient, times the weight.
    momentum : float
        Share of the last step that is added to each step.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], *, weight_decay: float, momentum: float) -> None:
        self._parameters = list(parameters)
        self._momenta = [torch.zeros_like(parameter) for parameter in self._parameters]
        self._weight_decay, self._momentum = weight_decay, momentum

    @property
    def state(self) -> list[Tensor]:
        """What a step changes beside the parameters."""
        return list(self._momenta)

    @torch.no_grad()
    def step(self, rate: float | Tensor) -> None:
        """Change the parameters by their gradients, at a learning rate: a number, or a scalar on their device."""
        pairs = zip(self._parameters, self._momenta, strict=True)
        moved = [(parameter, parameter.grad, momentum) for parameter, momentum in pairs if parameter.grad is not None]
        if not moved:
            return
        parameters, gradients, momenta = (list(part) for part in zip(*moved, strict=True))
        torch._fused_sgd_(
            parameters, gradients, momenta if self._momentum else [], lr=rate, weight_decay=self._weight_decay,
            momentum=self._momentum, dampening=0.0, nesterov=False, maximize=False, is_first_step=False,
        )  # fmt: skip


def _no_steps(parameter: nn.Parameter) -> Tensor:
    return torch.zeros((), dtype=torch.float32, device=parameter.device)
