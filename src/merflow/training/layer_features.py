"""Features of every layer of a trained network, for all clips of its experiment."""

from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from merflow.artefacts import Rows
from merflow.errors import ConfigError
from merflow.training.clips import PREDICT_BATCH
from merflow.training.execution import reproducible


@runtime_checkable
class HasLayers(Protocol):
    """A network that shows what it computes on the way."""

    def layer_features(self, x: Tensor) -> list[Tensor]:
        """Return the features (batch, n) after each layer."""


def layer_features(model: nn.Module, x: Rows) -> list[NDArray[np.float32]]:
    """Return what the network makes of clips, layer by layer.

    Parameters
    ----------
    model : nn.Module
        In evaluation mode: no clip's features then depend on the others.
    x : ndarray or LazyRows of shape (n, ...)
        Examples, as the network was trained on.

    Returns
    -------
    list of ndarray of shape (n, f), float32
        The input first (`input_features`), then each layer.

    Raises
    ------
    ConfigError
        When the network does not show its layers.
    """
    if not isinstance(model, HasLayers):
        raise ConfigError(
            f"expected a network that shows the features of its layers, but {type(model).__name__} does not. "
            "Name an experiment with gts_gn, ss_gn or gcn."
        )
    with torch.inference_mode(), reproducible(torch.device("cpu")):
        batches = [
            model.layer_features(torch.from_numpy(x[rows]))
            for rows in np.array_split(np.arange(len(x)), range(PREDICT_BATCH, len(x), PREDICT_BATCH))
        ]
    layers = [torch.cat(parts).flatten(1).numpy() for parts in zip(*batches, strict=True)]
    return [input_features(x[np.arange(len(x))]), *layers]


def input_features(x: NDArray[Any]) -> NDArray[np.float32]:
    """Return the input side by side (n, f), each channel (last axis) with mean 0 and standard deviation 1.

    Otherwise the channel with the largest unit, such as an angle beside a displacement, would decide alone which clips
    are near each other. A channel that is the same everywhere becomes 0.
    """
    values = np.asarray(x, dtype=np.float32)
    axes = tuple(range(values.ndim - 1))
    mean, deviation = values.mean(axis=axes, dtype=np.float64), values.std(axis=axes, dtype=np.float64)
    scaled: NDArray[np.float32] = ((values - mean) / np.where(deviation > 0, deviation, 1.0)).astype(np.float32)
    return scaled.reshape(len(values), -1)
