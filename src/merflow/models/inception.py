"""The layers of GoogLeNet with batch norm: a stem, nine blocks of several scales, the mean over places, a linear map.

Source: Szegedy et al. 2015, with the batch norm of Ioffe and Szegedy 2015 and without auxiliary classifiers, in the
sizes of the common public implementation (6,624,904 parameters for 1000 classes).
"""

from collections.abc import Sequence
from typing import Literal, cast, get_args

import torch
from torch import Tensor, nn

from merflow.models.params import check_param

WIDTH = 64
"""Channels of the first layer as published."""

DIVISOR = 8
"""All published channels are whole multiples of it, and a `width` must be."""

EPS = 0.001
"""Of batch norm, as published."""

Wide = Literal[3, 5]

STAGES = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    (
        (192, 96, 208, 16, 48, 64), (160, 112, 224, 24, 64, 64), (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64), (256, 160, 320, 32, 128, 128),
    ),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
)  # fmt: skip
"""Blocks of the stages 3, 4 and 5; a maximum halves height and width between stages.

Of a block the channels of 1x1, before 3x3, of 3x3, before the wide filters, of these, and after the maximum.
"""


class ConvNorm(nn.Sequential):
    """Convolution without bias, batch norm, ReLU; the size stays, or is divided by the stride and rounded up."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int, *, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(in_channels, out_channels, kernel, stride, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(out_channels, eps=EPS),
            nn.ReLU(inplace=True),
        )


class Inception(nn.Module):
    """Four branches side by side: 1x1, 3x3, wide filters, and the maximum over 3x3.

    Shapes
    ------
    input: (batch, in_channels, h, w); output: (batch, `channels`, h, w)
    """

    def __init__(self, in_channels: int, block: Sequence[int], *, wide: Wide) -> None:
        super().__init__()
        one, before_three, three, before_wide, large, after_maximum = block
        self.branches = nn.ModuleList(
            [
                ConvNorm(in_channels, one, 1),
                nn.Sequential(ConvNorm(in_channels, before_three, 1), ConvNorm(before_three, three, 3)),
                nn.Sequential(ConvNorm(in_channels, before_wide, 1), ConvNorm(before_wide, large, wide)),
                nn.Sequential(nn.MaxPool2d(3, 1, padding=1), ConvNorm(in_channels, after_maximum, 1)),
            ]
        )
        self.channels = one + three + large + after_maximum

    def forward(self, x: Tensor) -> Tensor:
        """Return the branches one after the other."""
        return torch.cat([branch(x) for branch in self.branches], 1)


class GoogLeNetLayers(nn.Module):
    """All of GoogLeNet, from a picture to logits.

    Parameters
    ----------
    in_channels, classes : int
    model : str
        Name of the network that has it, for messages.
    width : int
        Channels of the first layer, a multiple of 8; the others are in proportion, as published at 64.
    wide : int
        Side of the wide filters: 3 in the public implementation, 5 in the paper.
    dropout : float
        Share of the last features that a training step leaves out.

    Shapes
    ------
    input: (batch, in_channels, h, w), float; output: (batch, classes) logits

    Raises
    ------
    ConfigError
        When a parameter is outside its range.
    """

    def __init__(self, in_channels: int, classes: int, *, model: str, width: int, wide: Wide, dropout: float) -> None:
        super().__init__()
        whole = width >= DIVISOR and width % DIVISOR == 0
        check_param(whole, model, "width", expected=f"of a multiple of {DIVISOR}", found=width)
        check_param(wide in get_args(Wide), model, "wide", expected="of 3 or 5", found=wide)
        check_param(0 <= dropout < 1, model, "dropout", expected="of 0 to below 1", found=dropout)
        self.stem = nn.Sequential(
            ConvNorm(in_channels, width, 7, stride=2),
            _halve(),
            ConvNorm(width, width, 1),
            ConvNorm(width, 3 * width, 3),
            _halve(),
        )
        self.stages = nn.ModuleList()
        channels = 3 * width
        for stage in STAGES:
            blocks = []
            for block in stage:
                blocks.append(Inception(channels, [size * width // WIDTH for size in block], wide=wide))
                channels = blocks[-1].channels
            self.stages.append(nn.Sequential(*blocks))
        self.halve = _halve()
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(channels, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes."""
        logits: Tensor = self.classify(self.dropout(self.features(x).mean((2, 3))))
        return logits

    def last_block(self) -> nn.Module:
        """Return the last block."""
        return cast(nn.Sequential, self.stages[-1])[-1]

    def features(self, x: Tensor) -> Tensor:
        """Return the features (batch, 16 width, h / 32, w / 32) of the last block."""
        h: Tensor = self.stem(x)
        for number, stage in enumerate(self.stages):
            h = stage(h if number == 0 else self.halve(h))
        return h


def _halve() -> nn.MaxPool2d:
    """Return the maximum over 3x3 with stride 2, from the first pixel on; the last one may lie at the border."""
    return nn.MaxPool2d(3, 2, ceil_mode=True)
