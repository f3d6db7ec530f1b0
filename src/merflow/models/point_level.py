"""One level of a point network: shared linear map, batch normalisation, ReLU, pooling."""

import math

import torch
from torch import Tensor, nn

from merflow.models.point_ops import linear_relu_max, with_moments


class PointLevel(nn.Module):
    """The same map for every point, normalised over all points of the batch, and its maximum over the points.

    Equal to ``Linear(bias=False)``, ``BatchNorm1d``, ``ReLU`` and a maximum, but computed as ``point_ops`` describes.

    Parameters
    ----------
    in_channels, out_channels : int
        Features of a point before and after.
    momentum : float
        Weight of the newest batch in the running statistics.
    eps : float
        Added to the variance.

    Shapes
    ------
    input: (points, groups, in_channels)
    output: pooled (groups, out_channels), kept (keep, groups, out_channels)
    """

    rows_axis = 1
    """Points and groups are rows of ``forward_masked``."""

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, in_channels: int, out_channels: int, *, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels))
        self.gamma = nn.Parameter(torch.ones(out_channels))
        self.beta = nn.Parameter(torch.zeros(out_channels))
        self.register_buffer("running_mean", torch.zeros(out_channels))
        self.register_buffer("running_var", torch.ones(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))  # as torch.nn.Linear

    def forward(self, h: Tensor, keep: int) -> tuple[Tensor, Tensor]:
        """Return the pooled features and those of the first `keep` points."""
        mean, variance = self.running_mean, self.running_var
        if self.training:
            h, mean, variance = self._statistics(h)
        scale = self.gamma * torch.rsqrt(variance + self.eps)
        return linear_relu_max(h, self.weight * scale[:, None], self.beta - scale * mean, keep=keep)

    def forward_masked(self, h: Tensor, keep: int, *, real: Tensor) -> tuple[Tensor, Tensor]:
        """Return what `forward` returns in training, where some groups pad the batch.

        For many networks side by side on a GPU, where ``torch.func.vmap`` runs it: it has operations of torch only.

        Parameters
        ----------
        h : Tensor of shape (points, groups, in_channels)
        keep : int
        real : Tensor of shape (points, groups), float
            1 for a row that counts, 0 for padding.
        """
        count = real.sum()
        share = (real / count).unsqueeze(2)
        h_mean = (h * share).sum((0, 1))
        centred = h - h_mean
        h_covariance = (centred * share).flatten(0, 1).T @ centred.flatten(0, 1)
        mean, variance = self._of_products(h_mean, h_covariance)
        with torch.no_grad():  # vmap has no rule for lerp_
            self.running_mean.add_(self.momentum * (mean - self.running_mean))
            unbiased = variance * (count / (count - 1).clamp_min(1))
            self.running_var.add_(self.momentum * (unbiased - self.running_var))
        scale = self.gamma * torch.rsqrt(variance + self.eps)
        z = h @ (self.weight * scale[:, None]).T
        bias = self.beta - scale * mean
        return (z.max(0).values + bias).relu(), (z[:keep] + bias).relu()

    def _statistics(self, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return h, and mean and variance of ``h W`` over the batch; follow them in the running statistics."""
        h, h_mean, h_covariance = with_moments(h)
        mean, variance = self._of_products(h_mean, h_covariance)
        with torch.no_grad():
            count = len(h) * h.shape[1]
            unbiased = variance * (count / max(count - 1, 1))
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(unbiased, self.momentum)
        return h, mean, variance

    def _of_products(self, h_mean: Tensor, h_covariance: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and variance of ``h W`` from mean and covariance of h."""
        return self.weight @ h_mean, ((self.weight @ h_covariance) * self.weight).sum(1).clamp_min(0)

    def extra_repr(self) -> str:
        """Return the sizes for ``repr``."""
        return f"{self.weight.shape[1]}, {self.weight.shape[0]}"
