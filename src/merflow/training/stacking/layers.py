"""Layers as a stack computes them: statistics of real clips only, and dropout that is drawn elsewhere."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from merflow.training.stacking.probe import CannotStackError, Layout, Rows, is_drop, is_of_batch

HALF = (torch.float16, torch.bfloat16)


@dataclass(slots=True)
class Told:
    """What the layers of a network are told of the batch that it is called with.

    Attributes
    ----------
    real : Tensor of shape (clips,), float
        1 for a clip, 0 for padding.
    kept : sequence of Tensor of shape (clips, ...), bool
        What each call of a dropout layer keeps, in the order of the calls.
    calls : int
        Calls of dropout layers so far.
    """

    real: Tensor
    kept: Sequence[Tensor] = ()
    calls: int = 0


def with_told_layers(net: nn.Module, layout: Layout) -> tuple[nn.Module, Callable[[Told], None]]:
    """Return a copy of a network whose layers are told of the batch, and the function that tells them.

    Raises
    ------
    CannotStackError
        When a layer takes statistics of a batch and the probe did not see its rows.
    """
    net = copy.deepcopy(net)
    board: list[Told] = []

    def tell(told: Told) -> None:
        board[:] = [told]

    by_themselves = tuple(f"{name}." for name, module in net.named_modules() if hasattr(module, "forward_masked"))
    for name, module in net.named_modules():
        forward: Any = None
        if name.startswith(by_themselves):
            continue
        if is_of_batch(module) and name not in layout.rows:
            raise CannotStackError(f"{name} takes statistics of a batch and is not called as a layer")
        if isinstance(module, _BatchNorm):
            forward = partial(_normalised, module, board, layout.rows[name])
        elif is_of_batch(module):
            forward = partial(_masked, module, board, layout.rows[name])
        elif is_drop(module):
            forward = partial(_dropped, module, board)
        if forward is not None:
            module.forward = forward
    return net, tell


def _normalised(norm: _BatchNorm, board: Sequence[Told], rows: Rows, h: Tensor) -> Tensor:
    """Return what batch norm returns, mean and variance taken over the rows of real clips; follow them."""
    wide = h.float() if h.dtype in HALF else h
    real = rows.of_clips(board[0].real).to(wide.dtype)
    axes = [0, *range(2, h.dim())]
    weight = real.reshape(-1, *[1] * (h.dim() - 1))
    along = (1, -1, *[1] * (h.dim() - 2))
    count = real.sum() * h[0, 0].numel()
    mean = (wide * weight).sum(axes) / count
    centred = wide - mean.reshape(along)
    variance = (centred.square() * weight).sum(axes) / count
    if norm.track_running_stats:
        _follow(norm, mean.detach(), (variance * count / (count - 1).clamp_min(1)).detach())
    out = centred * torch.rsqrt(variance + norm.eps).reshape(along)
    if norm.affine:
        out = out * norm.weight.reshape(along) + norm.bias.reshape(along)
    return out


@torch.no_grad()
def _follow(norm: _BatchNorm, mean: Tensor, unbiased: Tensor) -> None:
    running: dict[str, Tensor] = dict(norm.named_buffers())
    steps = running["num_batches_tracked"].add_(1)
    share = 1 / steps.to(mean.dtype) if norm.momentum is None else norm.momentum
    for name, value in (("running_mean", mean), ("running_var", unbiased)):
        running[name].add_(share * (value - running[name]))


def _masked(module: Any, board: Sequence[Told], rows: Rows, h: Tensor, *args: Any) -> Any:
    """Run a layer that leaves padding out by itself."""
    real = rows.of_clips(board[0].real).to(h.dtype).view(h.shape[: module.rows_axis + 1])
    return module.forward_masked(h, *args, real=real)


def _dropped(drop: nn.Dropout, board: Sequence[Told], h: Tensor) -> Tensor:
    """Return what dropout returns, for values that are drawn already."""
    told = board[0]
    kept = told.kept[told.calls]
    told.calls += 1
    return h * (kept.to(h.dtype) / (1 - drop.p))
