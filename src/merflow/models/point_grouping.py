"""Features of centres from those of their neighbours, as in PointNet++."""

import torch
from torch import Tensor

from merflow.models.point_mlp import PointMLP, largest
from merflow.models.point_sampling import take_rows


def grouped_maximum(mlp: PointMLP, xyz: Tensor, features: Tensor, centres: Tensor, index: Tensor) -> Tensor:
    """Return the maximum over the neighbours of ``mlp([place from the centre, features])``.

    The first map of the MLP is linear, so it is applied to points and to centres before they are put together: to a few
    rows in place of one for each neighbour of each centre.

    Parameters
    ----------
    mlp : PointMLP
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
    return largest(mlp.after_linear(take_rows(of_points, index) - of_centres.unsqueeze(2)))
