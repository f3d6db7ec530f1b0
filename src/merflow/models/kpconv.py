"""KPConv: convolutions whose weights sit on points in space, in residual blocks on ever fewer points; rigid.

Source: Thomas et al. 2019, "KPConv", with the blocks and sizes of the classification network of
HuguesTHOMAS/KPConv-PyTorch (MIT). It is a row of Table III of "Lite-Point-GCN". What that paper leaves open is a
constructor argument.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from merflow.models.kernel_convolution import SLOPE, Bottleneck, Neighbourhood, SimpleBlock, neighbourhood
from merflow.models.network import Network
from merflow.models.params import check_param
from merflow.models.point_clouds import Clouds, Scope, check_centres
from merflow.models.point_grouping import means_around
from merflow.models.point_mlp import scaled
from merflow.models.point_sampling import farthest_points, take_rows

FIRST = 64
"""Features of a point after the first residual block at width 1; each level doubles them."""

CONVOLUTION_RADIUS, EXTENT = 2.5, 1.2
"""Radius of a convolution, and how far a kernel point reaches, in cells of the grid of its level."""

DENSE = 1024
"""Features of the layer before the classifier at width 1."""


class KPConv(Network):
    """A simple block, residual blocks on each level, the mean over the points, two fully connected layers.

    The published network takes the mean of the points of each cell of a grid whose cells double with each level. Here
    the points of a level are a given number of farthest points, so that all clouds of a batch have as many. Those of
    the first level have the mean motion of the points around them.

    Parameters
    ----------
    input_shape : (int, int, int)
        Regions, points of a region, features of a point.
    classes : int
        Number of classes.
    scope : {"face", "regions"}
        One cloud of the whole face with the published classifier, or one cloud a region, weights shared, with two
        layers over the regions.
    width : float, above 0
        Factor on the features of all layers; 1 is the published size.
    radius_mm : float, at least 0
        Radius that becomes 1; 0 for the distance from the mean within which 95 % of the cloud's points are.
    unit_mm : float, above 0
        Millimetres that 1 is along x and y of the input: 46 for ``input.coordinates: aligned``, 1000 for ``metres``.
    centres : non-empty sequence of int, each at least 1
        Points of each level; the published network has five. A cloud of fewer points has all of them.
    cell : float, above 0
        Side of a cell of the first level, in radii of the cloud; each level doubles it.
    most_neighbours : int, at least 1
        Neighbours of a point: the nearest where more are within the radius of the convolution.

    Shapes
    ------
    input: (batch, regions, points, channels); output: (batch, classes) logits
    """

    name = "kpconv"
    reads = ("regions",)
    clip_ms = 60.0

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        scope: Scope = "face",
        width: float = 1.0,
        radius_mm: float = 0.0,
        unit_mm: float = 46.0,
        centres: Sequence[int] = (1024, 512, 256, 128, 64),
        cell: float = 0.02,
        most_neighbours: int = 40,
    ) -> None:
        super().__init__()
        for name, found in (("width", width), ("cell", cell), ("most_neighbours", most_neighbours)):
            check_param(found > 0, "kpconv", name, expected="above 0", found=found)
        check_centres("kpconv", centres)
        self.clouds = Clouds("kpconv", input_shape, scope=scope, radius_mm=radius_mm, unit_mm=unit_mm)
        counts = [min(count, self.clouds.points) for count in centres]
        self.encoder = KPConvEncoder(
            self.clouds.channels - 3, counts, first=scaled(FIRST, width), cell=cell, most=most_neighbours
        )
        features, dense = self.encoder.out_channels, scaled(DENSE, width)
        face = nn.Sequential(nn.Linear(features, dense), nn.LeakyReLU(SLOPE), nn.Linear(dense, classes))
        self.head = self.clouds.head(face, features, classes, width=width)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits."""
        clouds = self.clouds(x)
        logits: Tensor = self.head(self.encoder(clouds[..., :3], clouds[..., 3:]))
        return logits


class KPConvEncoder(nn.Module):
    """Features of a cloud: a simple block and a residual one, then on each further level three residual ones.

    Parameters
    ----------
    motion : int
        Features of a point beside its place; a constant 1 is added to them.
    centres : sequence of int
        Points of each level.
    first : int
        Features after the first residual block.
    cell : float
        Side of a cell of the first level.
    most : int
        Neighbours of a point.

    Shapes
    ------
    input: xyz (clouds, points, 3), motion (clouds, points, motion); output: (clouds, out_channels)
    """

    def __init__(self, motion: int, centres: Sequence[int], *, first: int, cell: float, most: int) -> None:
        super().__init__()
        self.centres, self.cell, self.most = list(centres), cell, most
        half = max(1, first // 2)
        self.simple = SimpleBlock(1 + motion, half)
        self.out_channels = first
        self.first = Bottleneck(half, first, strided=False)
        self.levels = nn.ModuleList()
        for _ in centres[1:]:
            before, self.out_channels = self.out_channels, self.out_channels * 2
            self.levels.append(Level(before, self.out_channels))

    def forward(self, xyz: Tensor, motion: Tensor) -> Tensor:
        """Return the features of the clouds."""
        chosen = farthest_points(xyz, self.centres[0])
        xyz, motion = take_rows(xyz, chosen), means_around(motion, xyz, chosen)
        around = self._around(xyz, level=0)
        h = torch.cat([torch.ones_like(motion[..., :1]), motion], 2)
        h = self.first(self.simple(h, around), around)
        for level, (blocks, count) in enumerate(zip(self.levels, self.centres[1:], strict=True), 1):
            of_all = around.of_first(count)  # the farthest points of these are the first of them
            xyz = xyz[:, :count]
            around = self._around(xyz, level=level)
            h = blocks(h, of_all, around)
        mean: Tensor = h.mean(1)
        return mean

    def _around(self, xyz: Tensor, *, level: int) -> Neighbourhood:
        cell = self.cell * 2**level
        return neighbourhood(xyz, xyz, radius=CONVOLUTION_RADIUS * cell, extent=EXTENT * cell, most=self.most)


class Level(nn.Module):
    """A residual block to fewer points, and two on these.

    Shapes
    ------
    input: (clouds, points, before); output: (clouds, fewer, after)
    """

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.strided = Bottleneck(before, before, strided=True)
        self.widen = Bottleneck(before, after, strided=False)
        self.last = Bottleneck(after, after, strided=False)

    def forward(self, x: Tensor, of_all: Neighbourhood, of_fewer: Neighbourhood) -> Tensor:
        """Return the features of the fewer points; `of_all` are their neighbours among the points before."""
        h: Tensor = self.last(self.widen(self.strided(x, of_all), of_fewer), of_fewer)
        return h
