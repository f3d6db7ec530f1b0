"""Lite-Point-GCN: a light point network for each facial region, then a graph network over the regions.

Source: "Lite-Point-GCN", sections III-D and IV-B3. What the paper leaves open is a constructor argument.
"""

import itertools
from collections.abc import Sequence
from typing import ClassVar, Literal, get_args

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError
from merflow.models.network import Network
from merflow.models.point_level import PointLevel
from merflow.models.region_models import RegionGCN, RegionMLP, RegionPointTransformer, RegionTransformer

RegionModel = Literal["gcn", "mlp", "transformer", "point_transformer"]
PRINTED_POINTS = 1024
"""Points of a region in the paper; its level sizes 512 and 128 are counted on them."""


class LitePointNet(nn.Module):
    """Hierarchical features of one region without sampling or grouping of neighbours; all regions share the weights.

    Level i maps every point that reaches it, pools over them, and passes the first ``keep[i]`` on. Since points come
    in descending order of motion, these are the points that move most. The pooled features of all levels are
    concatenated and projected.

    Parameters
    ----------
    points : int
        Points of a region.
    channels : int
        Features of a point.
    widths : sequence of int
        Output features of the levels.
    keep : sequence of int
        Points that are passed on after each level but the last, of 1024; scaled down for fewer points.
    region_feature : int
        Length of the result.

    Shapes
    ------
    input: (batch, regions, points, channels); output: (batch, regions, region_feature)
    """

    def __init__(
        self, points: int, channels: int, *, widths: Sequence[int], keep: Sequence[int], region_feature: int
    ) -> None:
        super().__init__()
        if len(keep) != len(widths) - 1:
            raise ConfigError(
                f"lite_point_gcn: expected one number in keep for each level but the last, that is {len(widths) - 1} "
                f"for widths {list(widths)}, but found keep {list(keep)}."
            )
        self.keep = [*(scaled_keep(k, points) for k in keep), 0]
        sizes = [channels, *widths]
        self.levels = nn.ModuleList(PointLevel(a, b) for a, b in itertools.pairwise(sizes))
        self.project = nn.Sequential(
            nn.Linear(sum(widths), region_feature, bias=False), nn.BatchNorm1d(region_feature), nn.ReLU()
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return one feature vector a region."""
        batch, regions, points, channels = x.shape
        h = x.permute(2, 0, 1, 3).reshape(points, batch * regions, channels).contiguous()
        pooled = []
        for level, keep in zip(self.levels, self.keep, strict=True):
            features, h = level(h, keep)
            pooled.append(features)
        projected: Tensor = self.project(torch.cat(pooled, 1))
        return projected.view(batch, regions, -1)


class LitePointGCN(Network):
    """The whole network: region features, their relations, one score a class.

    Parameters
    ----------
    input_shape : (int, int, int)
        Regions, points of a region, features of a point: (8, 1024, 6) in the paper.
    classes : int
        Number of classes.
    widths : non-empty sequence of int, each at least 1
        Features of a point after each level of the point network (ours).
    keep : sequence of int, each at least 1
        Points of 1024 that pass on after each level but the last; fewer points scale it down.
    region_feature : int, at least 1
        Features of a region (ours).
    region_model : {"gcn", "mlp", "transformer", "point_transformer"}
        How regions are related; the last also reads where each is.
    gcn_layers : int, at least 1
        Layers of the region model; ``mlp`` always has two.
    gcn_hidden : int, at least 1
        Features of a region inside the region model, and of the face after it.
    gcn_batch_norm : bool
        Batch norm inside each graph convolution: ours, the paper prints none.

    Shapes
    ------
    input: (batch, regions, points, channels), points in descending order of motion; output: (batch, classes) logits
    """

    name = "lite_point_gcn"
    reads = ("regions",)
    clip_ms = 4.5
    effective_with: ClassVar = {
        "gcn_layers": {"region_model": ("gcn", "transformer", "point_transformer")},
        "gcn_batch_norm": {"region_model": "gcn"},
    }

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        widths: Sequence[int] = (64, 128, 256),
        keep: Sequence[int] = (512, 128),
        region_feature: int = 256,
        region_model: RegionModel = "gcn",
        gcn_layers: int = 4,
        gcn_hidden: int = 512,
        gcn_batch_norm: bool = True,
    ) -> None:
        super().__init__()
        if len(input_shape) != 3:
            raise ConfigError(
                f"lite_point_gcn: expected examples of shape (regions, points, channels), but found "
                f"{tuple(input_shape)}. Use it with points of the artefact 'regions'."
            )
        regions, points, channels = input_shape
        self.point_net = LitePointNet(points, channels, widths=widths, keep=keep, region_feature=region_feature)
        self.region_model: RegionGCN | RegionMLP | RegionTransformer | RegionPointTransformer
        if region_model == "gcn":
            self.region_model = RegionGCN(
                regions, region_feature, hidden=gcn_hidden, layers=gcn_layers, batch_norm=gcn_batch_norm
            )
        elif region_model == "mlp":
            self.region_model = RegionMLP(regions, region_feature, hidden=gcn_hidden)
        elif region_model == "transformer":
            self.region_model = RegionTransformer(regions, region_feature, hidden=gcn_hidden, layers=gcn_layers)
        elif region_model == "point_transformer":
            self.region_model = RegionPointTransformer(region_feature, hidden=gcn_hidden, layers=gcn_layers)
        else:
            raise ConfigError(
                f"lite_point_gcn: unknown region_model {region_model!r}. Allowed: {', '.join(get_args(RegionModel))}."
            )
        self.classify = nn.Linear(gcn_hidden, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits."""
        features = self.point_net(x)
        if isinstance(self.region_model, RegionPointTransformer):
            face = self.region_model(features, x[..., :3].mean(2))
        else:
            face = self.region_model(features)
        logits: Tensor = self.classify(face)
        return logits


def scaled_keep(keep: int, points: int) -> int:
    """Return how many of `points` correspond to `keep` of the paper's 1024; by hand: 512 of 256 points is 128."""
    return max(1, min(points, round(keep * points / PRINTED_POINTS)))
