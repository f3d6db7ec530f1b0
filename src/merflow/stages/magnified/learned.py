"""Learned magnification: encoder, manipulator and decoder after Oh et al. (2018)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from merflow.stages.magnified.sampling import Image
from merflow.stages.magnified.settings import SHIPPED_WEIGHTS, MagnificationSettings
from merflow.stages.magnified.steady import FramePair, steady_frame

if TYPE_CHECKING:
    from torch import Tensor, nn


def learned(pair: FramePair, settings: MagnificationSettings) -> Image:
    """Let the trained network redraw the steady frame.

    Parameters
    ----------
    pair : FramePair
    settings : MagnificationSettings
        Reads ``factor`` and ``weights``.

    Returns
    -------
    ndarray of shape (H, W, 3), float32
        Grey levels, not rounded.

    Raises
    ------
    MerflowError
        When they are missing or belong to another architecture.
    """
    import torch

    path = settings.weights or str(SHIPPED_WEIGHTS)
    network = _network(path, Path(path).stat().st_mtime_ns if Path(path).is_file() else 0)
    with _one_torch_thread(), torch.inference_mode():
        magnified = network(_batch(pair.onset), _batch(steady_frame(pair)), settings.factor)
    return np.ascontiguousarray(magnified[0].permute(1, 2, 0).numpy(), dtype=np.float32)


@lru_cache(maxsize=1)
def _network(path: str, changed_ns: int) -> nn.Module:
    """Load a network once for all frames; a file written anew (`changed_ns`) is loaded anew."""
    from merflow.models.magnifier import load_magnifier

    return load_magnifier(Path(path))


def _batch(image: np.ndarray) -> Tensor:
    import torch

    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(image, -1, 0), dtype=np.float32))[None]


@contextmanager
def _one_torch_thread() -> Iterator[None]:
    """Hold PyTorch at one thread: how a sum is split over threads shows in its last bits."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
