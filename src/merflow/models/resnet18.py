"""ResNet18 on the apex frame: the image baseline of GTS-GN. Source: He et al. 2016, with the projection shortcut."""

from collections.abc import Sequence

from torch import Tensor, nn

from merflow.models.image_input import IMAGE_SIZE, ImageInput, check_image_input
from merflow.models.network import Network
from merflow.models.params import check_param
from merflow.models.shortcut import shortcut

STAGE_WIDTHS = (64, 128, 256, 512)
"""Channels of the four stages; each but the first halves height and width."""

SMALLEST = 32
"""Side of a picture that the last stage sees as one pixel, px."""


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut, which is a 1x1 convolution where the size changes.

    Shapes
    ------
    input: (batch, in_channels, h, w); output: (batch, out_channels, h / stride, w / stride)
    """

    def __init__(self, in_channels: int, out_channels: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.shortcut = shortcut(in_channels, out_channels, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Return the features of the next block."""
        h = nn.functional.relu(self.norm1(self.conv1(x)), inplace=True)
        return nn.functional.relu(self.norm2(self.conv2(h)) + self.shortcut(x), inplace=True)


class ResNet18(Network):
    """A 7x7 convolution, four stages of two blocks, the mean over the picture, a linear map.

    Weights start at random: merflow ships none that were trained elsewhere.

    Parameters
    ----------
    input_shape : (int, int, int)
        Height, width, colours (3).
    classes : int
        Number of classes.
    image_size : int, at least 32
        Side that a picture is resized to, px, at least 32; a step at 112 takes a third of the time of one at 224.

    Shapes
    ------
    input: (batch, height, width, 3), uint8 or float of 0 to 255; output: (batch, classes) logits
    """

    name = "resnet18"
    reads = ("magnified",)
    clip_ms = 50.0

    def __init__(self, input_shape: Sequence[int], classes: int, *, image_size: int = IMAGE_SIZE) -> None:
        super().__init__()
        check_image_input("resnet18", input_shape)
        large = image_size >= SMALLEST
        check_param(large, "resnet18", "image_size", expected=f"of at least {SMALLEST}", found=image_size)
        self.image = ImageInput(image_size)
        self.stem = stem(STAGE_WIDTHS[0])
        self.pool = nn.MaxPool2d(3, 2, padding=1)
        self.stages = residual_stages(STAGE_WIDTHS)
        self.classify = nn.Linear(STAGE_WIDTHS[-1], classes)
        initialise(self)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes."""
        logits: Tensor = self.classify(self.layer_features(x)[-1])
        return logits

    def layer_features(self, x: Tensor) -> list[Tensor]:
        """Return the features (batch, channels) after each stage, mean over the picture."""
        h = self.pool(self.stem(self.image(x)))
        features = []
        for stage in self.stages:
            h = stage(h)
            features.append(h.mean((2, 3)))
        return features


def stem(width: int) -> nn.Sequential:
    """Return the first convolution, to `width` channels of half height and width, with batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(3, width, 7, 2, padding=3, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(inplace=True),
    )


def residual_stages(widths: Sequence[int]) -> nn.ModuleList:
    """Return stages of two blocks with these numbers of channels; each but the first halves height and width.

    The input of the first has as many channels as its output.
    """
    stages, before = nn.ModuleList(), widths[0]
    for i, width in enumerate(widths):
        first = BasicBlock(before, width, stride=1 if i == 0 else 2)
        stages.append(nn.Sequential(first, BasicBlock(width, width, stride=1)))
        before = width
    return stages


def initialise(net: nn.Module) -> None:
    """Draw the convolutions as He et al. 2015 do for ReLU, by their outputs."""
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
