"""Farthest points of clouds, and rows of clouds by their index.

The order of the farthest points is greedy, so it contains every smaller choice: the farthest m of the farthest n points
are the first m of them. A network with several levels asks once, and each level takes a prefix.
"""

import torch
from torch import Tensor


def farthest_points(xyz: Tensor, count: int) -> Tensor:
    """Return rows of each cloud such that each next one is the farthest from all before it; row 0 is the first.

    Of points at the same distance the first row is taken. Equal points do no harm: where all distinct points are
    chosen, row 0 is repeated. Nothing here has a gradient.

    Parameters
    ----------
    xyz : Tensor of shape (clouds, points, 3)
    count : int
        At least 1.

    Returns
    -------
    Tensor of shape (clouds, count), int64
    """
    with torch.no_grad():
        planes = xyz.detach().permute(2, 0, 1).contiguous()
        chosen = torch.zeros(count, len(xyz), dtype=torch.int64, device=xyz.device)
        nearest = planes.new_full(xyz.shape[:2], float("inf"))
        difference, distance = torch.empty_like(nearest), torch.empty_like(nearest)
        for i in range(1, count):
            centre = planes.gather(2, chosen[i - 1].expand(3, -1).unsqueeze(2))
            torch.sub(planes[0], centre[0], out=difference)
            torch.mul(difference, difference, out=distance)
            for axis in (1, 2):
                torch.sub(planes[axis], centre[axis], out=difference)
                distance.addcmul_(difference, difference)
            torch.minimum(nearest, distance, out=nearest)
            torch.argmax(nearest, 1, out=chosen[i])
        return chosen.T.contiguous()


def take_rows(clouds: Tensor, index: Tensor) -> Tensor:
    """Return rows of each cloud.

    Parameters
    ----------
    clouds : Tensor of shape (clouds, points, channels)
    index : Tensor of shape (clouds, ...), int64
        Rows of the same cloud.

    Returns
    -------
    Tensor of shape (clouds, ..., channels)
    """
    count, points, channels = clouds.shape
    first = torch.arange(0, count * points, points, device=index.device).view(-1, *[1] * (index.dim() - 1))
    rows = clouds.reshape(count * points, channels).index_select(0, (index + first).flatten())
    return rows.view(*index.shape, channels)
