"""Examples as a data set of PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from merflow.artefacts.rows import Rows


class ExamplesDataset(Dataset[tuple[Tensor, ...]]):
    """What a network of merflow is given, clip by clip; ``Examples.to_torch`` says what each is.

    It holds no open file, so that workers of a ``DataLoader`` may be started.
    """

    def __init__(self, x: Rows, label: NDArray[Any], apex_and_length: NDArray[np.int64]) -> None:
        self._x = x
        self._labels = torch.from_numpy(label.astype(np.float32 if label.ndim == 2 else np.int64))
        self._apex_and_length = torch.from_numpy(apex_and_length)

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
