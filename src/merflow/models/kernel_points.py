"""Kernel points of KPConv: where they are, and how much a neighbour counts for each.

Source: Thomas et al. 2019, "KPConv", section 3.1 and its supplementary material: one point in the centre, the others
where their repulsion 1/distance and their attraction by the centre, distance squared, are in balance. The public code
turns the points of each layer at random and adds noise. Here they are the same in all layers.
"""

import torch
from torch import Tensor

KERNEL_POINTS = (
    (0.0, 0.0, 0.0),
    (0.0, 0.0, 0.653940),
    (0.0, 0.0, -0.653940),
    (0.588605, 0.0, 0.300796),
    (0.294303, 0.509747, 0.300796),
    (-0.294303, 0.509747, 0.300796),
    (-0.588605, 0.0, 0.300796),
    (-0.294303, -0.509747, 0.300796),
    (0.294303, -0.509747, 0.300796),
    (0.509747, 0.294303, -0.300796),
    (0.0, 0.588605, -0.300796),
    (-0.509747, 0.294303, -0.300796),
    (-0.509747, -0.294303, -0.300796),
    (0.0, -0.588605, -0.300796),
    (0.509747, -0.294303, -0.300796),
)
"""Of a convolution of radius 1. The 14 outer ones are at a mean distance of .66: two poles and two rings of six."""


def kernel_weights(places: Tensor, *, radius: float, extent: float) -> Tensor:
    """Return the influence of neighbours on kernel points: 1 on it, falling linearly to 0 at a distance of `extent`.

    Parameters
    ----------
    places : Tensor of shape (..., 3)
        Of neighbours, from the centre of the convolution.
    radius : float
        Of the convolution, on which the kernel points are scaled.
    extent : float

    Returns
    -------
    Tensor of shape (..., 15)
        ``max(0, 1 - distance / extent)``.
    """
    kernel = torch.tensor(KERNEL_POINTS, dtype=places.dtype, device=places.device) * radius
    squared = (places[..., :1] - kernel[:, 0]).square_()
    for axis in (1, 2):
        difference = places[..., axis : axis + 1] - kernel[:, axis]
        squared.addcmul_(difference, difference)
    return squared.sqrt_().mul_(-1 / extent).add_(1).clamp_min_(0)
