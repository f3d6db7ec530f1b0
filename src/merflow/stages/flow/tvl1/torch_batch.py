"""TV-L1 of many pairs of pictures at once, by torch, on the CPU or a GPU: the equations of the package's docstring.

The flow stage does not use it. A pair takes the compiled kernel about 10 ms, so that the pairs of a subject take less
time than the import of torch, and preprocessing runs where torch need not be installed. It is for callers with
thousands of pairs and a GPU.
"""

import torch
from torch import Tensor
from torch.nn import functional

from merflow.stages.flow.tvl1.constants import GREY_LEVELS, SHARPNESS, SMALLEST_SQUARE, number_of_levels
from merflow.stages.flow.tvl1.settings import TvL1Settings


@torch.no_grad()
def tvl1_batch(pairs: Tensor, settings: TvL1Settings | None = None) -> Tensor:
    """Flow from the first to the second picture of each pair.

    Parameters
    ----------
    pairs : Tensor of shape (N, 2, H, W)
        Finite grey values in [0, 1] or about it.
    settings : TvL1Settings, optional

    Returns
    -------
    Tensor of shape (N, 2, H, W), float32, on the device of `pairs`
        u (right) and v (down), px, on the grid of the first picture: ``tvl1_flow`` of each pair to 1e-3 px. The two
        round differently. Memory: some 25 arrays of the size of all first pictures.

    Raises
    ------
    ValueError
        When `pairs` has another shape.
    """
    if pairs.ndim != 4 or pairs.shape[1] != 2 or not pairs.numel():
        raise ValueError(f"expected pairs of shape (N, 2, H, W) with at least one pixel, found {tuple(pairs.shape)}")
    p = settings or TvL1Settings()
    levels = [pairs.float() * GREY_LEVELS]
    for _ in range(number_of_levels(pairs.shape[2:], p.scales) - 1):
        levels.append(functional.avg_pool2d(levels[-1], 2))
    motion = torch.zeros_like(levels[-1])
    for level in reversed(levels):
        motion = _doubled(motion, level.shape) if motion.shape != level.shape else motion
        dual = level.new_zeros((level.shape[0], 2, 2, *level.shape[2:]))
        for _ in range(p.warps):
            gradient, rest = _linearised(level, motion)
            motion, dual = _iterated(motion, dual, gradient, rest, p)
    return motion


def _iterated(
    motion: Tensor, dual: Tensor, gradient: Tensor, rest: Tensor, settings: TvL1Settings
) -> tuple[Tensor, Tensor]:
    """Return the motion and the dual (N, component, direction, H, W) after all iterations of one linearisation."""
    limit, step = settings.data_weight * settings.theta, settings.tau / settings.theta
    inverse = 1 / gradient.square().sum(1, keepdim=True).clamp(min=SMALLEST_SQUARE)
    for _ in range(settings.iterations):
        share = ((rest + (gradient * motion).sum(1, keepdim=True)) * inverse).clamp(-limit, limit)
        motion = motion - share * gradient + settings.theta * _divergence(dual)
        steps = step * _forward_differences(motion)
        dual = (dual + steps) / (1 + steps.square().sum(2, keepdim=True).sqrt())
    return motion, dual


def _divergence(dual: Tensor) -> Tensor:
    """Backward differences of a dual field (N, component, direction, H, W), with zeros outside of the picture."""
    x, y = dual[:, :, 0], dual[:, :, 1]
    return x - functional.pad(x, (1, 0))[..., :-1] + y - functional.pad(y, (0, 0, 1, 0))[..., :-1, :]


def _forward_differences(motion: Tensor) -> Tensor:
    """Differences to the right and down, 0 at the last column and row: (N, component, direction, H, W)."""
    return torch.stack(
        [functional.pad(motion.diff(dim=3), (0, 1)), functional.pad(motion.diff(dim=2), (0, 0, 0, 1))], dim=2
    )


def _linearised(pairs: Tensor, motion: Tensor) -> tuple[Tensor, Tensor]:
    """Return the gradient (N, 2, H, W) of the mean of both pictures, the second moved, and the rest (N, 1, H, W)."""
    first, second = pairs[:, :1], pairs[:, 1:]
    height, width = first.shape[2:]
    x = torch.arange(width, device=motion.device) + motion[:, :1]
    y = torch.arange(height, device=motion.device)[:, None] + motion[:, 1:]
    moved = _interpolated(second, x.clamp(0, width - 1), y.clamp(0, height - 1))
    mean = functional.pad((first + moved) / 2, (1, 1, 1, 1), mode="replicate")
    gradient = (
        torch.cat([mean[..., 1:-1, 2:] - mean[..., 1:-1, :-2], mean[..., 2:, 1:-1] - mean[..., :-2, 1:-1]], 1) / 2
    )
    gradient = gradient * ((x >= -0.5) & (x <= width - 0.5) & (y >= -0.5) & (y <= height - 0.5))
    return gradient, moved - first - (gradient * motion).sum(1, keepdim=True)


def _interpolated(picture: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Cubic interpolation of pictures (N, 1, H, W) at places inside them; the edge is repeated."""
    column, row = x.floor(), y.floor()
    bordered = functional.pad(picture, (1, 2, 1, 2), mode="replicate")
    stride = bordered.shape[3]
    corner = (row * stride + column).long().flatten(1)
    values = bordered.flatten(1)
    across, down = _cubic_weights(x - column), _cubic_weights(y - row)
    rows = [
        sum(weight * values.gather(1, corner + k * stride + i).view_as(x) for i, weight in enumerate(across))
        for k in range(4)
    ]
    return torch.stack([weight * row_value for weight, row_value in zip(down, rows, strict=True)]).sum(0)


def _cubic_weights(t: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Weights of the pixels at -1, 0, 1 and 2 for the place t in [0, 1]; their sum is 1."""
    a = SHARPNESS
    w0 = a * t * (1 - t) ** 2
    w1 = ((a + 2) * t - (a + 3)) * t**2 + 1
    w3 = a * t**2 * (1 - t)
    return w0, w1, 1 - w0 - w1 - w3, w3


def _doubled(motion: Tensor, shape: torch.Size) -> Tensor:
    """Motion of the next finer level: twice as long, interpolated linearly, the edge repeated."""
    height, width = shape[2:]
    return 2 * _doubled_axis(_doubled_axis(motion, 2, height), 3, width)


def _doubled_axis(motion: Tensor, axis: int, side: int) -> Tensor:
    """Take 3/4 of the pixel that a finer one belongs to and 1/4 of the next nearest."""
    place = torch.arange(side, device=motion.device)
    near, last = place // 2, motion.shape[axis] - 1
    far = near + 2 * (place % 2) - 1
    return 0.75 * motion.index_select(axis, near.clamp(max=last)) + 0.25 * motion.index_select(axis, far.clamp(0, last))
