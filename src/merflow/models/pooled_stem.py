"""First layer of an encoder of pictures, the maximum taken before batch norm: the same numbers in half the passes.

Its maps are the largest of the network, and each pass over them costs as much as several over those behind it. Batch
norm and ReLU keep the order of the values of a channel, or turn it where the weight of batch norm is negative. So the
maximum can come first, of filters that are turned where that weight is negative: a quarter of the values is left to
normalise.
"""

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.autograd import Function

MAXIMUM = ([3, 3], [2, 2], [1, 1])
"""Side, step and padding."""


class _BatchNorm(nn.BatchNorm2d):
    """The parameters and running statistics of batch norm, for statistics that are computed elsewhere."""

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor
    momentum: float

    @torch.no_grad()
    def follow(self, mean: Tensor, variance: Tensor, *, count: int) -> None:
        """Let the running statistics follow those of a batch of so many values a channel, as batch norm does."""
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance * (count / max(count - 1, 1)), self.momentum)
        self.num_batches_tracked.add_(1)

    @torch.no_grad()
    def follow_masked(self, mean: Tensor, variance: Tensor, *, count: Tensor) -> None:
        """Do the same for a number of values that is a tensor; ``vmap`` has no rule for ``lerp_``."""
        unbiased = variance * (count / (count - 1).clamp_min(1))
        self.running_mean.add_(self.momentum * (mean - self.running_mean))
        self.running_var.add_(self.momentum * (unbiased - self.running_var))
        self.num_batches_tracked.add_(1)


class PooledStem(nn.Sequential):
    """Convolution of 7x7 and stride 2, batch norm, ReLU, maximum over 3x3 and stride 2.

    Equal to these layers one after the other; its parameters have the names that they have there.

    Parameters
    ----------
    in_channels, out_channels : int

    Shapes
    ------
    input: (n, in_channels, h, w); output: (n, out_channels, ceil(h / 4), ceil(w / 4))
    """

    rows_axis = 0
    """Pictures are rows of ``forward_masked``."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        filters = nn.Conv2d(in_channels, out_channels, 7, 2, padding=3, bias=False)
        super().__init__(filters, _BatchNorm(out_channels))

    def forward(self, x: Tensor) -> Tensor:
        """Return the pooled maps."""
        z, sign, norm = self._responses(x)
        if self.training:
            largest, mean, variance = _LargestAndMoments.apply(z)  # type: ignore[no-untyped-call]
            norm.follow(sign * mean, variance, count=z.numel() // len(sign))
        else:
            largest = nn.functional.max_pool2d(z, *MAXIMUM)
            mean, variance = sign * norm.running_mean, norm.running_var
        return _scaled(largest, sign, norm, mean, variance)

    def forward_masked(self, x: Tensor, *, real: Tensor) -> Tensor:
        """Return what `forward` returns in training, where some pictures pad the batch.

        For many networks side by side on a GPU, where ``torch.func.vmap`` runs it: it has operations of torch only.

        Parameters
        ----------
        x : Tensor of shape (n, in_channels, h, w)
        real : Tensor of shape (n,), float
            1 for a picture that counts, 0 for padding.
        """
        z, sign, norm = self._responses(x)
        count = real.sum() * z[0, 0].numel()
        share = (real / count)[:, None, None, None]
        mean = (z * share).sum((0, 2, 3))
        variance = ((z - mean[:, None, None]).square() * share).sum((0, 2, 3))
        norm.follow_masked(sign * mean, variance, count=count)
        return _scaled(nn.functional.max_pool2d(z, *MAXIMUM), sign, norm, mean, variance)

    def _responses(self, x: Tensor) -> tuple[Tensor, Tensor, _BatchNorm]:
        """Return the maps of the turned filters, which are turned (-1), and the batch norm."""
        filters, norm = cast(nn.Conv2d, self[0]).weight, cast(_BatchNorm, self[1])
        sign = torch.where(norm.weight < 0, -1.0, 1.0)
        return nn.functional.conv2d(x, filters * sign[:, None, None, None], stride=2, padding=3), sign, norm


def _scaled(largest: Tensor, sign: Tensor, norm: _BatchNorm, mean: Tensor, variance: Tensor) -> Tensor:
    scale = sign * norm.weight * torch.rsqrt(variance + norm.eps)
    return nn.functional.relu(largest * scale[:, None, None] + (norm.bias - scale * mean)[:, None, None])


class _LargestAndMoments(Function):
    """Maximum over 3x3 with stride 2, mean and biased variance of each channel; backward they share one array."""

    @staticmethod
    def forward(ctx: Any, z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        largest, winner = nn.functional.max_pool2d(z, *MAXIMUM, return_indices=True)
        mean, variance = torch.batch_norm_update_stats(z, None, None, 0.0)
        ctx.save_for_backward(z, winner, mean)
        return largest, mean, variance

    @staticmethod
    def backward(ctx: Any, grad_largest: Tensor, grad_mean: Tensor, grad_variance: Tensor) -> Tensor:  # type: ignore[override]
        z, winner, mean = ctx.saved_tensors
        count = z.numel() // len(mean)
        slope = 2 * grad_variance / count
        grad = torch.ops.aten.max_pool2d_with_indices_backward(grad_largest, z, *MAXIMUM, [1, 1], False, winner)
        level = grad_mean / count - slope * mean
        return cast(Tensor, grad.addcmul_(z, slope[:, None, None]).add_(level[:, None, None]))
