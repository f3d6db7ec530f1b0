"""Point Transformer v1: vector attention over the nearest points, on five levels of ever fewer points.

Source: Zhao et al. 2021, "Point Transformer", with the sizes of the variant "Hengshuang" of qq456cvb/Point-Transformers
(MIT). It is a row of Table III of "Lite-Point-GCN". What that paper leaves open is a constructor argument.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import cast

from torch import Tensor, nn

from merflow.models.network import Network
from merflow.models.params import check_param
from merflow.models.point_clouds import Clouds, Scope, check_centres
from merflow.models.point_grouping import grouped_maximum
from merflow.models.point_mlp import PointLinear, PointMLP, scaled
from merflow.models.point_neighbours import nearest_points
from merflow.models.point_sampling import farthest_points, take_rows
from merflow.models.vector_attention import VectorAttention

FIRST = 32
"""Features of a point on the first level at width 1; each level doubles them."""


class PointTransformer(Network):
    """Attention on all points, then four times: fewer points, twice the features, attention; mean over the points.

    Centres are the farthest points, from row 0 on: the result does not depend on chance.

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
        Points of each level after the first: a quarter of those before, of 1024. A cloud of fewer points has all of
        them.
    group : int, at least 1
        Nearest points that each point attends to, itself included, and that a centre is pooled from.
    attention : int, at least 1
        Features inside the attention at width 1.

    Shapes
    ------
    input: (batch, regions, points, channels); output: (batch, classes) logits
    """

    name = "point_transformer"
    reads = ("regions",)
    clip_ms = 1500.0

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        scope: Scope = "face",
        width: float = 1.0,
        radius_mm: float = 0.0,
        unit_mm: float = 46.0,
        centres: Sequence[int] = (256, 64, 16, 4),
        group: int = 16,
        attention: int = 512,
    ) -> None:
        super().__init__()
        check_param(width > 0, "point_transformer", "width", expected="above 0", found=width)
        check_centres("point_transformer", centres)
        for name, found in (("group", group), ("attention", attention)):
            check_param(found > 0, "point_transformer", name, expected="of at least 1", found=found)
        self.clouds = Clouds("point_transformer", input_shape, scope=scope, radius_mm=radius_mm, unit_mm=unit_mm)
        self.centres = [min(count, self.clouds.points) for count in centres]
        self.group = group
        sizes = [scaled(FIRST * 2**level, width) for level in range(len(centres) + 1)]
        inside = scaled(attention, width)
        self.enter = nn.Sequential(
            PointLinear(self.clouds.channels, sizes[0]), nn.ReLU(), PointLinear(sizes[0], sizes[0])
        )
        self.attention = nn.ModuleList(VectorAttention(size, inside) for size in sizes)
        self.down = nn.ModuleList(PointMLP([3 + a, b, b]) for a, b in pairwise(sizes))
        a, b = (scaled(size, width) for size in (256, 64))
        face = nn.Sequential(
            *(nn.Linear(sizes[-1], a), nn.ReLU()), *(nn.Linear(a, b), nn.ReLU()), nn.Linear(b, classes)
        )
        self.head = self.clouds.head(face, sizes[-1], classes, width=width)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits."""
        clouds = self.clouds(x)
        xyz = clouds[..., :3]
        centres = take_rows(xyz, farthest_points(xyz, self.centres[0]))
        h = self.attention[0](self.enter(clouds), xyz, self._nearest(xyz, xyz))
        for count, down, attention in zip(self.centres, self.down, list(self.attention)[1:], strict=True):
            chosen = centres[:, :count]  # the farthest points of the level before are the first of it
            h = grouped_maximum(cast(PointMLP, down), xyz, h, chosen, self._nearest(chosen, xyz))
            xyz = chosen
            h = attention(h, xyz, self._nearest(xyz, xyz))
        logits: Tensor = self.head(h.mean(1))
        return logits

    def _nearest(self, centres: Tensor, xyz: Tensor) -> Tensor:
        return nearest_points(centres, xyz, count=min(self.group, xyz.shape[1]))[0]
