"""Altered sequences for training: all frames of a clip are cropped and recoloured alike, so that motion stays motion.

ATM-GCN section IV-B names random cropping and colour jittering, and gives no amounts. Ours are those of single pictures
without turning, mirroring and noise, which the paper does not name.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from merflow.training.augmentation.images import COLOUR, MAX_SHIFT
from merflow.training.augmentation.moving import Colours, moved_and_recoloured


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
    draws = torch.from_numpy(np.stack([g.uniform(-1.0, 1.0, size=6) for g in generators])).float()
    colours = Colours(*(1 + COLOUR * draws[:, 3:]).unbind(1))
    return moved_and_recoloured(sequences, _crops(draws[:, :3]), colours).clamp_(0, 255)


def _crops(draws: Tensor) -> Tensor:
    """Return maps (b, 2, 3) from output to input in halves of the side: a part of the picture, somewhere in it."""
    side = 1 - MAX_SHIFT * (1 + draws[:, 0])  # 1 to 1 - 2 MAX_SHIFT
    centre = (1 - side)[:, None] * draws[:, 1:3]
    return torch.cat([torch.diag_embed(side[:, None].expand(-1, 2)), centre[..., None]], dim=2)
