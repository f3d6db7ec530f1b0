"""Rigid kernel point convolution over given neighbours, and the residual block of KPConv around it."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from merflow.models.kernel_points import KERNEL_POINTS, kernel_weights
from merflow.models.point_grouping import largest_neighbour
from merflow.models.point_mlp import PointLinear, PointNorm
from merflow.models.point_neighbours import nearest_points
from merflow.models.point_sampling import take_rows

SLOPE = 0.1
"""Of the leaky ReLU below 0."""

MOMENTUM = 0.05
"""Of the batch norm: weight of the newest batch in the running statistics."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Neighbours of centres and what they count for each kernel point; without gradient.

    Attributes
    ----------
    index : Tensor of shape (clouds, m, k), int64
        A list that is not full repeats its first neighbour.
    weights : Tensor of shape (clouds, m, 15, k)
        0 for what only fills a list.
    """

    index: Tensor
    weights: Tensor

    def of_first(self, count: int) -> "Neighbourhood":
        """Return the neighbours of the first centres of each cloud alone."""
        return Neighbourhood(self.index[:, :count], self.weights[:, :count])


def neighbourhood(centres: Tensor, xyz: Tensor, *, radius: float, extent: float, most: int) -> Neighbourhood:
    """Return the nearest neighbours of each centre within a radius.

    Parameters
    ----------
    centres : Tensor of shape (clouds, m, 3)
    xyz : Tensor of shape (clouds, points, 3)
    radius : float
        Of the convolution.
    extent : float
        Distance from a kernel point at which a neighbour counts no more.
    most : int
        Neighbours of a centre.
    """
    with torch.no_grad():
        index, squared = nearest_points(centres, xyz, count=min(most, xyz.shape[1]))
        within = squared <= radius**2
        index = torch.where(within, index, index[..., :1])
        weights = kernel_weights(take_rows(xyz, index) - centres.unsqueeze(2), radius=radius, extent=extent)
        weights *= within.unsqueeze(3)
        return Neighbourhood(index, weights.transpose(2, 3).contiguous())


class KernelConvolution(nn.Module):
    """``sum_k (sum_j weight_jk x_j) W_k`` over neighbours j and kernel points k.

    Shapes
    ------
    input: (clouds, points, in_channels); output: (clouds, m, out_channels)
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(len(KERNEL_POINTS), in_channels, out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))  # as in the public code

    def forward(self, x: Tensor, around: Neighbourhood) -> Tensor:
        """Return the features of the centres."""
        clouds, centres = around.index.shape[:2]
        of_neighbours = take_rows(x, around.index).flatten(0, 1)
        of_kernel = torch.bmm(around.weights.flatten(0, 1), of_neighbours)
        return (of_kernel.flatten(1) @ self.weight.flatten(0, 1)).view(clouds, centres, -1)


class NormedLinear(nn.Module):
    """Linear map without bias, and batch norm.

    Shapes
    ------
    input: (..., in_channels); output: (..., out_channels)
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.linear = PointLinear(in_channels, out_channels, bias=False)
        self.norm = PointNorm(out_channels, momentum=MOMENTUM)

    def forward(self, x: Tensor) -> Tensor:
        """Return the features of each point."""
        normed: Tensor = self.norm(self.linear(x))
        return normed


class SimpleBlock(nn.Module):
    """Convolution, batch norm, leaky ReLU.

    Shapes
    ------
    input: (clouds, points, in_channels); output: (clouds, m, out_channels)
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.convolution = KernelConvolution(in_channels, out_channels)
        self.norm = PointNorm(out_channels, momentum=MOMENTUM)

    def forward(self, x: Tensor, around: Neighbourhood) -> Tensor:
        """Return the features of the centres."""
        return nn.functional.leaky_relu(self.norm(self.convolution(x, around)), SLOPE)


class Bottleneck(nn.Module):
    """Residual block: a quarter of the channels, convolution, all channels, added to what went in.

    Where the centres are fewer than the points, the maximum over the neighbours is what is added to. A filled list has
    no part of its own in it: it repeats a neighbour.

    Parameters
    ----------
    in_channels, out_channels : int
    strided : bool
        Whether the centres are fewer than the points.

    Shapes
    ------
    input: (clouds, points, in_channels); output: (clouds, m, out_channels)
    """

    def __init__(self, in_channels: int, out_channels: int, *, strided: bool) -> None:
        super().__init__()
        inside = max(1, out_channels // 4)
        self.strided = strided
        self.reduce = NormedLinear(in_channels, inside) if in_channels != inside else None
        self.convolve = SimpleBlock(inside, inside)
        self.expand = NormedLinear(inside, out_channels)
        self.shortcut = NormedLinear(in_channels, out_channels) if in_channels != out_channels else None

    def forward(self, x: Tensor, around: Neighbourhood) -> Tensor:
        """Return the features of the centres."""
        h = x if self.reduce is None else nn.functional.leaky_relu(self.reduce(x), SLOPE)
        h = self.expand(self.convolve(h, around))
        kept = largest_neighbour(x, around.index) if self.strided else x
        kept = kept if self.shortcut is None else self.shortcut(kept)
        return nn.functional.leaky_relu(h + kept, SLOPE)
