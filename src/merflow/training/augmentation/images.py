"""Altered pictures for training, drawn anew in each step.

GTS-GN section IV-A turns, crops, mirrors, recolours and adds noise. The amounts are our reading, small enough that an
upright aligned face stays one.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError

MAX_TURN_RAD = math.radians(10.0)
MAX_SHIFT = 0.06
"""Of the picture's side, either way: what a random crop of 224 out of 256 px amounts to."""
SCALE = (0.9, 1.1)
COLOUR = 0.2
"""Largest relative change of brightness, contrast and saturation."""
NOISE_SD = 2.0
"""Grey levels."""
LUMA = (0.299, 0.587, 0.114)


def augment_images(images: Tensor, generator: torch.Generator) -> Tensor:
    """Alter each picture by itself.

    Parameters
    ----------
    images : Tensor of shape (b, H, W, 3)
        Grey levels 0 to 255.
    generator : torch.Generator
        On the CPU: every draw comes from it, so that a device does not change what is drawn.

    Returns
    -------
    Tensor of shape (b, H, W, 3), float32
        Grey levels from 0 to 255.
    """
    pictures = images.permute(0, 3, 1, 2).float()
    theta = random_similarity(len(images), generator).to(images.device)
    grid = nn.functional.affine_grid(theta, list(pictures.shape), align_corners=False)
    moved = nn.functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    noise = torch.randn(moved.shape, generator=generator).to(images.device) * NOISE_SD
    return (jitter_colour(moved, generator) + noise).clamp(0, 255).permute(0, 2, 3, 1)


def random_similarity(count: int, generator: torch.Generator) -> Tensor:
    """Draw maps (count, 2, 3) from output to input in halves of the side: turned, scaled, shifted, half mirrored."""
    angle = _uniform(count, generator, -MAX_TURN_RAD, MAX_TURN_RAD)
    scale = _uniform(count, generator, *SCALE)
    mirror = torch.where(_uniform(count, generator, 0.0, 1.0) < 0.5, -1.0, 1.0)
    shift = 2 * torch.stack([_uniform(count, generator, -MAX_SHIFT, MAX_SHIFT) for _ in range(2)], dim=1)
    cosine, sine = scale * angle.cos(), scale * angle.sin()
    linear = torch.stack([torch.stack([mirror * cosine, -sine], 1), torch.stack([mirror * sine, cosine], 1)], 1)
    return torch.cat([linear, shift[..., None]], dim=2)


def jitter_colour(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Change brightness, contrast (about the mean) and saturation (about each pixel's luma) of (b, 3, H, W)."""
    brightness, contrast, saturation = (
        _uniform(len(pictures), generator, 1 - COLOUR, 1 + COLOUR).to(pictures.device)[:, None, None, None]
        for _ in range(3)
    )
    mean = pictures.mean((1, 2, 3), keepdim=True)
    pictures = brightness * (mean + contrast * (pictures - mean))
    luma = (pictures * torch.tensor(LUMA, device=pictures.device)[:, None, None]).sum(1, keepdim=True)
    return luma + saturation * (pictures - luma)


def check_images(example_shape: Sequence[int]) -> None:
    """Refuse picture augmentation of anything but pictures.

    Raises
    ------
    ConfigError
        When an example is not (H, W, 3).
    """
    if len(example_shape) != 3 or example_shape[2] != 3:
        raise ConfigError(
            f"training.image_augmentation: expected pictures of shape (H, W, 3), but found {tuple(example_shape)}. "
            "Set image_augmentation: false for this input."
        )


def _uniform(count: int, generator: torch.Generator, low: float, high: float) -> Tensor:
    return low + (high - low) * torch.rand(count, generator=generator)
