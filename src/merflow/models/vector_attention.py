"""Attention with a weight for each channel, after the difference of place and features: Point Transformer v1.

Source: Zhao et al. 2021, "Point Transformer", eq. 3, as in the variant "Hengshuang" of qq456cvb/Point-Transformers
(MIT): the weights are divided by the square root of the number of channels before the softmax.
"""

import math

from torch import Tensor, nn

from merflow.models.point_mlp import PointLinear
from merflow.models.point_sampling import take_rows


class VectorAttention(nn.Module):
    """Each point joined with its neighbours, added to what it was.

    ``y_i = x_i + leave(sum_j w_ij * (v_j + delta_ij))``, ``w_ij = softmax_j(gamma(q_i - k_j + delta_ij) / sqrt(d))``;
    q, k and v are linear in ``enter(x)``, and delta is an MLP of the difference of place.

    Parameters
    ----------
    channels : int
        Features of a point.
    attention : int
        Features inside the attention, d.

    Shapes
    ------
    input: x (clouds, points, channels), xyz (clouds, points, 3), index (clouds, points, k), int64; output: (clouds,
    points, channels)
    """

    def __init__(self, channels: int, attention: int) -> None:
        super().__init__()
        self.enter = PointLinear(channels, attention)
        self.leave = PointLinear(attention, channels)
        self.delta = nn.Sequential(PointLinear(3, attention), nn.ReLU(), PointLinear(attention, attention))
        self.gamma = nn.Sequential(PointLinear(attention, attention), nn.ReLU(), PointLinear(attention, attention))
        self.query = PointLinear(attention, attention, bias=False)
        self.key = PointLinear(attention, attention, bias=False)
        self.value = PointLinear(attention, attention, bias=False)
        self.scale = 1 / math.sqrt(attention)

    def forward(self, x: Tensor, xyz: Tensor, index: Tensor) -> Tensor:
        """Return the features of the points."""
        weights, values = self.weights_and_values(x, xyz, index)
        joined: Tensor = x + self.leave((weights * values).sum(2))
        return joined

    def weights_and_values(self, x: Tensor, xyz: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weights of the neighbours and what is summed with them, both (clouds, points, k, attention)."""
        h = self.enter(x)
        delta = self.delta(xyz.unsqueeze(2) - take_rows(xyz, index))
        difference = self.query(h).unsqueeze(2) - take_rows(self.key(h), index) + delta
        weights = (self.gamma(difference) * self.scale).softmax(2)
        return weights, take_rows(self.value(h), index) + delta
