"""Examples as a data set of PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

if TYPE_CHECKING:
    from merflow.artefacts.examples import Examples


class ExamplesDataset(Dataset[tuple[Tensor, ...]]):
    """What a network of merflow is given, clip by clip; ``Examples.to_torch`` says what each is.

    It holds no open file, so that workers of a ``DataLoader`` may be started.
    """

    def __init__(self, examples: Examples) -> None:
        self._x = examples.x
        self._labels = torch.from_numpy(examples.label.astype(np.float32 if examples.multi else np.int64))
        self._apex_and_length = torch.from_numpy(examples.apex_and_length)

    def __len__(self) -> int:
        return len(self._labels)

    def __getitem__(self, row: int) -> tuple[Tensor, ...]:
        return self.__getitems__([row])[0]

    def __getitems__(self, rows: Sequence[int]) -> list[tuple[Tensor, ...]]:
        """Return several clips, their rows read at once; ``DataLoader`` asks for a batch so."""
        chosen = np.array(rows, dtype=np.int64)
        parts = [torch.from_numpy(self._x[chosen]), self._labels[chosen]]
        if self._apex_and_length.shape[1]:
            parts.append(self._apex_and_length[chosen])
        return list(zip(*parts, strict=True))
