"""The shortcut of a residual block whose size changes: a 1x1 convolution and batch norm, as in ResNet."""

from torch import Tensor, nn

SAFE_CHANNELS = 16


class PointwiseConvolution(nn.Conv2d):
    """1x1 convolution without bias, of any stride.

    Shapes
    ------
    input: (n, in_channels, h, w); output: (n, out_channels, ceil(h / stride), ceil(w / stride))
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__(in_channels, out_channels, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolved maps."""
        # oneDNN of torch 2.13.0 writes past its buffers here, forward and backward, if the stride is 2, the channels of
        # the input lie last in memory and are fewer than one register holds: 16 with AVX-512, 8 with AVX2. It is
        # reported as https://github.com/uxlfoundation/oneDNN/issues/6035.
        return super().forward(x.contiguous() if self.in_channels < SAFE_CHANNELS else x)


def shortcut(in_channels: int, out_channels: int, stride: int) -> nn.Module:
    """Return what brings a block's input to the size of its output; nothing has to be done where they agree."""
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    return nn.Sequential(PointwiseConvolution(in_channels, out_channels, stride), nn.BatchNorm2d(out_channels))
