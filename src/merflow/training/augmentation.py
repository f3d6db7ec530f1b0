"""Changes of training examples that do not change their label."""

from collections.abc import Sequence

import torch
from torch import Tensor

from merflow.errors import ConfigError
from merflow.training.points import POINTS, are_points

MIRRORED_REGION = (1, 0, 3, 2, 4, 5, 7, 6)
"""Cheeks, mandibles and brows swap sides; mouth and chin stay."""
MIRRORED_CHANNELS = (0, 3)
"""x and u of (x, y, z, u, v, dz) change their sign."""


def mirror(x: Tensor) -> Tensor:
    """Mirror faces left to right: regions swap sides, x and u change sign. Twice is the identity.

    Parameters
    ----------
    x : Tensor of shape (batch, 8, points, 6)
        Channels x, y, z, u, v, dz; x counted from the middle of the face.
    """
    mirrored = x[:, list(MIRRORED_REGION)].clone()
    mirrored[..., list(MIRRORED_CHANNELS)] *= -1
    return mirrored


def mirror_half(x: Tensor, generator: torch.Generator) -> Tensor:
    """Mirror each example with probability one half, drawn from a CPU `generator`."""
    chosen = (torch.rand(len(x), generator=generator) < 0.5).to(x.device)
    return torch.where(chosen[:, None, None, None], mirror(x), x)


def check_mirror(example_shape: Sequence[int]) -> None:
    """Refuse mirroring of anything but points of the eight regions.

    Raises
    ------
    ConfigError
        When an example is not (8, points, 6).
    """
    if not are_points(example_shape):
        raise ConfigError(
            f"training.mirror: expected examples of shape {POINTS}, but found {tuple(example_shape)}. "
            "Set mirror: false for this input."
        )
