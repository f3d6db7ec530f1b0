"""Clouds of a face as the published point networks take them, and what they make of the features of a cloud.

The networks of Table III of "Lite-Point-GCN" take one cloud of about unit radius. The paper does not say whether a
cloud is a face or a region: both can be chosen.
"""

import itertools
import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError
from merflow.models.params import check_param, check_word
from merflow.models.point_mlp import scaled
from merflow.models.region_models import RegionMLP

Scope = Literal["face", "regions"]

WITHIN = 0.95
"""Share of the points within the radius that becomes 1. Some points lie far behind the lips or beside the jaw: the
largest distance, by which the public code divides, differs by half between clips."""

DEEPEST = 3.0
"""Radii beyond which z is clipped."""

SMALLEST_RADIUS = 1e-6
"""In units of the input, for clouds whose points are all equal."""

REGION_HIDDEN = 512
"""Features of the two layers over the regions at width 1, as in Lite-Point-GCN."""


class Clouds(nn.Module):
    """Examples of eight regions as clouds of about unit radius around their mean; motion stays as it is.

    Parameters
    ----------
    model : str
        Name of the network, for messages.
    input_shape : (int, int, int)
        Regions, points of a region, features of a point.
    scope : {"face", "regions"}
        One cloud of all regions, in which the first points of all regions come before the second ones, or one cloud
        for each region.
    radius_mm : float
        That becomes 1; 0 for the distance within which 95 % of the cloud's points are.
    unit_mm : float
        Millimetres that 1 is along x and y of the input.

    Shapes
    ------
    input: (batch, regions, points, channels); output: (batch, regions * points, channels) for a face, (batch * regions,
    points, channels) for regions
    """

    def __init__(
        self, model: str, input_shape: Sequence[int], *, scope: Scope, radius_mm: float, unit_mm: float
    ) -> None:
        super().__init__()
        check_points(model, input_shape)
        check_word("scope", scope, ("face", "regions"))
        check_param(radius_mm >= 0, model, "radius_mm", expected="of 0 or more", found=radius_mm)
        check_param(unit_mm > 0, model, "unit_mm", expected="above 0", found=unit_mm)
        self.regions, points, self.channels = input_shape
        self.scope = scope
        self.points = points * self.regions if scope == "face" else points
        self.radius = radius_mm / unit_mm

    def forward(self, x: Tensor) -> Tensor:
        """Return the clouds."""
        clouds = x.transpose(1, 2).flatten(1, 2) if self.scope == "face" else x.flatten(0, 1)
        return unit_clouds(clouds, radius=self.radius)

    def head(self, face: nn.Module, features: int, classes: int, *, width: float) -> nn.Module:
        """Return what makes logits of the features of a cloud.

        Parameters
        ----------
        face : Module
            Of the published network: (batch, features) -> (batch, classes).
        features : int
            Of a cloud.
        classes : int
        width : float
            Factor on the features of the layers over the regions.
        """
        if self.scope == "face":
            return face
        return RegionHead(self.regions, features, classes, hidden=scaled(REGION_HIDDEN, width))


class RegionHead(nn.Module):
    """Two fully connected layers over the features of all regions, and a linear classifier.

    Shapes
    ------
    input: (batch * regions, features); output: (batch, classes) logits
    """

    def __init__(self, regions: int, features: int, classes: int, *, hidden: int) -> None:
        super().__init__()
        self.regions = regions
        self.region_model = RegionMLP(regions, features, hidden=hidden)
        self.classify = nn.Linear(hidden, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits."""
        logits: Tensor = self.classify(self.region_model(x.view(-1, self.regions, x.shape[1])))
        return logits


def check_points(model: str, input_shape: Sequence[int]) -> None:
    """Raise ConfigError unless examples are points of regions: x, y, z and two or three features of motion."""
    if len(input_shape) != 3 or input_shape[2] not in (5, 6):
        raise ConfigError(
            f"{model}: expected examples of shape (regions, points, 5 or 6), but found {tuple(input_shape)}. Use it "
            "with points of the artefact 'regions'."
        )


def check_centres(model: str, centres: Sequence[int], *, levels: int = 0) -> None:
    """Raise ConfigError unless there are centres for each level, and never more than on the level before."""
    falling = bool(centres) and min(centres) > 0 and all(a >= b for a, b in itertools.pairwise(centres))
    number = f"{levels} numbers" if levels else "one number a level"
    holds = falling and len(centres) == (levels or len(centres))
    check_param(holds, model, "centres", expected=f"of {number} above 0, none above the one before", found=centres)


def unit_clouds(clouds: Tensor, *, radius: float = 0.0) -> Tensor:
    """Return clouds around their mean, on the scale of a radius, with z clipped to three radii.

    Parameters
    ----------
    clouds : Tensor of shape (clouds, points, channels)
        x, y, z first.
    radius : float
        That becomes 1, in units of the input; 0 for the smallest distance that 95 % of the points do not exceed.
    """
    with torch.no_grad():
        xyz = clouds[..., :3].detach()
        xyz = xyz - xyz.mean(1, keepdim=True)
        if radius:
            xyz = xyz / radius
        else:
            distance = torch.linalg.vector_norm(xyz, dim=2)
            within = distance.kthvalue(math.ceil(WITHIN * distance.shape[1]), dim=1).values
            xyz = xyz / within.clamp_min(SMALLEST_RADIUS)[:, None, None]
        xyz[..., 2].clamp_(-DEEPEST, DEEPEST)
    return torch.cat([xyz, clouds[..., 3:]], 2)
