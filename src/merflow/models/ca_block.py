"""Continuous attention: convolution blocks whose attention maps multiply up, and the motion encoder made of them.

Source: ATM-GCN, section III-A, after MMNet (Li et al. 2022), whose block is read as: 3x3 convolution, batch norm, ReLU,
1x1 convolution, batch norm, shortcut, ReLU; one attention map of mean and maximum over the channels, times the map of
the block before.
"""

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from merflow.models.params import check_param
from merflow.models.pooled_stem import PooledStem
from merflow.models.resnet18 import initialise
from merflow.models.shortcut import shortcut

STEM_STRIDES = (2, 4)


class CABlock(nn.Module):
    """One continuous attention block: a residual block, gated by its attention map and those of all blocks before.

    The shortcut is a 1x1 convolution where the size changes, as in ResNet.

    Parameters
    ----------
    in_channels, out_channels : int
    stride : int
        Of the 3x3 convolution.

    Shapes
    ------
    x: (n, in_channels, h, w); attention of the block before: (n, 1, h / stride, w / stride) or None for the first;
    output: features (n, out_channels, h / stride, w / stride), and the attention map, one channel, in 0 to 1
    """

    def __init__(self, in_channels: int, out_channels: int, *, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(out_channels)
        self.shortcut = shortcut(in_channels, out_channels, stride)
        self.attend = nn.Conv2d(2, 1, 1, bias=False)
        self.norm_attention = nn.BatchNorm2d(1)

    def forward(self, x: Tensor, before: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the gated features and the map that gated them."""
        h = nn.functional.relu(self.norm1(self.conv1(x)), inplace=True)
        h = nn.functional.relu(self.norm2(self.conv2(h)) + self.shortcut(x), inplace=True)
        attention = self.attention(h)
        if before is not None:
            attention = before * attention
        return h * attention, attention

    def attention(self, features: Tensor) -> Tensor:
        """Return the block's own map of features (n, out_channels, h, w), before that of the last block multiplies."""
        summary = torch.cat([features.mean(1, keepdim=True), features.amax(1, keepdim=True)], 1)
        return torch.sigmoid(self.norm_attention(self.attend(summary)))


class MotionEncoder(nn.Module):
    """Pictures, one for each pair of frames, to one feature vector each: a stem, then continuous attention blocks.

    The first block keeps height and width, each further one halves them, and the attention map with them (maximum over
    3x3, as MMNet does). The last block's gated features are averaged over each cell of a grid that covers the picture,
    and the cells side by side are mapped linearly to the motion feature: on aligned faces a place has a meaning.

    Parameters
    ----------
    widths : sequence of int
        Channels of each block; the stem has those of the first.
    stem_stride : {2, 4}
        By how much the stem shrinks the picture: a 7x7 convolution of stride 2, and for 4 a maximum over 3x3, stride 2.
    grid : int
        Cells along each side of the picture; 1 takes the mean over all of it, without a linear map.

    Shapes
    ------
    input: (n, 3, h, w), float; output: (n, widths[-1])
    """

    def __init__(self, widths: Sequence[int], *, stem_stride: int, grid: int) -> None:
        super().__init__()
        known = stem_stride in STEM_STRIDES
        check_param(known, "atm_gcn", "stem_stride", expected="to be 2 or 4", found=stem_stride)
        self.stem = PooledStem(3, widths[0]) if stem_stride == 4 else _plain_stem(widths[0])
        sizes = itertools.pairwise([widths[0], *widths])
        self.blocks = nn.ModuleList(CABlock(a, b, stride=1 if i == 0 else 2) for i, (a, b) in enumerate(sizes))
        self.shrink = nn.MaxPool2d(3, 2, padding=1)
        self.grid = grid
        self.project = nn.Identity() if grid == 1 else nn.Linear(grid**2 * widths[-1], widths[-1], bias=False)
        initialise(self)

    def forward(self, x: Tensor) -> Tensor:
        """Return the features of each picture."""
        h, _ = self._run(x, last=len(self.blocks) - 1)
        features: Tensor = self.project(grid_means(h, self.grid).flatten(1))
        return features

    def attention_maps(self, x: Tensor, *, block: int) -> Tensor:
        """Return the map (n, h, w), in 0 to 1, that gates the features of a block, counted from 0."""
        return self._run(x, last=block)[1].squeeze(1)

    def _run(self, x: Tensor, *, last: int) -> tuple[Tensor, Tensor]:
        """Return features and attention map after block `last`."""
        h, attention = self.blocks[0](self.stem(x))
        for block in itertools.islice(self.blocks, 1, last + 1):
            h, attention = block(h, self.shrink(attention))
        return h, attention


def _plain_stem(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, width, 7, 2, padding=3, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True))


def grid_means(x: Tensor, cells: int) -> Tensor:
    """Return the means (n, c, cells, cells) of maps (n, c, h, w) over a grid of cells, which may share pixels.

    Cell i reaches from pixel ``floor(i h / cells)`` to ``ceil((i + 1) h / cells)``, as in torch's adaptive mean, whose
    gradient on a GPU is not reproducible.
    """
    rows, columns = (_cell_weights(size, cells, like=x) for size in x.shape[2:])
    return rows @ x @ columns.T


def _cell_weights(size: int, cells: int, *, like: Tensor) -> Tensor:
    """Return the weights (cells, size) that take the mean over each cell."""
    weights = like.new_zeros(cells, size)
    for i in range(cells):
        start, stop = i * size // cells, -(-(i + 1) * size // cells)
        weights[i, start:stop] = 1 / (stop - start)
    return weights
