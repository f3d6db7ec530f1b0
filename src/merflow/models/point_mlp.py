"""Maps that all points of clouds share: linear, batch normalisation over all points of the batch, ReLU; and a maximum.

The layer before the maximum is the widest. It is computed as ``point_ops`` describes: the batch norm is folded into the
linear map, and the backward pass multiplies only the points that have won the maximum.
"""

import itertools
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from merflow.models.point_kernels import largest_of_points, times
from merflow.models.point_ops import linear_relu_max, with_moments


class PointLinear(nn.Linear):
    """``torch.nn.Linear`` over the last axis, by the kernel that is the fastest for many rows of few columns."""

    def forward(self, x: Tensor) -> Tensor:
        """Return (..., out_features) of (..., in_features)."""
        rows = x.reshape(-1, x.shape[-2], self.in_features)
        return times(rows, self.weight, self.bias).reshape(*x.shape[:-1], self.out_features)


class PointNorm(nn.BatchNorm1d):
    """Batch normalisation of the last axis over all others."""

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor
    momentum: float

    def forward(self, x: Tensor) -> Tensor:
        """Return features of the same shape."""
        return super().forward(x.reshape(-1, self.num_features)).view(x.shape)


class PointMLP(nn.Module):
    """Linear map, batch norm and ReLU, as often as there are sizes after the first; then the maximum over the points.

    A bias before a batch norm has no influence. The published networks have them, and count them.

    Parameters
    ----------
    sizes : sequence of int
        Features before the first map and after each.
    last_relu : bool
        Whether the last batch norm is followed by a ReLU.

    Shapes
    ------
    input: (points, groups, sizes[0]); output: (groups, sizes[-1])
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
        """Return the largest features of each group."""
        return self._pooled(x, 0)

    def after_linear(self, x: Tensor) -> Tensor:
        """Return the largest features of each group, of what the first of several linear maps makes of its points."""
        return self._pooled(nn.functional.relu(self.norms[0](x)), 1)

    def _pooled(self, x: Tensor, first: int) -> Tensor:
        """Return the largest features; the first layers have been applied."""
        last = len(self.norms) - 1
        for linear, norm in zip(self.linears[first:last], self.norms[first:last], strict=True):
            x = nn.functional.relu(norm(linear(x)))
        x, weight, bias = folded(cast(PointLinear, self.linears[last]), cast(PointNorm, self.norms[last]), x)
        return linear_relu_max(x, weight, bias, keep=0)[0] if self.last_relu else linear_max(x, weight, bias)


def folded(linear: PointLinear, norm: PointNorm, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return points, weight and bias of the linear map that a linear map and a batch norm are together.

    In training mode, mean and variance of what the map would give follow from those of the points.

    Parameters
    ----------
    linear : PointLinear
    norm : PointNorm
        Its running statistics are updated in training mode.
    x : Tensor of shape (points, groups, in)
        Whatever else needs it shall take the x that is returned.
    """
    mean, variance = norm.running_mean, norm.running_var
    if norm.training:
        x, of_points, covariance = with_moments(x)
        mean = nn.functional.linear(of_points, linear.weight, linear.bias)
        variance = ((linear.weight @ covariance) * linear.weight).sum(1).clamp_min(0)
        _follow(norm, mean, variance, rows=x.shape[0] * x.shape[1])
    scale = norm.weight * torch.rsqrt(variance + norm.eps)
    return x, linear.weight * scale[:, None], norm.bias + scale * (linear.bias - mean)


@torch.no_grad()
def _follow(norm: PointNorm, mean: Tensor, variance: Tensor, *, rows: int) -> None:
    """Let the running statistics of a batch norm follow those of a batch, as PyTorch does."""
    norm.num_batches_tracked.add_(1)
    norm.running_mean.lerp_(mean, norm.momentum)
    norm.running_var.lerp_(variance * (rows / max(rows - 1, 1)), norm.momentum)


def linear_max(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Return the maximum over the points of ``x weight^T + bias``; the gradient passes through the winners alone.

    Parameters
    ----------
    x : Tensor of shape (points, groups, in)
    weight : Tensor of shape (out, in)
    bias : Tensor of shape (out,)

    Returns
    -------
    Tensor of shape (groups, out)
    """
    points, groups, channels = x.shape
    with torch.no_grad():
        _, winner = largest_of_points(times(x, weight))
        rows = winner * groups + torch.arange(groups, device=x.device)[:, None]
    winners = x.reshape(points * groups, channels).index_select(0, rows.flatten()).view(groups, -1, channels)
    return torch.einsum("goc,oc->go", winners, weight) + bias


def scaled(channels: int, width: float) -> int:
    """Return a number of channels times a factor, at least 1; by hand: 64 channels at width .25 are 16."""
    return max(1, round(channels * width))
