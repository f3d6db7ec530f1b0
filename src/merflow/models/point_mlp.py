"""Maps that all points of clouds share: linear, batch normalisation over all points of the batch, ReLU."""

import itertools
from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn
from torch.autograd import Function

from merflow.models.point_kernels import times


class PointLinear(nn.Linear):
    """``torch.nn.Linear`` over the last axis, by the kernel that is the fastest for many rows of few columns."""

    def forward(self, x: Tensor) -> Tensor:
        """Return (..., out_features) of (..., in_features)."""
        rows = x.reshape(-1, x.shape[-2], self.in_features)
        return times(rows, self.weight, self.bias).reshape(*x.shape[:-1], self.out_features)


class PointNorm(nn.BatchNorm1d):
    """Batch normalisation of the last axis over all others."""

    def forward(self, x: Tensor) -> Tensor:
        """Return features of the same shape."""
        return super().forward(x.reshape(-1, self.num_features)).view(x.shape)


class PointMLP(nn.Module):
    """Linear map, batch norm and ReLU, as often as there are sizes after the first.

    Parameters
    ----------
    sizes : sequence of int
        Features before the first map and after each.
    last_relu : bool
        Whether the last batch norm is followed by a ReLU.

    Shapes
    ------
    input: (..., sizes[0]); output: (..., sizes[-1])
    """

    def __init__(self, sizes: Sequence[int], *, last_relu: bool = True) -> None:
        super().__init__()
        self.linears = nn.ModuleList(PointLinear(a, b) for a, b in itertools.pairwise(sizes))
        self.norms = nn.ModuleList(PointNorm(size) for size in sizes[1:])
        self.last_relu = last_relu

    @property
    def first_weight(self) -> Tensor:
        """Of the first linear map, (sizes[1], sizes[0])."""
        weight: Tensor = self.linears[0].weight  # type: ignore[assignment]
        return weight

    def forward(self, x: Tensor) -> Tensor:
        """Return the features of each point."""
        return self.after_linear(self.linears[0](x))

    def after_linear(self, x: Tensor) -> Tensor:
        """Return the features of each point of what the first linear map makes of it."""
        for i, norm in enumerate(self.norms):
            x = norm(x if i == 0 else self.linears[i](x))
            if self.last_relu or i < len(self.norms) - 1:
                x = nn.functional.relu(x)
        return x


class _Largest(Function):
    """Maximum over the points, by a pooling of images, whose channels are the last in memory: it vectorises."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        groups, points, channels = x.shape
        images = x.reshape(groups, points, 1, channels).permute(0, 3, 1, 2)
        pooled, winner = nn.functional.max_pool2d(images, (points, 1), return_indices=True)
        ctx.save_for_backward(winner.reshape(groups, 1, channels))
        ctx.points = points
        return pooled.reshape(groups, channels)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # type: ignore[override]
        (winner,) = ctx.saved_tensors
        groups, _, channels = winner.shape
        return grad.new_zeros(groups, ctx.points, channels).scatter_(1, winner, grad.unsqueeze(1))


def largest(x: Tensor) -> Tensor:
    """Return the maximum over the points (..., channels) of features (..., points, channels).

    Of equal points one has the whole gradient.
    """
    if x.device.type != "cpu":
        return x.max(-2).values
    pooled: Tensor = _Largest.apply(x.reshape(-1, *x.shape[-2:]))  # type: ignore[no-untyped-call]
    return pooled.view(*x.shape[:-2], x.shape[-1])


def scaled(channels: int, width: float) -> int:
    """Return a number of channels times a factor, at least 1; by hand: 64 channels at width .25 are 16."""
    return max(1, round(channels * width))
