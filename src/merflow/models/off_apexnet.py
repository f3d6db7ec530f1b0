"""OFF-ApexNet: two small convolutional streams over u and v, then fully connected layers.

Source: Gan et al. 2019, "OFF-ApexNet on micro-expression recognition system".
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from merflow.models.flow_image_input import SIDE, channels_first, check_flow_image_input
from merflow.models.network import Network
from merflow.models.params import check_param

KERNEL, POOL = 5, 2
"""Sides of the filters and of the pooling."""

FLOW_CHANNELS = 2
"""u and v, one a stream; the strain is not read."""


class OFFApexNet(Network):
    """For u and v each: 5x5 filters, ReLU, maxima of 2x2, twice; the two streams side by side; fully connected layers.

    Parameters
    ----------
    input_shape : (int, int, int)
        28, 28, 3: height, width, channels u, v, strain; the strain is not read.
    classes : int
        Number of classes.
    filters : non-empty sequence of int, each at least 1
        Filters of the two layers of a stream.
    hidden : non-empty sequence of int, each at least 1
        Features of the fully connected layers before the last.
    dropout : float, at least 0, below 1
        Share of the features of each of these layers that a training step leaves out, below 1.

    Shapes
    ------
    input: (batch, 28, 28, 3), float of 0 to 1; output: (batch, classes) logits
    """

    name = "off_apexnet"
    reads = ("flow_images",)
    clip_ms = 0.5
    size_px = 28

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        filters: Sequence[int] = (6, 16),
        hidden: Sequence[int] = (1024, 1024),
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        check_flow_image_input("off_apexnet", input_shape)
        two = len(filters) == 2 and min(filters) > 0
        check_param(two, "off_apexnet", "filters", expected="of two layers, at least 1 in each", found=filters)
        wide = bool(hidden) and min(hidden) > 0
        check_param(wide, "off_apexnet", "hidden", expected="of at least 1 feature a layer", found=hidden)
        check_param(0 <= dropout < 1, "off_apexnet", "dropout", expected="of 0 to below 1", found=dropout)
        self.streams = nn.ModuleList(_stream(filters) for _ in range(FLOW_CHANNELS))
        features = FLOW_CHANNELS * filters[-1] * (SIDE // POOL ** len(filters)) ** 2
        self.dense = nn.Sequential(*(_dense(a, b, dropout) for a, b in pairwise([features, *hidden])))
        self.classify = nn.Linear(hidden[-1], classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes."""
        pictures = channels_first(x)
        features = [stream(pictures[:, i : i + 1]).flatten(1) for i, stream in enumerate(self.streams)]
        logits: Tensor = self.classify(self.dense(torch.cat(features, 1)))
        return logits


def _stream(filters: Sequence[int]) -> nn.Sequential:
    layers: list[nn.Module] = []
    for before, after in pairwise([1, *filters]):
        layers += [
            nn.Conv2d(before, after, KERNEL, padding=KERNEL // 2),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(POOL),
        ]
    return nn.Sequential(*layers)


def _dense(before: int, after: int, dropout: float) -> nn.Sequential:
    return nn.Sequential(nn.Linear(before, after), nn.ReLU(inplace=True), nn.Dropout(dropout))
