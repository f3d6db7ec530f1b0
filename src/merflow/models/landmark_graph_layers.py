"""The layers of the landmark networks: separate structure module, input normalisation, heads.

Inside the networks features are ``(node, batch, frame, channel)``. Then mixing the nodes is one matrix product of
(nodes, nodes) with (nodes, everything else), and the map of the channels is one of (everything else, channels): no
layer has to copy its input into another order.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from merflow.models.params import check_word

HeadKind = Literal["flat", "pooled"]


class InputNorm(nn.Module):
    """Batch norm of the features of the nodes, and the change to the order of axes inside the networks.

    Each channel is normalised over batch, frames and nodes. It has no learnt scale and shift: the linear map that
    follows has them.

    Shapes
    ------
    input: (batch, frame, node, channel); output: (node, batch, frame, channel)
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(channels, affine=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return normalised features."""
        ordered = x.permute(2, 0, 1, 3).contiguous()
        normalised: Tensor = self.norm(ordered.flatten(0, 2))
        return normalised.view_as(ordered)


class GraphConv(nn.Module):
    """Graph convolution ``(L + A_L) X theta`` (GTS-GN eq. 6), the same for all frames.

    Parameters
    ----------
    in_channels, out_channels : int
        Features of a node before and after.
    propagation : Tensor of shape (nodes, nodes)
        L, fixed.
    learnable_adjacency : bool
        Learn A_L, which starts at zero; otherwise the graph stays as it is (eq. 5).

    Shapes
    ------
    input: (nodes, ..., in_channels); output: (nodes, ..., out_channels)
    """

    propagation: Tensor

    def __init__(self, in_channels: int, out_channels: int, propagation: Tensor, *, learnable_adjacency: bool) -> None:
        super().__init__()
        self.register_buffer("propagation", propagation, persistent=False)
        self.learnt_adjacency = nn.Parameter(torch.zeros_like(propagation)) if learnable_adjacency else None
        self.theta = nn.Linear(in_channels, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """Mix the nodes, then map the channels."""
        mix = self.propagation if self.learnt_adjacency is None else self.propagation + self.learnt_adjacency
        mixed = (mix @ x.flatten(1)).view_as(x)
        mapped: Tensor = self.theta(mixed)
        return mapped


class TemporalConv(nn.Module):
    """Convolution of kernel 3 over the frames of each node, zeros before the first and after the last (GTS-GN eq. 7).

    Shapes
    ------
    input: (nodes, batch, frames, in_channels); output: (nodes, batch, frames, out_channels)
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        bound = 1 / math.sqrt(3 * in_channels)  # as torch.nn.Conv1d
        self.weight = nn.Parameter(torch.empty(3, in_channels, out_channels).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(out_channels).uniform_(-bound, bound))

    def forward(self, x: Tensor) -> Tensor:
        """Return, at frame t, the bias and ``sum_k x[t + k - 1] weight[k]`` over the frames that exist."""
        nodes, batch, frames, channels = x.shape
        rows = x.reshape(nodes * batch, frames, channels).unbind(1)
        out = []
        for t in range(frames):
            y = torch.addmm(self.bias, rows[t], self.weight[1])
            if t > 0:
                y = torch.addmm(y, rows[t - 1], self.weight[0])
            if t + 1 < frames:
                y = torch.addmm(y, rows[t + 1], self.weight[2])
            out.append(y)
        return torch.stack(out, 1).view(nodes, batch, frames, -1)


class SSModule(nn.Module):
    """Separate structure module (GTS-GN eq. 8): space within each frame, then time at each node, ReLU after both.

    Shapes
    ------
    input: (nodes, batch, frames, in_channels); output: (nodes, batch, frames, out_channels)
    """

    def __init__(self, in_channels: int, out_channels: int, propagation: Tensor, *, learnable_adjacency: bool) -> None:
        super().__init__()
        self.space = GraphConv(in_channels, out_channels, propagation, learnable_adjacency=learnable_adjacency)
        self.time = TemporalConv(out_channels, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return the features of the next layer."""
        return nn.functional.relu(self.time(nn.functional.relu(self.space(x))))


class SSStack(nn.Module):
    """Separate structure modules one after the other.

    Parameters
    ----------
    channels : int
        Features of a node before the first module.
    widths : sequence of int
        Features of a node after each module; empty for no module.
    propagation : Tensor of shape (nodes, nodes)
    learnable_adjacency : bool
        As for `GraphConv`.

    Shapes
    ------
    input: (nodes, batch, frames, channels); output: list of (nodes, batch, frames, width), after each module
    """

    def __init__(self, channels: int, widths: Sequence[int], propagation: Tensor, *, learnable_adjacency: bool) -> None:
        super().__init__()
        sizes = itertools.pairwise([channels, *widths])
        self.layers = nn.ModuleList(
            SSModule(a, b, propagation, learnable_adjacency=learnable_adjacency) for a, b in sizes
        )

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the features after each module."""
        features = []
        for layer in self.layers:
            x = layer(x)
            features.append(x)
        return features

    def adjacencies(self) -> list[Tensor]:
        """Return the learnt A_L (nodes, nodes) of each module; empty without `learnable_adjacency`."""
        learnt = (m.learnt_adjacency for m in self.modules() if isinstance(m, GraphConv))
        return [matrix.detach() for matrix in learnt if matrix is not None]


class Stream(nn.Module):
    """Neighbouring channels of the nodes through batch norm and separate structure modules.

    Parameters
    ----------
    channels : (int, int)
        First channel, and the one after the last.
    widths, propagation, learnable_adjacency
        As for `SSStack`.

    Shapes
    ------
    input: (batch, frames, nodes, all channels); output: list of (nodes, batch, frames, width), after each module
    """

    def __init__(
        self, channels: tuple[int, int], widths: Sequence[int], propagation: Tensor, *, learnable_adjacency: bool
    ) -> None:
        super().__init__()
        self.start, self.stop = channels
        self.norm = InputNorm(self.stop - self.start)
        self.stack = SSStack(self.stop - self.start, widths, propagation, learnable_adjacency=learnable_adjacency)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the features after each module."""
        features: list[Tensor] = self.stack(self.norm(x[..., self.start : self.stop]))
        return features


class Head(nn.Module):
    """Features of the graph to scores: mean over the frames (and nodes), then a linear map.

    Parameters
    ----------
    nodes, channels : int
        Size of the graph's features.
    outputs : int
        Number of scores.
    kind : {"flat", "pooled"}
        ``flat`` maps the nodes side by side, ``pooled`` their mean.

    Shapes
    ------
    input: (nodes, batch, frames, channels); output: (batch, outputs)
    """

    def __init__(self, nodes: int, channels: int, outputs: int, *, kind: HeadKind) -> None:
        super().__init__()
        check_word("head", kind, get_args(HeadKind))
        self.kind = kind
        self.linear = nn.Linear(nodes * channels if kind == "flat" else channels, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """Return scores."""
        scores: Tensor = self.linear(self.summary(x))
        return scores

    def summary(self, x: Tensor) -> Tensor:
        """Return what the linear map sees: (batch, nodes * channels), node by node, or (batch, channels)."""
        over_frames = (x.sum(2) / x.shape[2]).transpose(0, 1)  # mean(2) would write its whole gradient, this does not
        return over_frames.flatten(1) if self.kind == "flat" else over_frames.mean(1)
