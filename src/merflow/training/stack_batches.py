"""The batches of an epoch of several trainings side by side, short ones padded."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from merflow.training.fold_clips import FittedRows

NO_CLASS = -100
"""Target of padding: torch's losses of classes leave it out, and so do those of labels."""


class StepShape(NamedTuple):
    """Shape of the steps of trainings side by side.

    Attributes
    ----------
    clips : int
        A network, padding included.
    sizes : ndarray of shape (networks, batches)
        Clips that are no padding.
    """

    clips: int
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, counts: Sequence[int], batches: int) -> "StepShape":
        """Return the shape for trainings on so many clips, each cut into batches as even as possible."""
        sizes = [[count // batches + (batch < count % batches) for batch in range(batches)] for count in counts]
        return cls(max(map(max, sizes)), np.array(sizes, dtype=np.int64))


class Batches(NamedTuple):
    """What an epoch is trained on; each array is (batches, networks, clips, ...).

    Attributes
    ----------
    rows : Tensor, int64
        Of the resident examples. Padding repeats a clip of the network.
    target : Tensor, int64
        Class, or 0 or 1 for each label, and `NO_CLASS` where a row pads.
    aus : Tensor, float32
    aus_known : Tensor, bool
        False where a row pads.
    real : Tensor, float32
        1 for a clip, 0 where a row pads.
    """

    rows: Tensor
    target: Tensor
    aus: Tensor
    aus_known: Tensor
    real: Tensor

    def to(self, device: torch.device) -> "Batches":
        """Return the batches on a device."""
        return Batches(*(part.to(device) for part in self))


def batches_of(fitted: Sequence[FittedRows], orders: Sequence[Tensor], shape: StepShape) -> Batches:
    """Return the batches of an epoch.

    Parameters
    ----------
    fitted : sequence of FittedRows
        Of each network.
    orders : sequence of Tensor of shape (clips of the network,), int64
        In which order each network sees its clips.
    shape : StepShape
    """
    real = np.arange(shape.clips) < shape.sizes[..., None]  # (networks, batches, clips)
    found: list[list[NDArray[np.generic]]] = []
    for own, order, there in zip(fitted, orders, real, strict=True):
        place = np.zeros(there.shape, dtype=np.int64)
        place[there] = order.numpy()
        labels = own.labels[place].astype(np.int64)
        target = np.where(there.reshape(*there.shape, *(1,) * (labels.ndim - there.ndim)), labels, NO_CLASS)
        aus = own.aus[place].astype(np.float32)
        found.append([own.rows[place], target, aus, own.aus_known[place] & there, there.astype(np.float32)])
    return Batches(*(torch.from_numpy(np.stack(part, axis=1)) for part in zip(*found, strict=True)))
