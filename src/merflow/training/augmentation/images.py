"""Altered pictures for training, drawn anew in each step.

GTS-GN section IV-A turns, crops, mirrors, recolours and adds noise. The amounts are our reading, small enough that an
upright aligned face stays one.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from merflow.errors import ConfigError
from merflow.training.augmentation.moving import Colours, moved_and_recoloured

MAX_TURN_RAD = math.radians(10.0)
MAX_SHIFT = 0.06
"""Of the picture's side, either way: what a random crop of 224 out of 256 px amounts to."""
SCALE = (0.9, 1.1)
COLOUR = 0.2
"""Largest relative change of brightness, contrast and saturation."""
NOISE_SD = 2.0
"""Grey levels."""


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
    maps = random_similarity(len(images), generator)
    noise = torch.randn((len(images), 3, *images.shape[1:3]), generator=generator) * NOISE_SD
    colours = Colours(*(_uniform(len(images), generator, 1 - COLOUR, 1 + COLOUR) for _ in range(3)))
    moved = moved_and_recoloured(images[:, None], maps, colours)[:, 0]
    return moved.add_(noise.permute(0, 2, 3, 1).to(images.device)).clamp_(0, 255)


def random_similarity(count: int, generator: torch.Generator) -> Tensor:
    """Draw maps (count, 2, 3) from output to input in halves of the side: turned, scaled, shifted, half mirrored."""
    angle = _uniform(count, generator, -MAX_TURN_RAD, MAX_TURN_RAD)
    scale = _uniform(count, generator, *SCALE)
    mirror = torch.where(_uniform(count, generator, 0.0, 1.0) < 0.5, -1.0, 1.0)
    shift = 2 * torch.stack([_uniform(count, generator, -MAX_SHIFT, MAX_SHIFT) for _ in range(2)], dim=1)
    cosine, sine = scale * angle.cos(), scale * angle.sin()
    linear = torch.stack([torch.stack([mirror * cosine, -sine], 1), torch.stack([mirror * sine, cosine], 1)], 1)
    return torch.cat([linear, shift[..., None]], dim=2)


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
