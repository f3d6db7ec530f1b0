"""The clips that a network is fitted on or evaluated on, and how a batch of them gets to the device."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from merflow.artefacts import LazyRows, Rows
from merflow.artefacts.examples import no_apex_and_length

PREDICT_BATCH = 64
SEQUENCE_BATCH = 8
"""Whole sequences a batch of predictions: 16 frames of 224 px each."""


@dataclass(frozen=True, slots=True)
class Clips:
    """Examples with their labels.

    Attributes
    ----------
    x : ndarray or LazyRows of shape (n, ...), float32 or uint8
    labels : ndarray of shape (n,), int64, or (n, labels), uint8
    apex_and_length : ndarray of shape (n, 2) or (n, 0), int64
        Of sequences: frame of the apex, and frames that are no padding.
    """

    x: Rows
    labels: NDArray[Any]
    apex_and_length: NDArray[np.int64] = field(default_factory=lambda: no_apex_and_length(0))

    def __post_init__(self) -> None:
        if not self.apex_and_length.size:
            object.__setattr__(self, "apex_and_length", no_apex_and_length(len(self.labels)))


@dataclass(frozen=True, slots=True)
class TrainingClips(Clips):
    """What a network is fitted on: training clips only, altered copies of them included.

    Attributes
    ----------
    x, labels, apex_and_length
        As for ``Clips``.
    aus : ndarray of shape (n, a), uint8
        1 where the clip shows a unit; the a units are those that the training clips show.
    aus_known : ndarray of shape (n,), bool
        Whether it is known which units the clip shows; where not, the loss of the action units leaves it out.
    au_numbers : tuple of int
        FACS number of each column of `aus`.
    edges : sequence of (int, int)
        Pairs of nodes that a graph joins; empty when `x` is none.
    names : ndarray of shape (n,), str
        Names that tell the clips apart; what is drawn at random for a clip depends on its name, not on its place.
    """

    aus: NDArray[np.uint8] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.uint8))
    aus_known: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    au_numbers: tuple[int, ...] = ()
    edges: Sequence[tuple[int, int]] = ()
    names: NDArray[np.str_] = field(default_factory=lambda: np.zeros(0, dtype=np.str_))

    def __post_init__(self) -> None:
        Clips.__post_init__(self)  # super() does not know a class with slots
        if not self.aus.size:
            object.__setattr__(self, "aus", np.zeros((len(self.labels), 0), dtype=np.uint8))
            object.__setattr__(self, "aus_known", np.zeros(len(self.labels), dtype=np.bool_))
        if len(self.aus_known) != len(self.aus):
            raise ValueError(f"aus has {len(self.aus)} clips, but it is said of {len(self.aus_known)} if it is known")
        if len(self.au_numbers) != self.aus.shape[1]:
            raise ValueError(f"aus has {self.aus.shape[1]} columns, but {len(self.au_numbers)} units are named")
        if not len(self.names):
            object.__setattr__(self, "names", np.arange(len(self.labels)).astype(np.str_))


class OnDevice:
    """Examples where a network is: at once when they are in memory, else each batch when it is asked for.

    On a GPU examples that stay in their file go there at once too, if they take no more than half of what is free.
    """

    def __init__(self, x: Rows, apex_and_length: NDArray[np.int64], device: torch.device) -> None:
        self._rows = x
        self._device = device
        self._all = _resident(x, device)
        self._apex_and_length = torch.from_numpy(apex_and_length).to(device)

    def batch(self, rows: Tensor, here: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return examples and apex_and_length of some rows.

        Parameters
        ----------
        rows : Tensor of shape (n,), int64
            On the CPU.
        here : Tensor, optional
            The same on the device, where they are there already.
        """
        here = rows.to(self._device) if here is None else here
        if self._all is not None:
            return self._all[here], self._apex_and_length[here]
        return torch.from_numpy(self._rows[rows.numpy()]).to(self._device), self._apex_and_length[here]

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield all of them in order, in batches that fit."""
        size = SEQUENCE_BATCH if self._rows.ndim == 5 else PREDICT_BATCH
        for start in range(0, len(self._rows), size):
            yield self.batch(torch.arange(start, min(start + size, len(self._rows))))


def _resident(x: Rows, device: torch.device) -> Tensor | None:
    """Return examples on the device; None where those of a file stay there."""
    if not isinstance(x, LazyRows):
        return torch.from_numpy(x).to(device)
    if device.type != "cuda":
        return None
    free, _ = torch.cuda.mem_get_info(device)
    fits = math.prod(x.shape) * x.dtype.itemsize <= free // 2
    return torch.from_numpy(x[np.arange(len(x))]).to(device) if fits else None
