"""What is done to each batch before the network sees it, and the random numbers that it takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from merflow.seeds import clip_generator
from merflow.training.augmentation.images import augment_images, check_images
from merflow.training.augmentation.sequences import augment_sequences


@dataclass(slots=True)
class Draw:
    """Where random numbers come from.

    Attributes
    ----------
    generator : torch.Generator
        One stream for a whole training: what it gives depends on what was drawn before.
    seed : int
    names : ndarray of shape (n,), str
        Of the training clips.
    epoch : int
        Of the schedule, from 1.
    """

    generator: torch.Generator
    seed: int
    names: NDArray[np.str_]
    epoch: int = 0

    def of_clips(self, rows: Tensor) -> list[np.random.Generator]:
        """Return a generator for each clip that depends on seed, epoch and its name, and on no other clip."""
        return [clip_generator(f"{self.epoch}:{self.names[row]}", self.seed) for row in rows.tolist()]


Alteration: TypeAlias = Callable[[Tensor, Draw, Tensor], Tensor]
"""(batch, draw, rows of its clips) -> batch."""


def alteration(example_shape: Sequence[int], *, image_augmentation: bool) -> Alteration:
    """Return what is to be done to batches of examples of a shape; nothing without `image_augmentation`.

    Raises
    ------
    ConfigError
        When it cannot be done to such examples.
    """
    if image_augmentation and len(example_shape) == 4:
        return lambda batch, draw, rows: augment_sequences(batch, draw.of_clips(rows))
    if image_augmentation:
        check_images(example_shape)
        return lambda batch, draw, _rows: augment_images(batch, draw.generator)
    return lambda batch, _draw, _rows: batch
