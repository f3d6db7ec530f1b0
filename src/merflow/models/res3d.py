"""Res3D: a residual network of 18 layers with 3D convolutions, over whole sequences; with SCA, Res3D+SCA.

Source: Hara et al. 2018, ResNet-18 with shortcut A; Li et al. 2022 (4DME), section 5.1. What the papers leave open, and
how it is read here, is in docs/models/res3d.md.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal, get_args

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError
from merflow.models.network import Network
from merflow.models.params import check_param, check_word
from merflow.models.pretrained import load_pretrained
from merflow.models.sca import SCA
from merflow.models.sequence_crop import SequenceCrop, check_sequence_input
from merflow.user_paths import UserPath

KINETICS_MEAN = (114.7748, 107.7354, 99.4750)
"""Of red, green and blue, grey levels: what the public weights of Hara et al. were trained with."""

Attention = Literal["none", "sca"]
Subtracted = Literal["mean", "onset"]

_FRESH = ("fc", "sca")
"""Modules whose weights no file gives."""

_HALVINGS = 5
"""Of the side of a frame, rounded up each time; of the frames one less."""

_MOST_FRAMES, _SMALLEST_CROP = 16, 33
"""For SCA: what the last layer sees as one frame, and as more than one place, px."""


class Block3D(nn.Module):
    """Two 3x3x3 convolutions and a shortcut without weights (A): every n-th value, new channels are 0.

    Shapes
    ------
    input: (batch, in_channels, t, h, w); output: (batch, out_channels, t / stride, h / stride, w / stride), rounded up
    """

    def __init__(self, in_channels: int, out_channels: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm3d(out_channels)
        self.conv2 = nn.Conv3d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm3d(out_channels)
        self.stride, self.added = stride, out_channels - in_channels

    def forward(self, x: Tensor) -> Tensor:
        """Return the features of the next block."""
        h = nn.functional.relu(self.bn1(self.conv1(x)), inplace=True)
        every = slice(None, None, self.stride)
        shortcut = nn.functional.pad(x[:, :, every, every, every], (0, 0, 0, 0, 0, 0, 0, self.added))
        return nn.functional.relu(self.bn2(self.conv2(h)) + shortcut, inplace=True)


class Res3D(Network):
    """A 7x7x7 convolution, a maximum, four layers of two blocks, the mean over time and place, a linear map.

    In training a square is cut out of each clip at a random place, otherwise out of the middle.

    Parameters
    ----------
    input_shape : (int, int, int, int)
        Frames; height, width, colours (3).
    classes : int
        Number of classes.
    attention : {"none", "sca"}
        Second-order attention to channels and places before the mean, for sequences of at most 16 frames.
    width : int, at least 1
        Channels of the first layer; each later one has twice as many.
    crop : int, at least 1
        Side of the square that is cut out of the frames, px.
    flip : bool
        Mirror half of the clips in training.
    mean : sequence of float
        Grey levels of red, green and blue that are subtracted.
    subtract : {"mean", "onset"}
        What is subtracted from each frame: `mean`, or the first frame of the clip, which leaves what moves.
    weights : str
        Path of weights that training starts from, all but SCA and the last linear map; empty for random ones.

    Shapes
    ------
    x: (batch, frames, height, width, 3), uint8 or float of 0 to 255; output: (batch, classes) logits
    """

    name = "res3d"
    reads = ("sequences",)
    clip_ms = 460.0
    effective_with: ClassVar = {"mean": {"subtract": "mean"}}
    shows: ClassVar = {"activation": {}}

    mean: Tensor

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        attention: Attention = "none",
        width: int = 64,
        crop: int = 112,
        flip: bool = False,
        mean: Sequence[float] = KINETICS_MEAN,
        subtract: Subtracted = "mean",
        weights: UserPath = "",
    ) -> None:
        super().__init__()
        check_sequence_input(self.name, input_shape, crop=crop)
        check_param(width >= 1, self.name, "width", expected="of 1 or more", found=width)
        check_param(len(mean) == 3, self.name, "mean", expected="of three colours", found=list(mean))
        check_word("attention", attention, get_args(Attention))
        check_word("subtract", subtract, get_args(Subtracted))
        self.weights, self.subtract = weights, subtract
        self.crop = SequenceCrop(crop, flip=flip)
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32), persistent=False)
        self.conv1 = nn.Conv3d(3, width, 7, (1, 2, 2), padding=3, bias=False)
        self.bn1 = nn.BatchNorm3d(width)
        self.pool = nn.MaxPool3d(3, 2, padding=1)
        self.layer1 = _layer(width, width, stride=1)
        self.layer2 = _layer(width, 2 * width, stride=2)
        self.layer3 = _layer(2 * width, 4 * width, stride=2)
        self.layer4 = _layer(4 * width, 8 * width, stride=2)
        self.sca = _sca(8 * width, frames=input_shape[0], crop=crop) if attention == "sca" else nn.Identity()
        self.fc = nn.Linear(8 * width, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv3d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")

    def begin_training(self, aus: Tensor, *, known: Tensor) -> None:
        """Take the weights of the user's file, if one is named; raises as ``load_pretrained``."""
        if self.weights:
            load_pretrained(self, Path(self.weights), model=self.name, fresh=_FRESH)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes."""
        logits: Tensor = self.fc(self.sca(self.features(x)).mean((2, 3, 4)))
        return logits

    def features(self, x: Tensor) -> Tensor:
        """Return the features (batch, 8 width, t, h, w) of the last layer."""
        frames: Tensor = self.crop(x).to(self.mean.dtype)
        h: Tensor = (frames - (self.mean if self.subtract == "mean" else frames[:, :1])).permute(0, 4, 1, 2, 3)
        h = self.pool(nn.functional.relu(self.bn1(self.conv1(h)), inplace=True))
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            h = layer(h)
        return h

    def last_block(self) -> nn.Module:
        """Return the module whose output an activation map is of; attention, if there is some, comes after it."""
        return self.layer4

    def seen(self, x: Tensor) -> Tensor:
        """Return the square of the onset frame (batch, crop, crop, 3) that an activation map lies over."""
        square: Tensor = self.crop(x)[:, 0]
        return square


def _layer(in_channels: int, out_channels: int, *, stride: int) -> nn.Sequential:
    """Return two blocks, of which the first changes the size."""
    return nn.Sequential(
        Block3D(in_channels, out_channels, stride=stride), Block3D(out_channels, out_channels, stride=1)
    )


def _sca(channels: int, *, frames: int, crop: int) -> SCA:
    """Return the attention to the last features of clips of a size, which must leave it something to compare."""
    check_param(
        crop >= _SMALLEST_CROP, "res3d", "crop", expected=f"of at least {_SMALLEST_CROP} px for SCA", found=crop
    )
    if frames > _MOST_FRAMES:
        raise ConfigError(
            f"res3d: expected for attention: sca sequences of at most {_MOST_FRAMES} frames, but found {frames}. Name "
            "a variant of the sequences of such a length, or set attention: none."
        )
    side = math.ceil(crop / 2**_HALVINGS)
    return SCA(channels, height=side, width=side)
