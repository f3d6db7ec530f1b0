"""Neighbours of points in clouds: those within a radius, and the nearest ones.

Distances are sums of squared differences, not a product of matrices: equal points have distance 0, and no neighbour is
exchanged by rounding. Centres are taken in blocks whose distances fit into a cache. Nothing here has a gradient.
"""

from collections.abc import Iterator
from typing import Literal

import torch
from torch import Tensor

Neighbours = Literal["first", "nearest"]

BLOCK = 256 * 1024
"""Distances that are held at once on a CPU."""

GPU_BLOCK = 64 * 1024 * 1024
"""The same on another device."""


def in_ball(centres: Tensor, xyz: Tensor, *, radius: float, count: int, neighbours: Neighbours = "first") -> Tensor:
    """Return `count` points of a cloud within a radius of each centre.

    Where there are fewer, the first that was found fills the list, as in PointNet++. A centre that has none, which a
    point of the cloud cannot be, gets row 0.

    Parameters
    ----------
    centres : Tensor of shape (clouds, m, 3)
    xyz : Tensor of shape (clouds, points, 3)
    radius : float
        A point at exactly this distance is within.
    count : int
    neighbours : {"first", "nearest"}
        Those with the lowest rows, in order of the rows, or those nearest, in order of the distance.

    Returns
    -------
    Tensor of shape (clouds, m, count), int64
    """
    if neighbours == "nearest":
        index, squared = nearest_points(centres, xyz, count=min(count, xyz.shape[1]))
        index = torch.where(squared <= radius**2, index, index[..., :1])
        return torch.cat([index, index[..., :1].expand(-1, -1, count - index.shape[2])], 2)
    found = [_first_in_ball(squared, radius, count) for squared in _squared_distances(centres, xyz)]
    return torch.cat(found).view(*centres.shape[:2], count)


def nearest_points(centres: Tensor, xyz: Tensor, *, count: int) -> tuple[Tensor, Tensor]:
    """Return the `count` nearest points of the cloud of each centre, the nearest first, and their squared distances.

    Parameters
    ----------
    centres : Tensor of shape (clouds, m, 3)
    xyz : Tensor of shape (clouds, points, 3)
    count : int
        At most as many as there are points.

    Returns
    -------
    index : Tensor of shape (clouds, m, count), int64
    squared : Tensor of shape (clouds, m, count)
    """
    found = [squared.topk(count, largest=False) for squared in _squared_distances(centres, xyz)]
    shape = (*centres.shape[:2], count)
    return torch.cat([one.indices for one in found]).view(shape), torch.cat([one.values for one in found]).view(shape)


def _first_in_ball(squared: Tensor, radius: float, count: int) -> Tensor:
    """Return (rows, count): the first columns of each row that are within the radius.

    The places of all that are within stand in one sorted list, in which each row is a run.
    """
    rows, points = squared.shape
    within = (squared <= radius**2).flatten().nonzero().squeeze(1)
    limits = torch.arange(0, (rows + 1) * points, points, device=squared.device)
    starts = torch.searchsorted(within, limits)
    first, found = starts[:-1, None], starts.diff()[:, None]
    place = torch.arange(count, device=squared.device).expand(rows, count)
    if not len(within):
        return torch.zeros_like(place)
    index = within[(first + place.where(place < found, 0)).clamp_max_(len(within) - 1)] - limits[:-1, None]
    return index.where(found > 0, 0)


def _squared_distances(centres: Tensor, xyz: Tensor) -> Iterator[Tensor]:
    """Yield (block of centres, points) one after the other, those of one cloud before those of the next."""
    with torch.no_grad():
        centres, planes = centres.detach(), xyz.detach().transpose(1, 2).contiguous()
        centres_at_once = max(1, (BLOCK if xyz.device.type == "cpu" else GPU_BLOCK) // xyz.shape[1])
        clouds_at_once = max(1, centres_at_once // centres.shape[1])
        for some_planes, of_clouds in zip(
            torch.split(planes, clouds_at_once), torch.split(centres, clouds_at_once), strict=True
        ):
            for block in torch.split(of_clouds, centres_at_once, dim=1):
                squared = (block[:, :, :1] - some_planes[:, None, 0]).square_()
                for axis in (1, 2):
                    difference = block[:, :, axis : axis + 1] - some_planes[:, None, axis]
                    squared.addcmul_(difference, difference)
                yield squared.flatten(0, 1)
