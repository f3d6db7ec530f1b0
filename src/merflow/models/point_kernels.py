"""Products and maxima over many points, each by the kernel of torch that is the fastest on a CPU for such shapes.

Points are ``(points, groups, channels)`` throughout. As images of one column, a group a pixel and the channels last,
they are in the order that convolutions want, so that nothing is copied. A 1x1 convolution is the product of matrices by
oneDNN in place of MKL, which takes 1.3 to 8 times as long for so many rows of so few columns on a processor of AMD. A
GPU multiplies matrices: its convolutions may round to 10 bits.
"""

from torch import Tensor, nn


def times(h: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return ``h weight^T + bias`` of each point.

    Parameters
    ----------
    h : Tensor of shape (points, groups, channels)
    weight : Tensor of shape (out, channels)
    bias : Tensor of shape (out,), optional

    Returns
    -------
    Tensor of shape (points, groups, out)
    """
    if h.device.type != "cpu":
        return nn.functional.linear(h, weight, bias)
    return nn.functional.conv2d(_as_images(h), weight[:, :, None, None], bias).permute(0, 2, 3, 1).squeeze(2)


def sum_of_products(a: Tensor, b: Tensor) -> Tensor:
    """Return the sum over points and groups of ``a b^T`` (m, n), of a (points, groups, m) and b (points, groups, n).

    MKL takes six times as long for a product with few columns on its right as for its transpose.
    """
    a, b = a.flatten(0, 1), b.flatten(0, 1)
    return a.T @ b if a.shape[1] <= b.shape[1] else (b.T @ a).T


def largest_of_points(z: Tensor) -> tuple[Tensor, Tensor]:
    """Return ``z.max(0)`` of (points, groups, channels): the maxima, and the first point that has each."""
    if z.device.type != "cpu":
        return tuple(z.max(0))  # type: ignore[return-value]
    points, groups, channels = z.shape
    image = z.view(1, points, 1, groups * channels).permute(0, 3, 1, 2)
    largest, winner = nn.functional.max_pool2d(image, (points, 1), return_indices=True)  # the one that vectorises
    return largest.view(groups, channels), winner.view(groups, channels)


def _as_images(h: Tensor) -> Tensor:
    """Return (points, channels, groups, 1), channels last in memory."""
    return h.contiguous().unsqueeze(2).permute(0, 3, 1, 2)
