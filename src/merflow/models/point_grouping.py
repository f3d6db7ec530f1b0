"""Features of centres from those of their neighbours, as in PointNet++."""

import torch
from torch import Tensor

from merflow.models.point_kernels import largest_of_points
from merflow.models.point_mlp import PointMLP
from merflow.models.point_neighbours import nearest_points
from merflow.models.point_sampling import take_rows


def grouped_maximum(mlp: PointMLP, xyz: Tensor, features: Tensor, centres: Tensor, index: Tensor) -> Tensor:
    """Return the maximum over the neighbours of ``mlp([place from the centre, features])``.

    The first map of the MLP is linear, so it is applied to points and to centres before they are put together: to a few
    rows in place of one for each neighbour of each centre.

    Parameters
    ----------
    mlp : PointMLP
        Of at least two layers.
    xyz : Tensor of shape (clouds, points, 3)
    features : Tensor of shape (clouds, points, channels)
    centres : Tensor of shape (clouds, m, 3)
    index : Tensor of shape (clouds, m, k), int64
        Neighbours of each centre.

    Returns
    -------
    Tensor of shape (clouds, m, out)
    """
    of_points = mlp.linears[0](torch.cat([xyz, features], 2))
    of_centres = centres @ mlp.first_weight[:, :3].T
    of_neighbours = neighbours_first(of_points, index) - of_centres.flatten(0, 1)
    return mlp.after_linear(of_neighbours).view(*index.shape[:2], -1)


def neighbours_first(features: Tensor, index: Tensor) -> Tensor:
    """Return the features (k, clouds * m, channels) of the neighbours (clouds, m, k) of centres."""
    rows = _rows(features, index)
    return features.flatten(0, 1).index_select(0, rows.flatten()).view(*rows.shape, -1)


def largest_neighbour(features: Tensor, index: Tensor) -> Tensor:
    """Return the maximum over the neighbours of each centre, (clouds, m, channels).

    Which neighbour wins is found first, without a gradient: the gradient then passes through one value for each centre
    and channel. Of equal neighbours the first has it.

    Parameters
    ----------
    features : Tensor of shape (clouds, points, channels)
    index : Tensor of shape (clouds, m, k), int64
    """
    with torch.no_grad():
        _, winner = largest_of_points(neighbours_first(features, index))
        rows = _rows(features, index).T.gather(1, winner)
    return features.flatten(0, 1).gather(0, rows).view(*index.shape[:2], -1)


def means_around(features: Tensor, xyz: Tensor, chosen: Tensor) -> Tensor:
    """Return the mean features (clouds, m, channels) of the points to which a chosen one is the nearest of these.

    It does for chosen points what subsampling by a grid does for cells. One that is nearest to no point, as the second
    of two equal ones, keeps its own features.

    Parameters
    ----------
    features : Tensor of shape (clouds, points, channels)
    xyz : Tensor of shape (clouds, points, 3)
    chosen : Tensor of shape (clouds, m), int64
        Rows of the points.
    """
    own = take_rows(features, chosen)
    owner, _ = nearest_points(xyz, take_rows(xyz, chosen), count=1)
    sums = torch.zeros_like(own).scatter_add_(1, owner.expand(-1, -1, features.shape[2]), features)
    members = torch.zeros_like(own[..., :1]).scatter_add_(1, owner, torch.ones_like(features[..., :1]))
    return torch.where(members > 0, sums / members.clamp_min(1), own)


def _rows(features: Tensor, index: Tensor) -> Tensor:
    """Return the neighbours (k, clouds * m) as rows of the points of all clouds."""
    clouds, points = features.shape[:2]
    first = torch.arange(0, clouds * points, points, device=index.device)[:, None, None]
    return (index + first).permute(2, 0, 1).flatten(1)
