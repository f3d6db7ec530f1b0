"""Altered sequences for training: all frames of a clip are cropped and recoloured alike, so that motion stays motion.

ATM-GCN section IV-B names random cropping and colour jittering, and gives no amounts. Ours are those of single pictures
without turning, mirroring and noise, which the paper does not name.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from merflow.training.augmentation.images import COLOUR, LUMA, MAX_SHIFT


def augment_sequences(sequences: Tensor, generators: Sequence[np.random.Generator]) -> Tensor:
    """Crop and recolour each sequence by itself.

    Parameters
    ----------
    sequences : Tensor of shape (b, T, H, W, 3)
        Grey levels 0 to 255.
    generators : sequence of numpy Generator
        One a sequence; what is drawn for one does not depend on the others.

    Returns
    -------
    Tensor of shape (b, T, H, W, 3), float32
        Grey levels from 0 to 255.
    """
    count, frames, height, width, _ = sequences.shape
    draws = torch.from_numpy(np.stack([g.uniform(-1.0, 1.0, size=6) for g in generators])).float()
    draws = draws.to(sequences.device)
    pictures = sequences.flatten(0, 1).permute(0, 3, 1, 2).float()
    theta = _crops(draws[:, :3]).repeat_interleave(frames, 0)
    grid = nn.functional.affine_grid(theta, [len(pictures), 3, height, width], align_corners=False)
    moved = nn.functional.grid_sample(pictures, grid, padding_mode="border", align_corners=False)
    coloured = _recolour(moved.view(count, frames, 3, height, width), 1 + COLOUR * draws[:, 3:])
    return coloured.clamp(0, 255).permute(0, 1, 3, 4, 2)


def _crops(draws: Tensor) -> Tensor:
    """Return maps (b, 2, 3) from output to input in halves of the side: a part of the picture, somewhere in it."""
    side = 1 - MAX_SHIFT * (1 + draws[:, 0])  # 1 to 1 - 2 MAX_SHIFT
    centre = (1 - side)[:, None] * draws[:, 1:3]
    return torch.cat([torch.diag_embed(side[:, None].expand(-1, 2)), centre[..., None]], dim=2)


def _recolour(pictures: Tensor, factors: Tensor) -> Tensor:
    """Change brightness, contrast (about the onset's mean) and saturation of (b, T, 3, H, W), alike in all frames."""
    brightness, contrast, saturation = factors.T[..., None, None, None, None]
    mean = pictures[:, :1].mean((2, 3, 4), keepdim=True)
    pictures = brightness * (mean + contrast * (pictures - mean))
    luma = (pictures * torch.tensor(LUMA, device=pictures.device)[:, None, None]).sum(2, keepdim=True)
    coloured: Tensor = luma + saturation * (pictures - luma)
    return coloured
