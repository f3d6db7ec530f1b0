"""PointNet++ with a single scale: a small PointNet over the neighbours of each centre, level by level.

Source: Qi et al. 2017, "PointNet++", with the sizes of ``pointnet2_cls_ssg`` of yanx27/Pointnet_Pointnet2_pytorch
(MIT). It is a row of Tables III and VI of "Lite-Point-GCN". What that paper leaves open is a constructor argument.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from merflow.models.network import Network
from merflow.models.params import check_param, check_word
from merflow.models.point_clouds import Clouds, Scope, check_centres
from merflow.models.point_grouping import grouped_maximum
from merflow.models.point_mlp import PointMLP, scaled
from merflow.models.point_neighbours import Neighbours, in_ball
from merflow.models.point_sampling import farthest_points, take_rows

LEVELS = 2
"""With centres; the third takes all that are left."""


class PointNet2(Network):
    """Two levels of centres with their neighbours, a level over all centres, three fully connected layers.

    Centres are the farthest points, from row 0 on, which is a point of strong motion: the result does not depend on
    chance.

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
        Of the two levels; a cloud of fewer points has all of them.
    radii : non-empty sequence of float, each above 0
        Within which neighbours are, of the two levels, in radii of the cloud.
    group : non-empty sequence of int, each at least 1
        Neighbours of a centre, of the two levels.
    neighbours : {"first", "nearest"}
        Of more points within the radius, those that come first, which are those of strong motion, or the nearest.
    dropout : float, at least 0, below 1
        Share of the features before the last two layers of the published classifier that a training step leaves out.

    Shapes
    ------
    input: (batch, regions, points, channels); output: (batch, classes) logits
    """

    name = "pointnet2"
    reads = ("regions",)
    clip_ms = 75.0

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        scope: Scope = "face",
        width: float = 1.0,
        radius_mm: float = 0.0,
        unit_mm: float = 46.0,
        centres: Sequence[int] = (512, 128),
        radii: Sequence[float] = (0.2, 0.4),
        group: Sequence[int] = (32, 64),
        neighbours: Neighbours = "first",
        dropout: float = 0.4,
    ) -> None:
        super().__init__()
        check_param(width > 0, "pointnet2", "width", expected="above 0", found=width)
        check_centres("pointnet2", centres, levels=LEVELS)
        for name, found in (("radii", radii), ("group", group)):
            holds = len(found) == LEVELS and min(found) > 0
            check_param(holds, "pointnet2", name, expected=f"of {LEVELS} numbers above 0", found=found)
        check_word("neighbours", neighbours, ("first", "nearest"))
        check_param(0 <= dropout < 1, "pointnet2", "dropout", expected="of 0 to below 1", found=dropout)
        self.clouds = Clouds("pointnet2", input_shape, scope=scope, radius_mm=radius_mm, unit_mm=unit_mm)
        self.centres = [min(count, self.clouds.points) for count in centres]
        channels = self.clouds.channels - 3
        widths = [[scaled(size, width) for size in sizes] for sizes in ((64, 64, 128), (128, 128, 256))]
        self.levels = nn.ModuleList()
        for sizes, radius, count in zip(widths, radii, group, strict=True):
            self.levels.append(Abstraction(channels, sizes, radius=radius, count=count, neighbours=neighbours))
            channels = sizes[-1]
        a, b, c = (scaled(size, width) for size in (1024, 512, 256))
        self.last = PointMLP([3 + channels, c, b, a])
        face = nn.Sequential(
            *(nn.Linear(a, b), nn.BatchNorm1d(b), nn.ReLU(), nn.Dropout(dropout)),
            *(nn.Linear(b, c), nn.BatchNorm1d(c), nn.ReLU(), nn.Dropout(dropout)),
            nn.Linear(c, classes),
        )
        self.head = self.clouds.head(face, a, classes, width=width)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits."""
        clouds = self.clouds(x)
        xyz, features = clouds[..., :3], clouds[..., 3:]
        centres = take_rows(xyz, farthest_points(xyz, self.centres[0]))
        for level, count in zip(self.levels, self.centres, strict=True):
            features = level(xyz, features, centres[:, :count])
            xyz = centres[:, :count]  # the farthest points of these are the first of them
        logits: Tensor = self.head(self.last(torch.cat([xyz, features], 2).transpose(0, 1).contiguous()))
        return logits


class Abstraction(nn.Module):
    """Features of centres: the maximum over their neighbours of what an MLP makes of place and features of each.

    The place is relative to the centre, and not divided by the radius.

    Parameters
    ----------
    channels : int
        Features of a point.
    sizes : sequence of int
        Features after each layer.
    radius : float
    count : int
        Neighbours of a centre.
    neighbours : {"first", "nearest"}

    Shapes
    ------
    input: xyz (clouds, points, 3), features (clouds, points, channels), centres (clouds, m, 3); output: (clouds, m,
    sizes[-1])
    """

    def __init__(
        self, channels: int, sizes: Sequence[int], *, radius: float, count: int, neighbours: Neighbours
    ) -> None:
        super().__init__()
        self.radius, self.count, self.neighbours = radius, count, neighbours
        self.mlp = PointMLP([3 + channels, *sizes])

    def forward(self, xyz: Tensor, features: Tensor, centres: Tensor) -> Tensor:
        """Return the features of the centres."""
        index = in_ball(centres, xyz, radius=self.radius, count=self.count, neighbours=self.neighbours)
        return grouped_maximum(self.mlp, xyz, features, centres, index)
