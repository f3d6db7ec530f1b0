"""STSTNet: one layer of convolutions over u, v and optical strain, three streams wide.

Source: Liong et al. 2019, "Shallow triple stream three-dimensional CNN (STSTNet) for micro-expression recognition". The
sizes are those of its authors' PyTorch program (christy1206/STSTNet, ``main.py``).
"""

from collections.abc import Sequence

from torch import Tensor, nn

from merflow.models.flow_image_input import CHANNELS, SIDE, channels_first, check_flow_image_input
from merflow.models.network import Network
from merflow.models.params import check_param

KERNEL, MAX_POOL, AVERAGE_POOL = 3, 3, 2
"""Sides of the filters and of the two poolings; each pooling steps by its side."""


class STSTNet(Network):
    """Streams of 3x3 filters, ReLU, batch norm, maxima of 3x3, side by side; means of 2x2; one linear map.

    All streams read the same three channels and differ in nothing but the number of their filters, so that side by side
    they are one convolution of 16 filters: it is computed as one, with the same result.

    Parameters
    ----------
    input_shape : (int, int, int)
        28, 28, 3: height, width, channels u, v, strain.
    classes : int
        Number of classes.
    filters : non-empty sequence of int, each at least 1
        Filters of each stream.
    padding : int, at least 1, at most 2
        Zeros around the picture, px, 1 or 2: either leaves 10x10 maxima. 1 pools all responses; 2, as in the authors'
        program, pools none of the last row and column.
    dropout : float, at least 0, below 1
        Share of the maxima that a training step leaves out, below 1.

    Shapes
    ------
    input: (batch, 28, 28, 3), float of 0 to 1; output: (batch, classes) logits
    """

    name = "ststnet"
    reads = ("flow_images",)
    clip_ms = 0.1
    size_px = 28

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        filters: Sequence[int] = (3, 5, 8),
        padding: int = 2,
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        check_flow_image_input("ststnet", input_shape)
        given = bool(filters) and min(filters) > 0
        check_param(given, "ststnet", "filters", expected="of at least 1 in each stream", found=filters)
        check_param(padding in (1, 2), "ststnet", "padding", expected="of 1 or 2 px", found=padding)
        check_param(0 <= dropout < 1, "ststnet", "dropout", expected="of 0 to below 1", found=dropout)
        width = sum(filters)
        self.streams = nn.Sequential(
            nn.Conv2d(CHANNELS, width, KERNEL, padding=padding),
            nn.ReLU(inplace=True),
            nn.BatchNorm2d(width),
            nn.MaxPool2d(MAX_POOL, MAX_POOL, padding=1),
            nn.Dropout(dropout),
            nn.AvgPool2d(AVERAGE_POOL, AVERAGE_POOL),
        )
        self.classify = nn.Linear(width * _pooled_side(padding) ** 2, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes."""
        logits: Tensor = self.classify(self.streams(channels_first(x)).flatten(1))
        return logits


def _pooled_side(padding: int) -> int:
    """Return the side of the pooled maps: 5, from 10x10 maxima."""
    responses = SIDE + 2 * padding - KERNEL + 1
    maxima = (responses + 2 - MAX_POOL) // MAX_POOL + 1
    return maxima // AVERAGE_POOL
