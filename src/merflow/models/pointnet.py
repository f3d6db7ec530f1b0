"""PointNet: every point by itself, then the maximum over the points; two small networks align points and features.

Source: Qi et al. 2017, "PointNet", with the sizes of the public classification code
yanx27/Pointnet_Pointnet2_pytorch (MIT). It is a row of Table III of "Lite-Point-GCN". What that paper leaves open is a
constructor argument.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from merflow.models.network import Network
from merflow.models.params import check_param
from merflow.models.point_clouds import Clouds, Scope
from merflow.models.point_mlp import PointLinear, PointMLP, PointNorm, scaled


class PointNet(Network):
    """Input transform, feature transform, features of each point, their maximum, three fully connected layers.

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
    feature_transform : bool
        Align the features of the points too.
    transform_weight : float, at least 0
        Weight of the loss that keeps the matrix of the feature transform near a rotation.
    dropout : float, at least 0, below 1
        Share of the features before the last layer of the published classifier that a training step leaves out.

    Shapes
    ------
    input: (batch, regions, points, channels); output: (batch, classes) logits
    """

    name = "pointnet"
    reads = ("regions",)
    clip_ms = 12.0
    effective_with: ClassVar = {"transform_weight": {"feature_transform": True}}

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        scope: Scope = "face",
        width: float = 1.0,
        radius_mm: float = 0.0,
        unit_mm: float = 46.0,
        feature_transform: bool = True,
        transform_weight: float = 0.001,
        dropout: float = 0.4,
    ) -> None:
        super().__init__()
        check_param(width > 0, "pointnet", "width", expected="above 0", found=width)
        check_param(
            transform_weight >= 0, "pointnet", "transform_weight", expected="of 0 or more", found=transform_weight
        )
        check_param(0 <= dropout < 1, "pointnet", "dropout", expected="of 0 to below 1", found=dropout)
        self.clouds = Clouds("pointnet", input_shape, scope=scope, radius_mm=radius_mm, unit_mm=unit_mm)
        self.encoder = PointNetEncoder(self.clouds.channels, width=width, feature_transform=feature_transform)
        a, b, c = (scaled(size, width) for size in (1024, 512, 256))
        face = nn.Sequential(
            *(nn.Linear(a, b), nn.BatchNorm1d(b), nn.ReLU()),
            *(nn.Linear(b, c), nn.Dropout(dropout), nn.BatchNorm1d(c), nn.ReLU()),
            nn.Linear(c, classes),
        )
        self.head = self.clouds.head(face, a, classes, width=width)
        self.transform_weight = transform_weight
        self._transform_loss: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Return logits."""
        features, matrix = self.encoder(self.clouds(x))
        if self.training and matrix is not None and self.transform_weight:
            self._transform_loss = self.transform_weight * distance_from_rotation(matrix)
        logits: Tensor = self.head(features)
        return logits

    def class_loss(self, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float = 0.0) -> Tensor:
        """Return the loss of the classes; in training mode also that of the matrices of the last forward pass.

        Early stopping looks at the network in evaluation mode, and so at the loss of the classes alone: clips of
        several batches have no one matrix, and the term says nothing of how well they are classified.
        """
        return self._with_transform_loss(super().class_loss(logits, target, weight, focal_gamma=focal_gamma))

    def label_loss(self, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float = 0.0) -> Tensor:
        """Return the loss of labels that are told one by one; in training mode also that of the matrices."""
        return self._with_transform_loss(super().label_loss(logits, target, weight, focal_gamma=focal_gamma))

    def _with_transform_loss(self, loss: Tensor) -> Tensor:
        if self.training and self._transform_loss is not None:
            loss, self._transform_loss = loss + self._transform_loss, None
        return loss


class PointNetEncoder(nn.Module):
    """Features of a cloud.

    Shapes
    ------
    input: (clouds, points, channels); output: features (clouds, 1024 * width), and the matrices of the feature
    transform (clouds, 64 * width, 64 * width), or None without one
    """

    def __init__(self, channels: int, *, width: float, feature_transform: bool) -> None:
        super().__init__()
        a, b, c = (scaled(size, width) for size in (64, 128, 1024))
        self.input_transform = TransformNet(channels, 3, width=width)
        self.feature_transform = TransformNet(a, a, width=width) if feature_transform else None
        self.enter = nn.Sequential(PointLinear(channels, a), PointNorm(a), nn.ReLU())
        self.points = PointMLP([a, b, c], last_relu=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the features and the matrices."""
        x = x.transpose(0, 1).contiguous()
        h: Tensor = self.enter(torch.cat([turned(x[..., :3], self.input_transform(x)), x[..., 3:]], 2))
        matrix = None
        if self.feature_transform is not None:
            matrix = self.feature_transform(h)
            h = turned(h, matrix)
        features: Tensor = self.points(h)
        return features, matrix


class TransformNet(nn.Module):
    """A matrix for each cloud, computed from all its points: the identity plus what a small PointNet says.

    Shapes
    ------
    input: (points, clouds, channels); output: (clouds, size, size)
    """

    def __init__(self, channels: int, size: int, *, width: float) -> None:
        super().__init__()
        a, b, c, d, e = (scaled(number, width) for number in (64, 128, 1024, 512, 256))
        self.size = size
        self.points = PointMLP([channels, a, b, c])
        self.dense = nn.Sequential(
            *(nn.Linear(c, d), nn.BatchNorm1d(d), nn.ReLU()),
            *(nn.Linear(d, e), nn.BatchNorm1d(e), nn.ReLU()),
        )
        self.matrix = nn.Linear(e, size * size)

    def forward(self, x: Tensor) -> Tensor:
        """Return the matrices."""
        found: Tensor = self.matrix(self.dense(self.points(x)))
        return found.view(-1, self.size, self.size) + torch.eye(self.size, device=x.device)


def turned(x: Tensor, matrix: Tensor) -> Tensor:
    """Return points (points, clouds, size) times the matrix (clouds, size, size) of their cloud."""
    return (x.transpose(0, 1) @ matrix).transpose(0, 1).contiguous()


def distance_from_rotation(matrix: Tensor) -> Tensor:
    """Return the mean Frobenius norm of ``I - A A^T`` over matrices A (n, size, size); 0 where each is orthogonal."""
    identity = torch.eye(matrix.shape[1], device=matrix.device)
    norms: Tensor = torch.linalg.matrix_norm(identity - matrix @ matrix.transpose(1, 2))
    return norms.mean()
